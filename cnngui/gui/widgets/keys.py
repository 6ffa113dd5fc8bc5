"""Whose a key is: a shortcut's, or the field's that has the focus; and which key removes."""

from __future__ import annotations

import sys
from collections.abc import Container

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def belongs_to_field(focus: QWidget | None, event: QKeyEvent) -> bool:
    """Say whether a key is meant for the widget with the focus, so that no shortcut may take it.

    Fields that are typed into take every plain key; lists, sliders and choices take the arrows.
    The space bar presses a button, opens a choice and ticks an entry. Widgets of our own say so
    themselves, by ``keeps_key``.
    """
    if event.modifiers() & _COMMANDS:
        return False
    if isinstance(focus, QLineEdit | QAbstractSpinBox | QPlainTextEdit):
        return True
    if event.key() == Qt.Key.Key_Space:
        return isinstance(focus, QAbstractButton | QComboBox) or _ticks(focus)
    takes_arrows = isinstance(focus, QAbstractItemView | QAbstractSlider | QComboBox)
    return takes_arrows and event.key() in _ARROWS


def _ticks(focus: QWidget | None) -> bool:
    """Say whether the space bar ticks or unticks the present entry of a list."""
    checkable = Qt.ItemFlag.ItemIsUserCheckable
    return isinstance(focus, QAbstractItemView) and bool(focus.currentIndex().flags() & checkable)


def keeps_key(event: QEvent, keys: Container[int]) -> bool:
    """Keep a key from the window's shortcuts if it is one of these; say whether it was.

    To be asked first in a widget's ``event``. Without it, the shortcuts would take the key.
    """
    is_question = event.type() == QEvent.Type.ShortcutOverride
    if not (is_question and isinstance(event, QKeyEvent) and event.key() in keys):
        return False
    event.accept()
    return True


def delete_keys() -> list[QKeySequence]:
    """Return the keys that remove what is selected, the usual one first.

    The key that a Mac's keyboard calls delete is Backspace; the other one needs a second hand.
    """
    usual = QKeySequence(QKeySequence.StandardKey.Delete)
    return [QKeySequence("Backspace"), usual] if sys.platform == "darwin" else [usual]
