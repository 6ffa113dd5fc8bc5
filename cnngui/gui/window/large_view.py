"""The middle of the window: what can be seen large, one at a time, and the tabs to choose it by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_M, SPACE_S, give_slim_bars, with_font
from cnngui.gui.view_state import Sight, ViewState

translate = QCoreApplication.translate

_NARROW = 620
"""Pixels: below this width the tabs are without words."""


class LargeView(QWidget):
    """Shows what ``ViewState.sight`` says.

    Parameters
    ----------
    state : what is looked at.
    builders : make the widgets to choose from, in the order of their tabs; each is called when
        its widget is first shown.
    """

    def __init__(
        self,
        state: ViewState,
        builders: Mapping[Sight, Callable[[], QWidget]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._builders = dict(builders)
        self._sights: dict[Sight, QWidget] = {}
        self._stack = QStackedWidget(self)
        self._tabs = QButtonGroup(self)
        self._buttons: dict[Sight, QToolButton] = {}
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, 0)
        row.setSpacing(SPACE_S)
        for sight in self._builders:
            self._buttons[sight] = self._tab(sight)
            row.addWidget(self._buttons[sight])
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        state.sight_changed.connect(self._on_state_sight_changed)
        self._on_state_sight_changed()

    @property
    def current(self) -> QWidget:
        """What is shown."""
        return self._sight(self._state.sight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if self.width() < with_font(_NARROW)
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for button in self._buttons.values():
            button.setToolButtonStyle(style)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._state.sight != "maps":
            self._state.show_sight("maps")
        else:
            super().keyPressEvent(event)

    def _sight(self, sight: Sight) -> QWidget:
        """Return a widget to choose, built now if it was never shown."""
        if sight not in self._sights:
            widget = self._builders[sight]()
            # A wall is as large as its room, and has its own ways to be moved.
            self._stack.addWidget(widget if sight == "maps" else _scrolling(widget))
            # It takes the keyboard when it is chosen.
            widget.setAccessibleName(widget.accessibleName() or self._buttons[sight].text())
            self._sights[sight] = widget
        return self._sights[sight]

    def _tab(self, sight: Sight) -> QToolButton:
        text, tip, icon_name = _words(sight)
        button = QToolButton(self)
        button.setObjectName(f"sight_{sight}")
        button.setText(text)
        button.setIcon(icon(icon_name))
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._state.show_sight(sight))
        self._tabs.addButton(button)
        return button

    @Slot()
    def _on_state_sight_changed(self) -> None:
        self._buttons[self._state.sight].setChecked(True)
        current = self.current
        # In the order in which they were first shown.
        self._stack.setCurrentIndex(list(self._sights).index(self._state.sight))
        if self._stack.isVisible():
            current.setFocus(Qt.FocusReason.OtherFocusReason)


def _scrolling(widget: QWidget) -> QScrollArea:
    """Let a widget be scrolled where a small window has less room than it needs.

    The stack would else give its needs on to the window, even while something else is shown.
    """
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    give_slim_bars(area)
    return area


def _words(sight: Sight) -> tuple[str, str, str]:
    """Return a tab's text, its tip and its icon."""
    match sight:
        case "maps":
            return (
                translate("LargeView", "Maps"),
                translate("LargeView", "All feature maps of the layer (M)"),
                "view-grid-outline",
            )
        case "number":
            return (
                translate("LargeView", "One number"),
                translate("LargeView", "How one number of the map comes about (N)"),
                "sigma",
            )
        case "network":
            return (
                translate("LargeView", "Network"),
                translate("LargeView", "All layers, and how they are joined (W)"),
                "graph-outline",
            )
        case "shift":
            return (
                translate("LargeView", "Shift"),
                translate("LargeView", "Nudge the picture, and see what changes (H)"),
                "arrow-all",
            )
