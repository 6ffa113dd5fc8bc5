"""A form of arguments; those of layers and of the input are built on it."""

from __future__ import annotations

from cnngui.gui.widgets.editors import FieldEditor
from cnngui.gui.widgets.form import Form
from cnngui.gui.words.arguments import meaning


class ArgumentForm(Form):
    """A form whose tool tips say what each argument is for."""

    def _add_argument(
        self, field: str, label: str, editor: FieldEditor, layer_type: str = ""
    ) -> None:
        self._add(field, label, editor, meaning(field, layer_type))
