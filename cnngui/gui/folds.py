"""Which blocks of layers stand folded: in the list, the strip and on the page of the network."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.gui.document import Document
from cnngui.spec.blocks import Stop, blocks_of, folded_at_first, stops_of
from cnngui.spec.network import NetworkSpec


class Folds(QObject):
    """Folds the blocks of a document's network.

    A block opens by itself when a layer inside it is selected. While it is folded its last layer is
    what is seen of it, and is selected where another of its layers was.

    Signals
    -------
    changed : blocks were folded or opened.
    """

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._seen = document.spec
        self._folded: frozenset[str] = frozenset()
        self._stops: dict[int, tuple[NetworkSpec, tuple[Stop, ...], dict[str, Stop]]] = {}
        self._begin()
        document.spec_changed.connect(self._on_document_spec_changed)
        document.selection_changed.connect(self._open_at)

    @property
    def folded(self) -> frozenset[str]:
        """The keys of the blocks that stand folded."""
        return self._folded

    def stops(self, network: NetworkSpec) -> tuple[Stop, ...]:
        """Return what there is to step to: layers, and folded blocks."""
        return self._found(network)[1]

    def stop_of(self, network: NetworkSpec, layer_id: str) -> Stop | None:
        """Return what stands for a layer; None if the network has no such layer."""
        return self._found(network)[2].get(layer_id)

    def toggle(self, key: str) -> None:
        """Fold a block, or open it."""
        self._set(self._folded ^ {key})

    def open(self, key: str) -> None:
        """Open a block and select its first layer, which takes its place."""
        self._set(self._folded - {key})
        self._document.select(key)

    def fold_around(self, layer_id: str) -> None:
        """Fold the block that a layer is in, if it is in one."""
        for block in blocks_of(self._document.spec):
            if layer_id in block.layer_ids:
                self._set(self._folded | {block.key})

    def fold_all(self, folded: bool) -> None:
        """Fold all blocks, or open them."""
        keys = frozenset(block.key for block in blocks_of(self._document.spec))
        self._set(keys if folded else frozenset())

    def _set(self, folded: frozenset[str]) -> None:
        if folded != self._folded:
            self._folded = folded
            self._stops.clear()
            self.changed.emit()
            stop = self.stop_of(self._document.spec, self._document.selected_id)
            if stop is not None and stop.block is not None:
                self._document.select(stop.layer_id)

    def _begin(self) -> None:
        self._folded = folded_at_first(self._document.spec)
        self._stops.clear()
        self._open_at(self._document.selected_id)

    @Slot(str)
    def _open_at(self, layer_id: str) -> None:
        stop = self.stop_of(self._document.spec, layer_id)
        if stop is not None and stop.block is not None and layer_id != stop.layer_id:
            self._set(self._folded - {stop.block.key})

    @Slot()
    def _on_document_spec_changed(self) -> None:
        before, self._seen = self._seen, self._document.spec
        ids = {layer.id for layer in self._seen.layers}
        had = {layer.id for layer in before.layers}
        if 2 * len(ids & had) < len(ids):
            self._begin()
            self.changed.emit()
        elif ids != had:
            # What was done inside a folded block is to be seen.
            were = {block.key: block for block in blocks_of(before)}
            others = {
                block.key
                for block in blocks_of(self._seen)
                if block.key in were and block.layer_ids != were[block.key].layer_ids
            }
            self._set(self._folded - others)

    def _found(self, network: NetworkSpec) -> tuple[NetworkSpec, tuple[Stop, ...], dict[str, Stop]]:
        found = self._stops.get(id(network))
        if found is None:
            stops = stops_of(network, self._folded)
            by_layer = {layer_id: stop for stop in stops for layer_id in stop.layer_ids}
            # The one edited and the one that runs. Kept with the network, whose id it is.
            if len(self._stops) > 1:
                self._stops.clear()
            found = self._stops[id(network)] = network, stops, by_layer
        return found
