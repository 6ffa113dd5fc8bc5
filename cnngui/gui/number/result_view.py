"""The end of the arithmetic: the sum in print, the result, and what the next layers make of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from cnngui.explain.number import Number
from cnngui.gui.number.curve_view import CurveView
from cnngui.gui.number.terms_view import TermsView
from cnngui.gui.number.words import filled_formula, formula_text, place_text, sum_text
from cnngui.gui.theme import SPACE_M, SPACE_S, number_font
from cnngui.gui.words.numbers import number_text
from cnngui.pipeline.lenses.number import NumberResult

_MOST_CHAINED = 4
_MOST_SHARES = 6


class ResultView(QWidget):
    """Says in print what the terms give. It can wait for a guess before it says so.

    Signals
    -------
    guessed : a guess was made, and the result may be seen.
    """

    guessed = Signal()

    def __init__(self, terms: TermsView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._terms = terms
        self._result: NumberResult | None = None
        self._is_hidden = False
        self._guess: float | None = None
        self.sum = _numbers_label(self)
        self.value = _numbers_label(self)
        self._field = QLineEdit(self)
        self._field.setAccessibleName(self.tr("Your guess"))
        self._field.setPlaceholderText(self.tr("What will it be?"))
        self._field.setMaximumWidth(160)
        self._field.returnPressed.connect(self._on_field_return_pressed)
        self.formula = _numbers_label(self)
        self.formula.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._links = [_Link(self) for _ in range(_MOST_CHAINED)]
        line = QHBoxLayout()
        line.setSpacing(SPACE_M)
        line.addWidget(self.value, 1)
        line.addWidget(self._field)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(self.sum)
        column.addLayout(line)
        for link in self._links:
            column.addWidget(link)
        column.addWidget(self.formula)
        self.set_scale(1.0)

    @property
    def is_hidden(self) -> bool:
        """Whether the result waits for a guess."""
        return self._is_hidden and self._guess is None

    def set_guessing(self, guessing: bool) -> None:
        """Hide the result of the next number until somebody has guessed it, or show it."""
        self._is_hidden, self._guess = guessing, None
        self._field.clear()
        self._refresh()

    def forget_guess(self) -> None:
        """Wait for a new guess: it is another number now."""
        if self._guess is not None:
            self._guess = None
            self._field.clear()
            self._refresh()

    def show_number(self, result: NumberResult) -> None:
        """Show a number. ``terms`` must show it already."""
        self._result = result
        self._refresh()

    def set_scale(self, scale: float) -> None:
        """Write so many times as large."""
        font = number_font(self.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        for label in (self.sum, self.formula):
            label.setFont(font)
        # Numbers that grow by a digit must not push what is below.
        self.sum.setMinimumHeight(2 * QFontMetrics(font).lineSpacing())
        self.sum.setAlignment(Qt.AlignmentFlag.AlignBottom)
        large = QFont(font)
        large.setPointSizeF(font.pointSizeF() * 1.4)
        large.setBold(True)
        self.value.setFont(large)
        for link in self._links:
            link.words.setFont(font)

    def text(self) -> str:
        """Return formula and numbers as text, to be copied."""
        result = self._result
        if result is None:
            return ""
        lines = [formula_text(result.number)]
        if result.number.question.kind == "sum":
            lines.append(f"{place_text(result.number)} = {self._sum_words()}")
        lines.append(f"{place_text(result.number)} = {result.number.value:.9g}")
        lines += [_link_words(number) for number in result.chain]
        return "\n".join(lines)

    def _refresh(self) -> None:
        result = self._result
        if result is None:
            return
        number = result.number
        hidden = self.is_hidden
        self._field.setVisible(hidden)
        self.sum.setVisible(not hidden and number.question.kind in ("sum", "softmax", "product"))
        if not hidden:
            self.sum.setText(self._sum_words())
        self.value.setText(self._value_words(number, hidden=hidden))
        self.formula.setText(formula_text(number))
        chain = () if hidden else result.chain[:_MOST_CHAINED]
        for place, link in enumerate(self._links):
            link.setVisible(place < len(chain))
            if place < len(chain):
                link.show_number(chain[place])

    def _value_words(self, number: Number, *, hidden: bool) -> str:
        name = place_text(number)
        if hidden:
            return f"{name} = ?"
        shown = self._terms.shown
        if number.question.kind == "sum" and shown is not None:
            value = shown.summands.total
        else:
            value = number_text(number.value, digits=4)
        text = f"{name} = {value}"
        if number.question.kind in ("function", "normalise"):
            text = f"{name} = {filled_formula(number)} = {value}"
        if self._guess is not None:
            off = number_text(abs(self._guess - number.value), digits=3)
            text += "   " + self.tr("you said {guess}, {off} off").format(
                guess=number_text(self._guess, digits=4), off=off
            )
        return text

    def _sum_words(self) -> str:
        shown = self._terms.shown
        if shown is None:
            return ""
        number = shown.number
        if number.question.kind == "softmax":
            total = number_text(float(number.exponentials.sum()), digits=4)
            mine = number_text(float(number.exponentials[number.question.channel]), digits=4)
            return self.tr("{mine} of {total}, the exponentials' sum").format(
                mine=mine, total=total
            )
        if number.question.kind == "product":
            return " × ".join(number_text(value, digits=4) for value in number.inputs.tolist())
        summands = shown.summands
        names = []
        for group in summands.groups:
            if group < 0:
                others = len(shown.maps) - len(summands.groups) + 1
                names.append(self.tr("the other {count}").format(count=others))
            elif summands.by_moment:
                names.append(self._terms.group_label(shown.groups[group]))
            else:
                names.append(self._terms.label(*shown.groups[group].key))
        if len(names) == 1:
            names = [""]
        text = sum_text(summands.texts, names, summands.bias, summands.rounding)
        return f"{text} = {summands.total}"

    @Slot()
    def _on_field_return_pressed(self) -> None:
        try:
            self._guess = float(self._field.text().replace(",", ".").replace("−", "-"))
        except ValueError:
            self._field.selectAll()
            return
        self._refresh()
        self.guessed.emit()


class _Link(QWidget):
    """One layer of the chain: its curve, if it has one, and what comes out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = _numbers_label(self)
        self._curve = CurveView(parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self._curve)
        row.addWidget(self.words, 1)

    def show_number(self, number: Number) -> None:
        has_curve = number.question.kind == "function"
        self._curve.setVisible(has_curve)
        if has_curve:
            self._curve.show_number(number)
        self.words.setText(_link_words(number))


def _link_words(number: Number) -> str:
    value = number_text(number.value, digits=4)
    if number.question.kind == "copy":
        return f"→ {number.question.layer.id} = {value}"
    return f"→ {number.question.layer.id} = {filled_formula(number)} = {value}"


def _numbers_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
