"""Small flat buttons: with an icon, or with the present choice and a menu of the others."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon, QPaintEvent
from PySide6.QtWidgets import (
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from cnngui.gui.crashes import guarded
from cnngui.gui.icons import icon
from cnngui.gui.widgets.menu import Menu, plain_text

ICON_SIZE = QSize(32, 12)


class ChoiceButton(QToolButton):
    """One of a few, in a menu. ``chosen`` carries the key of what the person chose."""

    chosen = Signal(str)

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._on_action_triggered)
        self.setMenu(Menu(self))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    def add_section(self, title: str) -> None:
        """Begin a group of choices under a heading."""
        self.menu().addSection(title)

    def add_choice(self, key: str, text: str, icon: QIcon | None = None) -> None:
        """Add one choice at the end."""
        action = QAction(icon or QIcon(), text, self._group)
        action.setData(key)
        action.setCheckable(True)
        self.menu().addAction(action)

    def set_icon(self, key: str, icon: QIcon) -> None:
        """Give a choice another icon."""
        for action in self._group.actions():
            if action.data() == key:
                action.setIcon(icon)
                if action.isChecked():
                    self._show(action)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        # Fusion's own mark for a menu hangs below the text; the text has one of its own.
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)

    def show_choice(self, key: str) -> None:
        """Show that key as the present choice, without announcing it."""
        for action in self._group.actions():
            if action.data() == key and not action.isChecked():
                action.setChecked(True)
                self._show(action)

    def _on_action_triggered(self, action: QAction) -> None:
        self._show(action)
        self.chosen.emit(action.data())

    def _show(self, action: QAction) -> None:
        self.setText(f"{plain_text(action)} ▾")
        self.setIcon(action.icon())


def tool_button(icon_name: str, name: str, tip: str) -> QToolButton:
    """Return a flat button with an icon, a name for screen readers and a tip."""
    button = QToolButton()
    button.setIcon(icon(icon_name))
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
