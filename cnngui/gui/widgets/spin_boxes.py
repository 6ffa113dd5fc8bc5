"""Number boxes and lists for arguments. Wrong numbers may be typed: the row then says why."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QValidator
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from cnngui.spec.layers import Argument

_LARGEST_INT = 2**31 - 1
_LARGEST_FLOAT = 1e9
_UNDO_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class _Guard(QObject):
    """Keeps from a field what is not meant for it.

    The wheel scrolls the list unless the field has the focus. Undo and redo are the document's,
    which knows every edit; a field would only take back letters.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        foreign = (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ) or (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and any(event.matches(key) for key in _UNDO_KEYS)
        )
        if foreign:
            event.ignore()
        return foreign


def guard(field: QWidget) -> None:
    """Keep from a field the wheel while it has no focus, and the keys for undo and redo."""
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.installEventFilter(_Guard(field))


class IntSpinBox(QSpinBox):
    """Whole numbers. Stepping stays within the argument's range; typing may leave it."""

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lowest, self._highest = int(argument.minimum), int(argument.maximum)
        self.setRange(min(0, self._lowest), _LARGEST_INT)
        self.setMinimumWidth(48)
        guard(self)

    def stepBy(self, steps: int) -> None:
        self.setValue(max(self._lowest, min(self._highest, self.value() + steps)))


class FloatSpinBox(QDoubleSpinBox):
    """Numbers as people write them, ``0.1`` and ``1e-05``; steps are a tenth of the first digit."""

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lowest, self._highest = argument.minimum, argument.maximum
        self.setLocale(QLocale.c())
        self.setDecimals(12)
        self.setRange(-_LARGEST_FLOAT, _LARGEST_FLOAT)
        self.setMinimumWidth(40)
        guard(self)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        return float(text)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State.Invalid
        if set(text) <= set("0123456789.eE+-"):
            state = QValidator.State.Intermediate
            try:
                if abs(float(text)) <= _LARGEST_FLOAT:
                    state = QValidator.State.Acceptable
            except ValueError:
                pass
        return state, text, position

    def stepBy(self, steps: int) -> None:
        size = abs(self.value())
        step = 10.0 ** (math.floor(math.log10(size)) - 1) if size else 0.01
        self.setValue(max(self._lowest, min(self._highest, self.value() + steps * step)))


class ChoiceBox(QComboBox):
    """A drop-down list that takes the width it is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        guard(self)
