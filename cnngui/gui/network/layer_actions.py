"""Everything that can be done to layers, as undoable edits and as actions with keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from cnngui.gui.document import Document
from cnngui.gui.icons import icon
from cnngui.gui.network.new_layer import new_layer
from cnngui.gui.widgets.keys import delete_keys
from cnngui.spec.layers import INPUT_ID, LayerSpec, ParametricSpec


class LayerActions(QObject):
    """Acts on the document's selected layer.

    Attributes
    ----------
    remove, duplicate, move_up, move_down, bypass, redraw : the actions, in the state that the
        selection allows.
    """

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.duplicate = self._action(
            self.tr("Duplicate layer"), "content-duplicate", "Ctrl+D", self._duplicate
        )
        self.remove = self._action(
            self.tr("Remove layer"), "delete-outline", delete_keys(), self._remove
        )
        self.move_up = self._action(
            self.tr("Move layer up"), "arrow-up", "Alt+Up", lambda: self._move_by(-1)
        )
        self.move_down = self._action(
            self.tr("Move layer down"), "arrow-down", "Alt+Down", lambda: self._move_by(1)
        )
        self.bypass = self._action(
            self.tr("Bypass layer"), "transit-skip", "B", self._toggle_selected
        )
        self.bypass.setCheckable(True)
        self.redraw = self._action(
            self.tr("Draw new weights"), "dice-5-outline", "", self._redraw_selected
        )
        document.spec_changed.connect(self._update)
        document.selection_changed.connect(self._update)
        self._update()

    def all(self) -> list[QAction]:
        """Return the actions in the order of a menu."""
        return [
            self.duplicate,
            self.remove,
            self.move_up,
            self.move_down,
            self.bypass,
            self.redraw,
        ]

    def add(self, layer_type: str) -> None:
        """Add a layer of that type after the selected one, and select it."""
        spec, selected = self._document.spec, self._selected()
        index = spec.index_of(selected.id) + 1 if selected else 0
        layer = new_layer(spec, layer_type, index)
        text = self.tr("Add {layer}").format(layer=layer.id)
        self._document.edit(spec.inserted(index, layer), text, select=layer.id)

    def move(self, layer_id: str, index: int) -> None:
        """Put a layer at ``index`` of the list."""
        text = self.tr("Move {layer}").format(layer=layer_id)
        self._document.edit(self._document.spec.moved(layer_id, index), text, select=layer_id)

    def toggle_bypass(self, layer_id: str) -> None:
        """Bypass a layer or enable it again."""
        enabled = self._document.spec.layer(layer_id).enabled
        text = self.tr("Bypass {layer}") if enabled else self.tr("Enable {layer}")
        edited = self._document.spec.edited(layer_id, enabled=not enabled)
        self._document.edit(edited, text.format(layer=layer_id))

    def draw_all(self, seed: int | None = None, initializer: str | None = None) -> None:
        """Draw the weights of all layers anew; without a seed, by one above the highest used."""
        spec = self._document.spec
        if seed is None:
            seed = 1 + max(
                (layer.seed for layer in spec.layers if isinstance(layer, ParametricSpec)),
                default=0,
            )
        self._document.edit(spec.redrawn(seed, initializer), self.tr("Draw all weights"))

    def change_layer(self, layer_id: str, field: str, value: object) -> None:
        """Give one argument of a layer another value; edits of one field are undone together."""
        spec = self._document.spec
        edited = spec.edited(layer_id, **{field: value})
        text = self.tr("Change {field} of {layer}").format(field=field, layer=layer_id)
        self._document.edit(edited, text, merge_key=f"{layer_id}.{field}")

    def redraw_layer(self, layer_id: str) -> None:
        """Draw the weights of one layer anew, with the next seed."""
        spec = self._document.spec
        layer = spec.layer(layer_id)
        if isinstance(layer, ParametricSpec):
            text = self.tr("Draw weights of {layer}").format(layer=layer_id)
            self._document.edit(spec.redrawn(layer.seed + 1, layer_ids=[layer_id]), text)

    def _action(
        self,
        text: str,
        icon_name: str,
        keys: list[QKeySequence] | str,
        do: Callable[[], None],
    ) -> QAction:
        action = QAction(icon(icon_name), text, self)
        action.setShortcuts([QKeySequence(keys)] if isinstance(keys, str) else keys)
        # Del and B mean this only while the panel has the keyboard.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({shown})" if shown else text)
        action.triggered.connect(lambda: do())
        return action

    def _selected(self) -> LayerSpec | None:
        selected_id = self._document.selected_id
        return None if selected_id == INPUT_ID else self._document.spec.layer(selected_id)

    def _duplicate(self) -> None:
        if layer := self._selected():
            spec = self._document.spec
            copy_id = spec.fresh_id(layer.type)
            text = self.tr("Duplicate {layer}").format(layer=layer.id)
            self._document.edit(spec.duplicated(layer.id), text, select=copy_id)

    def _remove(self) -> None:
        if layer := self._selected():
            text = self.tr("Remove {layer}").format(layer=layer.id)
            self._document.edit(self._document.spec.removed(layer.id), text)

    def _move_by(self, steps: int) -> None:
        if layer := self._selected():
            self.move(layer.id, self._document.spec.index_of(layer.id) + steps)

    def _toggle_selected(self) -> None:
        if layer := self._selected():
            self.toggle_bypass(layer.id)

    def _redraw_selected(self) -> None:
        if layer := self._selected():
            self.redraw_layer(layer.id)

    def _update(self) -> None:
        layer = self._selected()
        layers = self._document.spec.layers
        self.remove.setEnabled(layer is not None)
        self.duplicate.setEnabled(layer is not None)
        self.bypass.setEnabled(layer is not None)
        self.bypass.setChecked(layer is not None and not layer.enabled)
        self.move_up.setEnabled(layer is not None and layer is not layers[0])
        self.move_down.setEnabled(layer is not None and layer is not layers[-1])
        self.redraw.setEnabled(
            isinstance(layer, ParametricSpec)
            and ("seed" in layer.first_weights or bool(layer.weights_id))
        )
