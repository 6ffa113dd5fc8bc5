"""The network being edited, what can be undone, and the last valid network that keeps running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from cnngui.gui.commands import EditCommand, LearnCommand, ReplaceCommand
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import ShapeReport, infer
from cnngui.weights import Weights

UNDO_STEPS = 500


@dataclass(frozen=True)
class Origin:
    """Where a network came from, and what it was there.

    Attributes
    ----------
    path : its file, or None (a preset, or never saved).
    spec : the network as that file or preset has it.
    """

    path: Path | None
    spec: NetworkSpec


@dataclass(frozen=True, eq=False)
class Running:
    """A network that is to run.

    Attributes
    ----------
    generation : counts the networks that were to run.
    weights : those that came with it, by layer id; None where its layers say which they have.
    """

    spec: NetworkSpec
    generation: int = 0
    weights: Weights | None = None


class Document(QObject):
    """The network that the user edits.

    Parameters
    ----------
    spec : the network to begin with.

    Signals
    -------
    spec_changed : the edited network changed, valid or not.
    running_changed : there is a new valid network to run; carries it, as ``Running``.
    selection_changed : another layer (or the input) is selected; carries its id.
    path_changed : the file's path or ``is_modified`` may have changed.
    """

    spec_changed = Signal()
    running_changed = Signal(object)
    selection_changed = Signal(str)
    path_changed = Signal()

    def __init__(self, spec: NetworkSpec | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spec = spec or NetworkSpec()
        self._report = infer(self._spec)
        self._running = Running(self._spec)
        self._pending_weights: Weights | None = None
        self._selected_id = _first_sight(self._spec)
        self._origin = Origin(None, self._spec)
        self._undo_stack = QUndoStack(self)
        self._undo_stack.setUndoLimit(UNDO_STEPS)
        self._merge_session = 0

    @property
    def spec(self) -> NetworkSpec:
        """The network as edited; it may have problems."""
        return self._spec

    @property
    def report(self) -> ShapeReport:
        """Shapes and problems of ``spec``."""
        return self._report

    @property
    def running_spec(self) -> NetworkSpec:
        """The last valid network; before there is one, the one at the beginning."""
        return self._running.spec

    @property
    def generation(self) -> int:
        """Counts the changes of ``running_spec``."""
        return self._running.generation

    @property
    def undo_stack(self) -> QUndoStack:
        """Every edit, to be undone and redone."""
        return self._undo_stack

    @property
    def path(self) -> Path | None:
        """The file the network was read from or last saved to."""
        return self._origin.path

    @property
    def selected_id(self) -> str:
        """The id of the selected layer, or ``"input"``."""
        return self._selected_id

    @property
    def is_modified(self) -> bool:
        """Whether the network differs from its file or preset."""
        return self._spec != self._origin.spec

    def runs(self, spec: NetworkSpec) -> bool:
        """Whether that network has been announced as the one to run."""
        return self._running.spec == spec

    def edit(
        self, spec: NetworkSpec, text: str, merge_key: str = "", select: str | None = None
    ) -> None:
        """Put an edited network in the place of the present one, undoably.

        Parameters
        ----------
        spec : the network after the edit; it may have problems.
        text : what was done, for the undo menu.
        merge_key : consecutive edits of the same key (one field of one layer) are undone in one
            step, until ``finish_merging`` is called.
        select : the layer to select; None keeps the selection, or where the selected layer is
            gone takes the one that is now in its place.
        """
        if spec == self._spec:
            return
        selected_id = self._selection_in(spec) if select is None else select
        key = f"{merge_key} {self._merge_session}" if merge_key else ""
        self._undo_stack.push(EditCommand(self, spec, selected_id, text, key))

    def finish_merging(self) -> None:
        """Make the next edit a step of its own, whatever its key: the user has left the field."""
        self._merge_session += 1

    def select(self, layer_id: str) -> None:
        """Select a layer, or the input by ``"input"``. An unknown id is ignored."""
        if layer_id == self._selected_id or not (layer_id == INPUT_ID or layer_id in self._spec):
            return
        self.finish_merging()
        self._selected_id = layer_id
        self.selection_changed.emit(layer_id)

    def replace_network(
        self, spec: NetworkSpec, path: Path | None = None, weights: Weights | None = None
    ) -> None:
        """Take another network, from a file or (``path`` None) a preset, undoably.

        Parameters
        ----------
        spec : the new network.
        path : its file.
        weights : the weights its file held, if any.
        """
        text = self.tr("Open {name}").format(name=spec.name)
        self._undo_stack.push(
            ReplaceCommand(self, spec, _first_sight(spec), text, Origin(path, spec), weights)
        )

    def learn(self, spec: NetworkSpec, weights: Weights, text: str) -> None:
        """Take a network with weights in the place of the present one, undoably.

        It is still the network of the same file, and a changed one.

        Parameters
        ----------
        spec : each layer's ``weights_id`` names its weights.
        weights : by layer id.
        text : what was done, for the undo menu.
        """
        self.finish_merging()
        selected_id = self._selection_in(spec)
        self._undo_stack.push(LearnCommand(self, spec, selected_id, text, weights))

    def name_weights(self, generation: int, weights_ids: Mapping[str, str]) -> None:
        """Note what the weights of some layers are called that have changed their shapes.

        It is the same network, and the same step to undo. What belongs to a network that no longer
        runs is ignored.
        """
        before = self._running.spec
        if generation != self._running.generation or not weights_ids:
            return
        named = before.with_weights_ids(weights_ids)
        self._running = replace(self._running, spec=named)
        if self._spec == before:
            self._spec = named
        command = self._undo_stack.command(self._undo_stack.index() - 1)
        if isinstance(command, EditCommand):
            command.rename(before, named)
        self.spec_changed.emit()

    def begin_with(
        self, spec: NetworkSpec, path: Path | None = None, weights: Weights | None = None
    ) -> None:
        """Take another network as the first one: what was before cannot be brought back."""
        self.replace_network(spec, path, weights)
        self._undo_stack.clear()

    def mark_saved(self, path: Path) -> None:
        """Note that the network as it is now is in that file."""
        self.finish_merging()
        self.exchange_origin(Origin(path, self._spec))
        self.path_changed.emit()

    def exchange_origin(self, origin: Origin) -> Origin:
        """Set where the network came from and return what was set before."""
        previous, self._origin = self._origin, origin
        return previous

    def show(self, spec: NetworkSpec, selected_id: str, weights: Weights | None = None) -> None:
        """Take a network without a step to undo: what the commands do and undo with.

        Everything is in place before the first signal goes out. Weights that come with a network
        with problems wait until it has none; ``weights`` None leaves waiting ones, an empty
        mapping forgets them.
        """
        selection_changes = selected_id != self._selected_id
        self._spec, self._selected_id = spec, selected_id
        self._report = infer(spec)
        if weights is not None:
            self._pending_weights = weights or None
        runs = self._report.is_valid and spec != self._running.spec
        if runs:
            running = Running(spec, self._running.generation + 1, self._pending_weights)
            # Whoever runs it keeps the weights; a network read from a file may have half a GB.
            self._running, self._pending_weights = replace(running, weights=None), None
        self.spec_changed.emit()
        if selection_changes:
            self.selection_changed.emit(selected_id)
        if runs:
            self.running_changed.emit(running)
        self.path_changed.emit()

    def _selection_in(self, spec: NetworkSpec) -> str:
        if self._selected_id == INPUT_ID or self._selected_id in spec:
            return self._selected_id
        index = min(self._spec.index_of(self._selected_id), len(spec.layers) - 1)
        return spec.layers[index].id if index >= 0 else INPUT_ID


def _first_sight(spec: NetworkSpec) -> str:
    """Return the layer that says most to someone who has just opened the network.

    That is the first one with maps in which the picture can still be found; without maps, the last.
    """
    shapes = infer(spec).shapes
    with_maps = (
        layer.id for layer in spec.layers if layer.enabled and len(shapes.get(layer.id, ())) == 3
    )
    return next(with_maps, spec.last_id)
