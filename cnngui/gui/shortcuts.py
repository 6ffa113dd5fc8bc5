"""The sheet of shortcuts, and whose a key is: a shortcut's or the field's that has the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.actions import ActionGroup, action_groups
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def belongs_to_field(focus: QWidget | None, event: QKeyEvent) -> bool:
    """Say whether a key is meant for the widget with the focus, so that no shortcut may take it.

    Fields that are typed into take every plain key; lists, sliders and choices take the arrows.
    """
    if event.modifiers() & _COMMANDS:
        return False
    if isinstance(focus, QLineEdit | QAbstractSpinBox | QPlainTextEdit):
        return True
    takes_arrows = isinstance(focus, QAbstractScrollArea | QAbstractSlider | QComboBox)
    return takes_arrows and event.key() in _ARROWS


class ShortcutSheet(QDialog):
    """Every shortcut by what it is for, from the table that the keys work by. Esc closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row.setSpacing(SPACE_L * 2)
        groups = action_groups()
        half = (len(groups) + 1) // 2
        for column_groups in (groups[:half], groups[half:]):
            column = QVBoxLayout()
            column.setSpacing(SPACE_L)
            for group in column_groups:
                column.addLayout(self._lay_out(group))
            column.addStretch(1)
            row.addLayout(column)

    def _lay_out(self, group: ActionGroup) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_S)
        title = QLabel(group.title)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setContentsMargins(0, 0, 0, SPACE_M)
        grid.addWidget(title, 0, 0, 1, 2)
        with_keys = (info for info in group.actions if info.keys)
        for line, info in enumerate(with_keys, start=1):
            keys = QLabel(info.keys_text)
            keys.setForegroundRole(self.foregroundRole().Accent)
            grid.addWidget(keys, line, 0)
            grid.addWidget(QLabel(info.text), line, 1)
        grid.setColumnStretch(1, 1)
        return grid
