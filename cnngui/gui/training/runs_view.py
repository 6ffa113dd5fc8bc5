"""The list of trainings: tick some to compare their curves, take the weights of one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_S, colors, give_slim_bars
from cnngui.gui.training.runs_model import RunsModel
from cnngui.gui.widgets.keys import delete_keys
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.words.runs import UNDER_WAY
from cnngui.pipeline.training.progress import TrainingProgress

_SWATCH = 10


class RunsView(QWidget):
    """The list, what can be done with the run chosen in it, and what to do while it is empty.

    Signals
    -------
    restore_requested : take a run's weights; carries its id, and whether the first ones.
    delete_requested : carries the run's id.
    table_requested : its curves are to be written as a table; carries the run's id.
    """

    restore_requested = Signal(str, bool)
    delete_requested = Signal(str)
    table_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RunsModel(self)
        self._newest_id = ""
        self._list = RunList(self.model)
        self._list.customContextMenuRequested.connect(self._on_menu_requested)
        self._list.selectionModel().currentChanged.connect(self._update_actions)
        self.model.modelReset.connect(self._update_actions)
        self._take = self._action(
            self.tr("Take these weights"), "check-circle-outline", self._restore
        )
        self._take_first = self._action(
            self.tr("Weights before training"),
            "skip-previous-circle-outline",
            partial(self._restore, first=True),
        )
        self._table = self._action(
            self.tr("Curves as a table …"), "file-export-outline", self.table_requested.emit
        )
        self._delete = self._action(
            self.tr("Delete run"), "delete-outline", self.delete_requested.emit
        )
        self._delete.setShortcuts(delete_keys())
        self._delete.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._hint = QLabel(self.tr("Every training is kept here, to be compared with others."))
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        title = QLabel(self.tr("Runs"))
        title.setToolTip(self.tr("Tick two or more to compare their curves"))
        bold = title.font()
        bold.setBold(True)
        title.setFont(bold)

        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(title, 1)
        for action in (self._take, self._take_first, self._table, self._delete):
            row.addWidget(self._button(action))
            self.addAction(action)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(row)
        column.addWidget(self._hint)
        column.addWidget(self._list, 1)
        self.setMinimumWidth(176)
        self._update_actions()

    @property
    def chosen_id(self) -> str:
        """The id of the run that the actions are for; empty if none is chosen."""
        run = self.model.run(self._list.currentIndex())
        return run.run_id if run else ""

    def show_runs(self, runs: Sequence[TrainingProgress]) -> None:
        """Show runs, newest first; the one chosen stays chosen."""
        chosen, newest = self.chosen_id, self._newest_id
        self.model.show_runs(runs)
        self._newest_id = runs[0].run_id if runs else ""
        row = next((row for row, run in enumerate(runs) if run.run_id == chosen), -1)
        self._list.setCurrentIndex(self.model.index(row))
        self._hint.setVisible(not runs)
        self._list.setVisible(bool(runs))
        if self._newest_id != newest:
            self._list.scrollToTop()
        self._update_actions()

    def _restore(self, run_id: str, *, first: bool = False) -> None:
        self.restore_requested.emit(run_id, first)

    @Slot()
    def _update_actions(self) -> None:
        run = self.model.run(self._list.currentIndex())
        is_kept = run is not None and run.state not in UNDER_WAY
        if run is None:
            reason = self.tr("Choose a run first")
        elif not is_kept:
            reason = self.tr("This training has not ended")
        else:
            reason = ""
        for action, tip in (
            (self._take, self.tr("Give the network the best weights of this run")),
            (self._take_first, self.tr("Give the network the weights this run began with")),
            (self._delete, self.tr("Take this run from the list; undo brings it back")),
        ):
            action.setEnabled(is_kept)
            action.setToolTip(reason or tip)
        has_curves = run is not None and len(run.curves.epochs) > 0
        self._table.setEnabled(has_curves)
        self._table.setToolTip(
            self.tr("Write loss and accuracy of this run as a table (CSV)")
            if has_curves
            else reason or self.tr("Nothing was trained yet")
        )

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        if not self._list.indexAt(place).isValid():
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self._take, self._take_first, self._table, self._delete])
        menu.popup(self._list.viewport().mapToGlobal(place))

    def _action(self, text: str, icon_name: str, do: Callable[[str], object]) -> QAction:
        action = QAction(icon(icon_name), text, self)
        action.triggered.connect(lambda: do(self.chosen_id))
        return action

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        return button


class RunList(QListView):
    """Rows of two lines with a box to tick; Enter ticks, too."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(_SWATCH, _SWATCH))
        self.setUniformItemSizes(True)
        self.viewport().setAutoFillBackground(False)
        self._take_colors()
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Runs"))
        self.setAccessibleDescription(self.tr("Enter compares a run with the others ticked"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_colors()

    def _take_colors(self) -> None:
        # Fusion outlines the boxes to tick in a shade of this colour: in the dark, one unseen.
        outline = QColor(colors().muted)
        palette = self.palette()
        if palette.color(QPalette.ColorRole.Window) != outline:
            palette.setColor(QPalette.ColorRole.Window, outline)
            self.setPalette(palette)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model, index = self.model(), self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            ticked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            model.setData(index, state, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)
