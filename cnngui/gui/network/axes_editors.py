"""Editors of arguments that have a number for each axis of a map: time, height, width."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QBoxLayout, QGridLayout, QLabel, QToolButton

from cnngui.gui.icons import icon
from cnngui.gui.theme import ACCENT, SPACE_S
from cnngui.gui.widgets.editors import FieldEditor, number_box
from cnngui.gui.widgets.spin_boxes import ChoiceBox, FloatSpinBox, IntSpinBox
from cnngui.gui.words.arguments import SIDES
from cnngui.spec.layers import Argument

_NARROW = 36
"""Pixels: a box of which several stand in a row, which then have no arrows."""


class SizesEditor(FieldEditor):
    """Height and width, and time before them where maps have moments.

    While the chain between height and width is closed both change together.
    """

    def __init__(self, argument: Argument) -> None:
        super().__init__()
        self._numbers = [number_box(argument) for _ in range(argument.rank)]
        self._label = ""
        self._chain = QToolButton()
        self._chain.setAutoRaise(True)
        self._chain.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._chain.setIconSize(QSize(14, 14))
        self._chain.setFixedWidth(22)
        self._box.setSpacing(0)
        for box in self._numbers[:-2]:
            self._box.addWidget(QLabel("t"))
            self._box.addSpacing(2)
            self._box.addWidget(box, 1)
            self._box.addSpacing(SPACE_S)
        height, width = self._numbers[-2:]
        self._box.addWidget(height, 1)
        self._box.addWidget(self._chain)
        self._box.addWidget(width, 1)
        for box in self._numbers:
            if len(self._numbers) > 2:
                _make_narrow(box)
            box.valueChanged.connect(self._on_number_changed)
            self._watch(box)
        self.setFocusProxy(self._numbers[0])
        self._set_linked(True)
        self._chain.clicked.connect(self._on_chain_clicked)

    def set_label(self, label: str) -> None:
        self._label = label
        self.setAccessibleName(label)
        names = (self.tr("{0}, time"), self.tr("{0}, height"), self.tr("{0}, width"))
        _name_boxes(self._numbers, names[-len(self._numbers) :], label)
        self._name_chain()

    def set_value(self, value: tuple[float, ...]) -> None:
        if value[-2] != value[-1]:
            self._set_linked(False)
        _show_numbers(self._numbers, value)

    def _on_number_changed(self, number: float) -> None:
        others = self._numbers[-2:]
        if self._linked and self.sender() in others:
            _show_numbers(others, (number, number))
        self._tell()

    def _on_chain_clicked(self) -> None:
        self._set_linked(not self._linked)
        height, width = self._numbers[-2:]
        if self._linked and height.value() != width.value():
            _show_numbers([width], [height.value()])
            self._tell()

    def _tell(self) -> None:
        self.edited.emit(tuple(box.value() for box in self._numbers))

    def _set_linked(self, linked: bool) -> None:
        self._linked = linked
        self._chain.setIcon(
            icon("link-variant", ACCENT.name()) if linked else icon("link-variant-off")
        )
        self._chain.setToolTip(
            self.tr("Height and width change together")
            if linked
            else self.tr("Height and width change separately")
        )
        self._name_chain()

    def _name_chain(self) -> None:
        self._chain.setAccessibleName(f"{self._label}: {self._chain.toolTip()}")


class SidesEditor(FieldEditor):
    """A number for each side, with arrows that point there; time has a first and a last one."""

    def __init__(self, argument: Argument) -> None:
        super().__init__()
        grid = QGridLayout()
        grid.setSpacing(0)
        self._numbers = []
        for place, arrow in enumerate(SIDES[: 2 * argument.rank]):
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
            self.tr("{0}, before the first moment"),
            self.tr("{0}, after the last moment"),
        )
        _name_boxes(self._numbers, sides[: len(self._numbers)], label)

    def set_value(self, value: tuple[int, ...]) -> None:
        _show_numbers(self._numbers, value)

    def _on_number_changed(self) -> None:
        self.edited.emit(tuple(box.value() for box in self._numbers))


class PaddingEditor(FieldEditor):
    """``same``, ``valid`` or numbers, which appear below when they are wanted."""

    def __init__(self, argument: Argument) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom)
        self._rank = argument.rank
        self._mode = ChoiceBox()
        for mode, label in (
            ("same", "same"),
            ("valid", "valid"),
            ("number", self.tr("number")),
            ("sides", self.tr("each side")),
        ):
            self._mode.addItem(label, mode)
        self._numbers = SizesEditor(argument)
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
        mode = value if isinstance(value, str) else self._mode_of(value)
        self._mode.setCurrentIndex(self._mode.findData(mode))
        self._numbers.setVisible(mode == "number")
        self._sides.setVisible(mode == "sides")
        if not isinstance(value, str):
            (self._numbers if mode == "number" else self._sides).set_value(value)

    def _mode_of(self, value: tuple[int, ...]) -> str:
        return "number" if len(value) == self._rank else "sides"

    def _on_mode_activated(self) -> None:
        """Begin with the same padding, told in the other way, where there is one."""
        mode = self._mode.currentData()
        if mode in ("same", "valid"):
            self.edited.emit(mode)
        elif isinstance(self._value, str):
            self.edited.emit((0,) * (self._rank if mode == "number" else 2 * self._rank))
        elif mode != self._mode_of(self._value):
            # Sides begin with the last axis, two for each.
            if mode == "sides":
                told = tuple(number for number in reversed(self._value) for _ in range(2))
            else:
                told = self._value[-2::-2]
            self.edited.emit(told)
        self.finished.emit()


class ShapeEditor(FieldEditor):
    """One number for a flat tensor, three for maps, four for maps of several moments."""

    def __init__(self, argument: Argument) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom)
        self._label = ""
        self._kind = ChoiceBox()
        kinds = (self.tr("flat"), self.tr("maps"), self.tr("maps of several moments"))
        for count, words in zip(argument.counts, kinds, strict=True):
            self._kind.addItem(words, count)
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(2)
        self._numbers = []
        for _ in range(argument.counts[-1]):
            box = IntSpinBox(argument)
            _make_narrow(box)
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
        self._label = label
        self._name_numbers()

    def set_value(self, value: tuple[int, ...]) -> None:
        self._kind.setCurrentIndex(self._kind.findData(len(value)))
        for place, box in enumerate(self._numbers):
            box.setVisible(place < len(value))
        self._name_numbers()
        _show_numbers(self._numbers, value)

    def _name_numbers(self) -> None:
        """Say what the numbers are; the second is time only where there are four."""
        time = (self.tr("{0}, time"),) if self._kind.currentData() == len(self._numbers) else ()
        names = [self.tr("{0}, channels"), *time, self.tr("{0}, height"), self.tr("{0}, width")]
        while len(names) < len(self._numbers):  # a hidden box is not without a name either
            names.append(names[-1])
        _name_boxes(self._numbers, names, self._label)

    def _on_kind_activated(self) -> None:
        count = self._kind.currentData()
        self.edited.emit((-1, *(1 for _ in range(count - 1))))
        self.finished.emit()

    def _on_number_changed(self) -> None:
        count = self._kind.currentData()
        self.edited.emit(tuple(box.value() for box in self._numbers[:count]))


def _make_narrow(box: IntSpinBox | FloatSpinBox) -> None:
    """Leave the arrows out: keys and wheel step too, and the digits need the room."""
    box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    box.setMinimumWidth(_NARROW)


def _name_boxes(
    boxes: Sequence[IntSpinBox | FloatSpinBox], names: Sequence[str], label: str
) -> None:
    for box, name in zip(boxes, names, strict=False):
        box.setAccessibleName(name.format(label))


def _show_numbers(boxes: Sequence[IntSpinBox | FloatSpinBox], numbers: Sequence[float]) -> None:
    for box, number in zip(boxes, numbers, strict=False):
        if number != box.value():
            with QSignalBlocker(box):
                box.setValue(number)  # type: ignore[arg-type]  # an int where it holds ints
