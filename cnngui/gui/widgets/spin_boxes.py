"""Number boxes and lists for arguments. Wrong numbers may be typed: the row then says why."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QLocale, QObject, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from cnngui.gui.theme import text_width
from cnngui.spec.layers import Argument

_LARGEST_INT = 2**31 - 1
_LARGEST_FLOAT = 1e9
_LONG_NUMBER = "-0.0336842"
_LETTERS_OF_NUMBERS = frozenset("0123456789.,eE+-−")
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


def typed_number(text: str) -> float | None:
    """Return the number that a text is, with a comma or a point before its decimals.

    None where it is none, or not yet one; and where commas might divide thousands: nobody knows
    whether 1,000.5 is meant as it looks.
    """
    spelt = text.strip().replace("−", "-")
    if spelt.count(",") + spelt.count(".") > 1 or not set(spelt) <= _LETTERS_OF_NUMBERS:
        return None
    try:
        return float(spelt.replace(",", "."))
    except ValueError:
        return None


class WholeSpinBox(QSpinBox):
    """Whole numbers. What is typed and is none stays to be seen, and is not taken.

    Qt's own box drops the comma of 0,5 and takes 05.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain = QLocale.c()
        option = QLocale.NumberOption
        plain.setNumberOptions(option.OmitGroupSeparator | option.RejectGroupSeparator)
        self.setLocale(plain)
        self._settled = self.value()
        """The number from before it is typed into."""
        self.editingFinished.connect(self._settle)
        guard(self)

    def setValue(self, value: int) -> None:
        super().setValue(value)
        self._settle()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._settle()
        super().focusInEvent(event)

    def fixup(self, text: str) -> str:
        # What was taken of it so far is no number that was meant: of 1,5 it was 1.
        return f"{self._settled}{self.suffix()}"

    def _settle(self) -> None:
        self._settled = self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        found = super().validate(text, position)
        typed = text.removesuffix(self.suffix()).strip()
        # Qt takes commas for what divides thousands, wherever they stand.
        is_odd = found[0] == QValidator.State.Invalid or "," in typed
        if is_odd and set(typed) <= _LETTERS_OF_NUMBERS:
            return QValidator.State.Intermediate, text, position
        return found


class IntSpinBox(WholeSpinBox):
    """Whole numbers. Stepping stays within the argument's range; typing may leave it."""

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lowest, self._highest = int(argument.minimum), int(argument.maximum)
        self.setRange(min(0, self._lowest), _LARGEST_INT)
        self.setMinimumWidth(48)

    def stepBy(self, steps: int) -> None:
        self.setValue(max(self._lowest, min(self._highest, self.value() + steps)))


class FloatSpinBox(QDoubleSpinBox):
    """Numbers as people write them, ``0.1``, ``0,1`` and ``1e-05``.

    Steps are a tenth of the first digit.
    """

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lowest, self._highest = argument.minimum, argument.maximum
        self.setLocale(QLocale.c())
        self.setDecimals(12)
        self.setRange(-_LARGEST_FLOAT, _LARGEST_FLOAT)
        self.setMinimumWidth(40)
        guard(self)

    def sizeHint(self) -> QSize:
        # Qt has its bounds in mind, which are short when they are written like this.
        hint, metrics = super().sizeHint(), self.fontMetrics()
        bound = text_width(metrics, self.textFromValue(-_LARGEST_FLOAT))
        return hint + QSize(max(text_width(metrics, _LONG_NUMBER) - bound, 0), 0)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        number = typed_number(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        number = typed_number(text)
        if number is not None and abs(number) <= _LARGEST_FLOAT:
            return QValidator.State.Acceptable, text, position
        is_number_like = set(text.strip()) <= _LETTERS_OF_NUMBERS
        state = QValidator.State.Intermediate if is_number_like else QValidator.State.Invalid
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
