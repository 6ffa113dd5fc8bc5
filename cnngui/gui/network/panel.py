"""The network panel: name, list of layers, adding and removing, what it all costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QFont, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.document import Document
from cnngui.gui.folds import Folds
from cnngui.gui.icons import icon
from cnngui.gui.network.add_menu import AddMenu
from cnngui.gui.network.layer_actions import LayerActions
from cnngui.gui.network.layer_list import LayerList
from cnngui.gui.network.search import LayerSearch
from cnngui.gui.network.totals import Totals
from cnngui.gui.network.weights_menu import WeightsMenu
from cnngui.gui.theme import SPACE_M, SPACE_S, with_font
from cnngui.gui.widgets.plain import show_plainly
from cnngui.gui.words.errors import problem_text
from cnngui.spec.checks import MAX_TEXT_LENGTH

MINIMUM_WIDTH = 300
_LOW, _VERY_LOW = 520, 300
"""Below the first height totals take less room than the list wants, below the second none."""
_LEAST_HEIGHT = 172
_WITHOUT_SEARCH = 20
"""So many layers are found by looking."""


class NetworkPanel(QWidget):
    """Shows a document's network and lets the user build it.

    Attributes
    ----------
    layer_actions : what can be done to the selected layer, for menus elsewhere.
    add_menu : the menu of layer types.
    search : the field that layers are found by; there in long lists, and when it is asked for.
    problem_button : there while the network has problems; goes to the first.
    """

    def __init__(
        self, document: Document, folds: Folds | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self.layer_actions = LayerActions(document, self)
        self.addActions(self.layer_actions.all())
        self.search = LayerSearch()
        folds = folds or Folds(document, self)
        self._list = LayerList(document, self.layer_actions, folds, self.search)
        self._totals = Totals()
        self._name = self._make_name()
        self.problem_button = self._make_problem_button()
        self._problem_words = QLabel()
        self._problem_words.setObjectName("problem_words")
        self._problem_words.setWordWrap(True)
        self._problem_words.setForegroundRole(QPalette.ColorRole.BrightText)
        self._problem_words.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, 0)
        show_plainly(self._problem_words)

        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self._title_row())
        box.addLayout(self._search_row())
        box.addWidget(self._list, 1)
        # Both grow into the list's foot: its rows stay where they are.
        box.addWidget(self._problem_words)
        box.addWidget(self.problem_button)
        box.addLayout(self._button_row())
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        box.addWidget(line)
        box.addWidget(self._totals)
        self._line_above_totals = line
        self.setMinimumSize(with_font(MINIMUM_WIDTH), with_font(_LEAST_HEIGHT))

        document.spec_changed.connect(self._on_spec_changed)
        document.selection_changed.connect(self._show_problem)
        document.running_changed.connect(self._on_running_changed)
        self._on_spec_changed()
        self._on_running_changed()

    def sizeHint(self) -> QSize:
        return QSize(340, 640)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        height = event.size().height()
        self._totals.set_compact(height < _LOW)
        for part in (self._line_above_totals, self._totals):
            part.setVisible(height >= _VERY_LOW)

    def show_timings(self, layer_ms: Mapping[str, float]) -> None:
        """Show how many milliseconds each layer took for a frame."""
        self._list.show_timings(layer_ms)

    @property
    def layer_list(self) -> LayerList:
        """The rows."""
        return self._list

    @property
    def totals(self) -> Totals:
        """What is below the list."""
        return self._totals

    def _make_name(self) -> QLineEdit:
        name = QLineEdit()
        name.setFrame(False)
        name.setMaxLength(MAX_TEXT_LENGTH)
        name.setAccessibleName(self.tr("network's name"))
        name.setToolTip(self.tr("The network's name: click to change it"))
        font = QFont(name.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setPointSizeF(1.15 * font.pointSizeF())
        name.setFont(font)
        palette = name.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        name.setPalette(palette)
        name.editingFinished.connect(self._on_name_edited)
        return name

    def _make_problem_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("alert-outline", "#e2423a"))
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setToolTip(self.tr("Go to the first problem"))
        button.clicked.connect(self._on_problem_clicked)
        return button

    def _title_row(self) -> QHBoxLayout:
        weights = self._tool_button("dice-multiple-outline", self.tr("Weights of all layers"))
        weights.setMenu(WeightsMenu(self.layer_actions, weights))
        weights.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        box = QHBoxLayout()
        box.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_S)
        box.addWidget(self._name, 1)
        box.addWidget(weights)
        return box

    def find_layers(self) -> None:
        """Give the keyboard to the field that layers are found by."""
        self._search_line.show()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def choose_layer(self) -> None:
        """Open the menu of layer types, to be walked through by the arrows."""
        self.add_menu.popup(self._add.mapToGlobal(self._add.rect().bottomLeft()))
        self.add_menu.setActiveAction(self.add_menu.actions()[0])

    def _search_row(self) -> QHBoxLayout:
        self._search_line = line = QWidget()
        inside = QHBoxLayout(line)
        inside.setContentsMargins(SPACE_M, 0, SPACE_M, SPACE_S)
        inside.addWidget(self.search)
        box = QHBoxLayout()
        box.addWidget(line)
        return box

    def _button_row(self) -> QHBoxLayout:
        self._add = add = QPushButton(icon("plus"), self.tr("Add layer"))
        self.add_menu = AddMenu(add)
        self.add_menu.chosen.connect(self._on_type_chosen)
        add.setMenu(self.add_menu)
        box = QHBoxLayout()
        box.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        box.setSpacing(SPACE_S)
        box.addWidget(add, 1)
        actions = self.layer_actions
        for action in (actions.duplicate, actions.move_up, actions.move_down, actions.remove):
            box.addWidget(self._action_button(action))
        return box

    def _action_button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(QSize(18, 18))
        return button

    def _tool_button(self, icon_name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(18, 18))
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _on_type_chosen(self, layer_type: str) -> None:
        self.layer_actions.add(layer_type)
        self._list.setFocus()

    def _on_name_edited(self) -> None:
        name = self._name.text().strip()
        if name:
            edited = replace(self._document.spec, name=name)
            self._document.edit(edited, self.tr("Rename network"))
        else:
            self._name.setText(self._document.spec.name)

    def _on_problem_clicked(self) -> None:
        for problem in self._document.report.problems:
            self._document.select(problem.layer_id)
            return

    def _on_spec_changed(self) -> None:
        spec, problems = self._document.spec, self._document.report.problems
        is_long = len(spec.layers) > _WITHOUT_SEARCH
        self._search_line.setVisible(is_long or self.search.is_used or self.search.hasFocus())
        if self._name.text() != spec.name:
            self._name.setText(spec.name)
            self._name.setCursorPosition(0)
        self.problem_button.setVisible(bool(problems))
        self._show_problem()
        count = len(problems)
        found = self.tr("1 problem") if count == 1 else self.tr("{} problems").format(count)
        self.problem_button.setText(
            self.tr("{problems}: the last valid network runs on").format(problems=found)
        )

    @Slot()
    def _show_problem(self) -> None:
        """Say in full what the selected layer's line may cut, or else what is wrong first."""
        problems = self._document.report.problems
        own = self._document.report.problems_of(self._document.selected_id) or problems[:1]
        lines = (f"{problem.layer_id}: {problem_text(problem)}" for problem in own)
        self._problem_words.setText("\n".join(lines))
        self._problem_words.setVisible(bool(own))

    def _on_running_changed(self) -> None:
        self._totals.show_network(self._document.running_spec)
