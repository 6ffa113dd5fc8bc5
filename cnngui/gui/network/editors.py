"""Which editor an argument of a layer has."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout

from cnngui.gui.widgets.editors import (
    ChoiceEditor,
    FieldEditor,
    NumberEditor,
    PairEditor,
    SwitchEditor,
)
from cnngui.gui.widgets.spin_boxes import ChoiceBox
from cnngui.spec.layers import Argument, Pair


class PaddingEditor(FieldEditor):
    """``same``, ``valid`` or numbers, which appear below when they are wanted."""

    def __init__(self, argument: Argument) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom)
        self._mode = ChoiceBox()
        for mode, label in (
            ("same", "same"),
            ("valid", "valid"),
            ("", self.tr("number")),
        ):
            self._mode.addItem(label, mode)
        self._numbers = PairEditor(argument)
        self._numbers.hide()
        self._box.setSpacing(0)
        self._box.addWidget(self._mode)
        self._box.addWidget(self._numbers)
        self.setFocusProxy(self._mode)
        self._mode.activated.connect(self._on_mode_activated)
        self._numbers.edited.connect(self.edited)
        self._numbers.finished.connect(self.finished)

    def set_label(self, label: str) -> None:
        super().set_label(label)
        self._numbers.set_label(label)

    def set_value(self, value: Pair | str) -> None:
        named = isinstance(value, str)
        self._mode.setCurrentIndex(self._mode.findData(value if named else ""))
        self._numbers.setVisible(not named)
        if isinstance(value, tuple):
            self._numbers.set_value(value)

    def _on_mode_activated(self) -> None:
        self.edited.emit(self._mode.currentData() or (0, 0))
        self.finished.emit()


def make_editor(argument: Argument) -> FieldEditor:
    """Return the editor for a kind of argument."""
    match argument.kind:
        case "int" | "float":
            return NumberEditor(argument)
        case "bool":
            return SwitchEditor()
        case "sizes":
            return PairEditor(argument)
        case "padding":
            return PaddingEditor(argument)
        case "choice":
            return ChoiceEditor({choice: choice for choice in argument.choices})
        case _:
            raise NotImplementedError(argument.kind)
