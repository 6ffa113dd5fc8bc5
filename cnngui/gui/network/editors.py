"""Which editor an argument of a layer has."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from cnngui.gui.network.axes_editors import (
    PaddingEditor,
    ShapeEditor,
    SidesEditor,
    SizesEditor,
)
from cnngui.gui.widgets.editors import ChoiceEditor, FieldEditor, NumberEditor, SwitchEditor
from cnngui.spec.layers import Argument


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
            return SizesEditor(argument)
        case "padding":
            return PaddingEditor(argument)
        case "sides":
            return SidesEditor(argument)
        case "shape":
            return ShapeEditor(argument)
