"""Editors of one argument each: a value in, a value out, an outline where something is wrong."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QCheckBox,
    QLineEdit,
    QWidget,
)

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import SPACE_S, colors
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.widgets.spin_boxes import ChoiceBox, FloatSpinBox, IntSpinBox, guard
from cnngui.spec.layers import Argument

_OUTLINE = 2


class FieldEditor(QWidget):
    """Shows one value and lets it be changed.

    Signals
    -------
    edited : the user gave another value; carries it.
    finished : the user is done with it: pressed Enter, or went elsewhere.
    """

    edited = Signal(object)
    finished = Signal()

    def __init__(
        self,
        direction: QBoxLayout.Direction = QBoxLayout.Direction.LeftToRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._meaning = ""
        self._problem = ""
        self._box = QBoxLayout(direction, self)
        self._box.setContentsMargins(_OUTLINE, _OUTLINE, _OUTLINE, _OUTLINE)
        self._box.setSpacing(SPACE_S)

    def set_value(self, value: Any) -> None:
        """Show a value; what the user is typing stays untouched where it is the same."""
        raise NotImplementedError

    def set_label(self, label: str) -> None:
        """Say what the value is called: a screen reader asks the part that has the keyboard."""
        self.setAccessibleName(label)
        part = self.focusProxy()
        if part is not None:
            part.setAccessibleName(label)

    def set_meaning(self, meaning: str) -> None:
        """Say in the tool tip what the value is for."""
        self._meaning = meaning
        self.setToolTip(meaning)

    def set_problem(self, message: str) -> None:
        """Outline the editor and explain it in its tool tip; an empty message ends both."""
        if message != self._problem:
            self._problem = message
            self.setToolTip(plain_tip(message or self._meaning))
            self.update()

    def add_beside(self, widget: QWidget) -> None:
        """Place a widget, such as a button that changes the value, at the editor's end."""
        self._box.addWidget(widget)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._problem:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colors().error), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), 4, 4)

    def _watch(self, box: QAbstractSpinBox) -> None:
        box.editingFinished.connect(self.finished)


def number_box(argument: Argument) -> IntSpinBox | FloatSpinBox:
    """Return a box for one number of an argument."""
    holds_floats = argument.kind in ("float", "factors")
    return FloatSpinBox(argument) if holds_floats else IntSpinBox(argument)


class NumberEditor(FieldEditor):
    """One whole number, or one float, in a box of its kind or one that is given."""

    def __init__(self, argument: Argument, box: IntSpinBox | FloatSpinBox | None = None) -> None:
        super().__init__()
        if box is None:
            box = number_box(argument)
        self._number = box
        self._box.addWidget(box)
        self.setFocusProxy(box)
        box.valueChanged.connect(self.edited.emit)
        self._watch(box)

    def set_value(self, value: float) -> None:
        if value != self._number.value():
            with QSignalBlocker(self._number):
                self._number.setValue(value)  # type: ignore[arg-type]  # an int where it holds ints


class NumbersEditor(FieldEditor):
    """One float for each channel."""

    def __init__(self, argument: Argument, most: int) -> None:
        super().__init__()
        self._numbers = [FloatSpinBox(argument) for _ in range(most)]
        for box in self._numbers:
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            self._box.addWidget(box)
            box.valueChanged.connect(self._on_number_changed)
            self._watch(box)
        self.setFocusProxy(self._numbers[0])

    def set_label(self, label: str) -> None:
        super().set_label(label)
        for place, box in enumerate(self._numbers):
            box.setAccessibleName(self.tr("{0}, channel {1}").format(label, place))

    def set_value(self, value: tuple[float, ...]) -> None:
        for index, box in enumerate(self._numbers):
            box.setVisible(index < len(value))
            if index < len(value) and value[index] != box.value():
                with QSignalBlocker(box):
                    box.setValue(value[index])

    def _on_number_changed(self) -> None:
        self.edited.emit(tuple(box.value() for box in self._numbers if not box.isHidden()))


class ChoiceEditor(FieldEditor):
    """One of a few names."""

    def __init__(self, choices: dict[str, str]) -> None:
        super().__init__()
        self._choices = ChoiceBox()
        for value, label in choices.items():
            self._choices.addItem(label, value)
        self._box.addWidget(self._choices, 1)
        self.setFocusProxy(self._choices)
        self._choices.activated.connect(self._on_activated)

    def set_value(self, value: str) -> None:
        self._choices.setCurrentIndex(self._choices.findData(value))

    def _on_activated(self) -> None:
        self.edited.emit(self._choices.currentData())
        self.finished.emit()


class SwitchEditor(FieldEditor):
    """True or false."""

    def __init__(self) -> None:
        super().__init__()
        self._switch = QCheckBox()
        self._switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._box.addWidget(self._switch)
        self._box.addStretch(1)
        self.setFocusProxy(self._switch)
        self._switch.clicked.connect(self._on_clicked)

    def set_value(self, value: bool) -> None:
        self._switch.setChecked(value)

    def _on_clicked(self, checked: bool) -> None:
        self.edited.emit(checked)
        self.finished.emit()


class NamesEditor(FieldEditor):
    """Names in one line, with commas between them; pasted lines become names too."""

    def __init__(self, example: str) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._line = QLineEdit()
        self._line.setPlaceholderText(example)
        guard(self._line)
        self._box.addWidget(self._line)
        self.setFocusProxy(self._line)
        self._line.editingFinished.connect(self._on_editing_finished)

    def set_value(self, value: tuple[str, ...]) -> None:
        if value != self._names:
            self._show(value)

    def _show(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._line.setText(", ".join(names))
        self._line.setCursorPosition(0)

    def _on_editing_finished(self) -> None:
        # Left as it is, a text stays the names it came from, though one had a comma in it.
        if self._line.isModified():
            parts = re.split(r"[,\n\u2028\u2029]", self._line.text())
            names = tuple(name.strip() for name in parts if name.strip())
            self._show(names)
            self.edited.emit(names)
        self.finished.emit()
