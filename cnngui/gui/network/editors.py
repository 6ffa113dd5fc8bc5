"""Which editor an argument of a layer has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QBoxLayout, QCheckBox, QGridLayout, QLabel

from cnngui.gui.widgets.editors import (
    ChoiceEditor,
    FieldEditor,
    NumberEditor,
    PairEditor,
    SwitchEditor,
)
from cnngui.gui.widgets.spin_boxes import ChoiceBox, IntSpinBox
from cnngui.spec.layers import Argument


class SidesEditor(FieldEditor):
    """A number for each of the four sides, with arrows that point there."""

    def __init__(self, argument: Argument) -> None:
        super().__init__()
        grid = QGridLayout()
        grid.setSpacing(0)
        self._numbers = []
        for place, arrow in enumerate("←→↑↓"):
            box = IntSpinBox(argument)
            row, column = divmod(place, 2)
            grid.addWidget(QLabel(arrow), row, 2 * column)
            grid.addWidget(box, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
            box.valueChanged.connect(self._on_number_changed)
            self._watch(box)
            self._numbers.append(box)
        self._box.addLayout(grid)
        self.setFocusProxy(self._numbers[0])

    def set_label(self, label: str) -> None:
        super().set_label(label)
        sides = (
            self.tr("{0}, left"),
            self.tr("{0}, right"),
            self.tr("{0}, top"),
            self.tr("{0}, bottom"),
        )
        for box, side in zip(self._numbers, sides, strict=True):
            box.setAccessibleName(side.format(label))

    def set_value(self, value: tuple[int, ...]) -> None:
        _show_numbers(self._numbers, value)

    def _on_number_changed(self) -> None:
        self.edited.emit(tuple(box.value() for box in self._numbers))


class PaddingEditor(FieldEditor):
    """``same``, ``valid`` or numbers, which appear below when they are wanted."""

    def __init__(self, argument: Argument) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom)
        self._mode = ChoiceBox()
        for mode, label in (
            ("same", "same"),
            ("valid", "valid"),
            ("number", self.tr("number")),
            ("sides", self.tr("each side")),
        ):
            self._mode.addItem(label, mode)
        self._numbers = PairEditor(argument)
        self._sides = SidesEditor(argument)
        self._value: tuple[int, ...] | str = ""
        self._box.setSpacing(0)
        self._box.addWidget(self._mode)
        for editor in (self._numbers, self._sides):
            editor.hide()
            self._box.addWidget(editor)
            editor.edited.connect(self.edited)
            editor.finished.connect(self.finished)
        self.setFocusProxy(self._mode)
        self._mode.activated.connect(self._on_mode_activated)

    def set_label(self, label: str) -> None:
        super().set_label(label)
        self._numbers.set_label(label)
        self._sides.set_label(label)

    def set_value(self, value: tuple[int, ...] | str) -> None:
        self._value = value
        mode = value if isinstance(value, str) else "number" if len(value) == 2 else "sides"
        self._mode.setCurrentIndex(self._mode.findData(mode))
        self._numbers.setVisible(mode == "number")
        self._sides.setVisible(mode == "sides")
        if mode == "number":
            self._numbers.set_value(value)  # type: ignore[arg-type]  # of two numbers
        elif mode == "sides":
            self._sides.set_value(value)  # type: ignore[arg-type]  # of four numbers

    def _on_mode_activated(self) -> None:
        """Begin with the same padding, told in the other way, where there is one."""
        mode = self._mode.currentData()
        if mode in ("same", "valid"):
            self.edited.emit(mode)
        elif isinstance(self._value, str):
            self.edited.emit((0, 0) if mode == "number" else (0, 0, 0, 0))
        elif mode == "sides" and len(self._value) == 2:
            height, width = self._value
            self.edited.emit((width, width, height, height))
        elif mode == "number" and len(self._value) == 4:
            left, _, top, _ = self._value
            self.edited.emit((top, left))
        self.finished.emit()


class ShapeEditor(FieldEditor):
    """One number for a flat tensor, or three for maps."""

    def __init__(self, argument: Argument) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom)
        self._kind = ChoiceBox()
        self._kind.addItem(self.tr("flat"), 1)
        self._kind.addItem(self.tr("maps"), 3)
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(2)
        self._numbers = []
        for _ in range(3):
            box = IntSpinBox(argument)
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            box.setMinimumWidth(36)
            box.valueChanged.connect(self._on_number_changed)
            self._watch(box)
            row.addWidget(box)
            self._numbers.append(box)
        self._box.setSpacing(0)
        self._box.addWidget(self._kind)
        self._box.addLayout(row)
        self.setFocusProxy(self._kind)
        self._kind.activated.connect(self._on_kind_activated)

    def set_label(self, label: str) -> None:
        super().set_label(label)
        names = (self.tr("{0}, channels"), self.tr("{0}, height"), self.tr("{0}, width"))
        for box, name in zip(self._numbers, names, strict=True):
            box.setAccessibleName(name.format(label))

    def set_value(self, value: tuple[int, ...]) -> None:
        self._kind.setCurrentIndex(self._kind.findData(len(value)))
        for place, box in enumerate(self._numbers):
            box.setVisible(place < len(value))
        _show_numbers(self._numbers, value)

    def _on_kind_activated(self) -> None:
        self.edited.emit((-1,) if self._kind.currentData() == 1 else (-1, 1, 1))
        self.finished.emit()

    def _on_number_changed(self) -> None:
        count = self._kind.currentData()
        self.edited.emit(tuple(box.value() for box in self._numbers[:count]))


class OptionalEditor(FieldEditor):
    """A value that may be left out: a tick, and its editor while it is there.

    Parameters
    ----------
    first : the value that it begins with when it is ticked.
    """

    def __init__(self, editor: FieldEditor, first: Any) -> None:
        super().__init__()
        self._first = first
        self._editor = editor
        self._tick = QCheckBox()
        self._tick.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._box.addWidget(self._tick)
        self._box.addWidget(editor, 1)
        self._box.addStretch(0)
        self.setFocusProxy(self._tick)
        self._tick.clicked.connect(self._on_ticked)
        editor.edited.connect(self.edited)
        editor.finished.connect(self.finished)

    def set_label(self, label: str) -> None:
        super().set_label(label)
        self._tick.setAccessibleName(self.tr("give {0}").format(label))
        self._editor.set_label(label)

    def set_value(self, value: Any) -> None:
        self._tick.setChecked(value is not None)
        self._editor.setVisible(value is not None)
        if value is not None:
            self._editor.set_value(value)

    def _on_ticked(self, checked: bool) -> None:
        self.edited.emit(self._first if checked else None)
        self.finished.emit()


def make_editor(argument: Argument) -> FieldEditor:
    """Return the editor for a kind of argument."""
    editor = _plain_editor(argument)
    if not argument.is_optional:
        return editor
    first = argument.default
    if first is None:
        least = max(int(argument.minimum), 1)
        first = argument.spelt_out(least)
    return OptionalEditor(editor, first)


def _plain_editor(argument: Argument) -> FieldEditor:
    match argument.kind:
        case "int" | "float":
            return NumberEditor(argument)
        case "bool":
            return SwitchEditor()
        case "choice":
            return ChoiceEditor({choice: choice for choice in argument.choices})
        case "sizes" | "factors":
            return PairEditor(argument)
        case "padding":
            return PaddingEditor(argument)
        case "sides":
            return SidesEditor(argument)
        case "shape":
            return ShapeEditor(argument)


def _show_numbers(boxes: Sequence[IntSpinBox], numbers: Sequence[int]) -> None:
    for box, number in zip(boxes, numbers, strict=False):
        if number != box.value():
            with QSignalBlocker(box):
                box.setValue(number)
