"""A network as the user describes it. Immutable: every edit returns a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, LayerSpec, ParametricSpec, Shape

TIME_FIELDS = ("frames", "frame_step", "frame_rate")
"""What of an input speaks of time."""

KEPT_PER_STEP = 4
"""Of a source with many more frames than the network asks for, so many are held for each."""

Fit = Literal["stretch", "crop", "letterbox"]
FITS: tuple[Fit, ...] = ("stretch", "crop", "letterbox")


@dataclass(frozen=True, kw_only=True)
class InputSpec:
    """What the network is shown.

    Attributes
    ----------
    channels : 3 (RGB) or 1 (grey).
    height, width : pixels.
    fit : how a frame of another shape becomes this one: ``stretch``, ``crop`` (the largest centred
        part of the right shape) or ``letterbox`` (all of it, with black bars).
    mean, std : one number per channel; the network sees ``(pixel - mean) / std``, pixels in 0..1.
    frames : how many frames it sees at once, the last of them the newest; 1 is a still picture.
    frame_step : every how many frames one is seen: 2 leaves out every other.
    frame_rate : frames a second at which ``frame_step`` is meant. A source with more or fewer gives
        those that lie nearest in its own time. 0 takes frames as they come.
    """

    channels: int = 3
    height: int = 120
    width: int = 160
    fit: Fit = "crop"
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    frames: int = 1
    frame_step: int = 1
    frame_rate: float = 0.0

    @property
    def shape(self) -> Shape:
        """``(C, H, W)`` of one frame, ``(C, T, H, W)`` of several."""
        if self.frames == 1:
            return self.channels, self.height, self.width
        return self.channels, self.frames, self.height, self.width

    @property
    def pixels_shape(self) -> Shape:
        """``(H, W, C)`` of one fitted frame's pixels, ``(T, H, W, C)`` of several."""
        size = self.height, self.width, self.channels
        return size if self.frames == 1 else (self.frames, *size)

    @property
    def span(self) -> int:
        """How many frames it reaches over, those between the ones that it sees included."""
        return (self.frames - 1) * self.frame_step + 1

    @property
    def held_frames(self) -> int:
        """How many frames are held at most, so that each new one can be the last of a window.

        Of a source faster than the step asks for, several stand for each that is wanted.
        """
        return self.span * KEPT_PER_STEP if self.frame_rate > 0 else self.span

    @property
    def format_version(self) -> int:
        """The oldest version of the file format that can hold it."""
        still = InputSpec()
        return 1 if all(getattr(self, key) == getattr(still, key) for key in TIME_FIELDS) else 3

    def with_channels(self, channels: int) -> InputSpec:
        """Return the same input with another number of channels, mean and std following."""

        def resized(values: tuple[float, ...]) -> tuple[float, ...]:
            return (*values, *values[-1:] * channels)[:channels]

        return replace(self, channels=channels, mean=resized(self.mean), std=resized(self.std))


@dataclass(frozen=True, kw_only=True)
class NetworkSpec:
    """Input and layers, in the order in which they are computed.

    A layer may read any earlier one by id, so the list is a graph already sorted.
    ``classes`` names the units of the last layer, or is empty.
    """

    name: str = "network"
    input: InputSpec = InputSpec()
    layers: tuple[LayerSpec, ...] = ()
    classes: tuple[str, ...] = ()

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """Where each layer is; of several with one id, which is a problem to be mended, the first.

        It follows from the layers, and is no part of what makes two networks equal.
        """
        return {layer.id: place for place, layer in reversed(tuple(enumerate(self.layers)))}

    def __contains__(self, layer_id: object) -> bool:
        return layer_id in self._places

    @property
    def last_id(self) -> str:
        """The id of the last layer, whose output is the network's; of the input without layers."""
        return self.layers[-1].id if self.layers else INPUT_ID

    def layer(self, layer_id: str) -> LayerSpec:
        """Return the layer of that id; KeyError if there is none."""
        return self.layers[self.index_of(layer_id)]

    def index_of(self, layer_id: str) -> int:
        """Return the layer's place in the list; KeyError if there is none."""
        return self._places[layer_id]

    def inputs_of(self, index: int) -> tuple[str, ...]:
        """Return the ids that the layer at ``index`` reads, the silent "layer before" spelt out."""
        layer = self.layers[index]
        if layer.inputs:
            return layer.inputs
        return (self.layers[index - 1].id if index else INPUT_ID,)

    def fresh_id(self, layer_type: str) -> str:
        """Return an id not yet in use, as people write them: conv1, conv2, ..."""
        stem = LAYER_TYPES[layer_type].id_stem or layer_type.lower()
        taken = {layer.id.lower() for layer in self.layers}
        number = 1
        while f"{stem}{number}" in taken:
            number += 1
        return f"{stem}{number}"

    def inserted(self, index: int, layer: LayerSpec) -> NetworkSpec:
        """Return a network with ``layer`` placed before the one now at ``index``."""
        return self._with_layers((*self.layers[:index], layer, *self.layers[index:]))

    def removed(self, layer_id: str) -> NetworkSpec:
        """Return a network without that layer. Layers that read it by name are left as they are."""
        return self._with_layers(layer for layer in self.layers if layer.id != layer_id)

    def moved(self, layer_id: str, index: int) -> NetworkSpec:
        """Return a network with that layer at ``index`` of the new list."""
        layer = self.layer(layer_id)
        return self.removed(layer_id).inserted(index, layer)

    def replaced(self, layer_id: str, layer: LayerSpec) -> NetworkSpec:
        """Return a network with ``layer`` where ``layer_id`` was."""
        return self._with_layers(layer if old.id == layer_id else old for old in self.layers)

    def edited(self, layer_id: str, **arguments: Any) -> NetworkSpec:
        """Return a network with some arguments of one layer changed."""
        return self.replaced(layer_id, self.layer(layer_id).edited(**arguments))

    def duplicated(self, layer_id: str) -> NetworkSpec:
        """Return a network with a copy of that layer, under a fresh id, right after it."""
        layer = self.layer(layer_id)
        copy = replace(layer, id=self.fresh_id(layer.type))
        return self.inserted(self.index_of(layer_id) + 1, copy)

    def redrawn(
        self, seed: int, initializer: str | None = None, layer_ids: Iterable[str] | None = None
    ) -> NetworkSpec:
        """Return a network whose weights are drawn anew, of all layers or of those named.

        Weights read from a file or learned are given up for drawn ones too.
        """
        chosen = None if layer_ids is None else set(layer_ids)

        def redraw(layer: LayerSpec) -> LayerSpec:
            if not isinstance(layer, ParametricSpec) or (
                chosen is not None and layer.id not in chosen
            ):
                return layer
            return replace(
                layer,
                seed=seed,
                weights_id="",
                by_hand=False,
                initializer=initializer or layer.initializer,
            )

        return self._with_layers(redraw(layer) for layer in self.layers)

    def seeded(self, seed: int) -> NetworkSpec:
        """Return a network with its weights drawn by ``seed``, except those read or learned."""
        drawn = (
            layer.id
            for layer in self.layers
            if isinstance(layer, ParametricSpec) and not layer.weights_id
        )
        return self.redrawn(seed, layer_ids=drawn)

    def named_weights_of(self, other: NetworkSpec) -> NetworkSpec:
        """Return a network whose layers have the weights of ``other``'s of the same id and type."""
        ids = {
            (layer.id, layer.type): layer.weights_id
            for layer in other.layers
            if isinstance(layer, ParametricSpec)
        }
        return self._with_layers(
            replace(layer, weights_id=ids.get((layer.id, layer.type), layer.weights_id))
            if isinstance(layer, ParametricSpec)
            else layer
            for layer in self.layers
        )

    @property
    def drawn_ids(self) -> tuple[str, ...]:
        """The layers whose weights are drawn: no file, no training and no hand has made them."""
        return tuple(
            layer.id
            for layer in self.layers
            if layer.enabled and isinstance(layer, ParametricSpec) and not layer.weights_id
        )

    def with_weights_ids(self, ids: Mapping[str, str]) -> NetworkSpec:
        """Return a network in which the weights of some layers have these names, "" for drawn."""
        return self._with_layers(
            replace(layer, weights_id=ids[layer.id])
            if layer.id in ids and isinstance(layer, ParametricSpec)
            else layer
            for layer in self.layers
        )

    def is_twin_of(self, other: NetworkSpec) -> bool:
        """Whether input and layers are the same, so that weights of the one suit the other."""

        def without_weights(network: NetworkSpec) -> tuple[LayerSpec, ...]:
            return tuple(
                replace(layer, frozen=False, channel_names=())
                if isinstance(layer, ParametricSpec)
                else replace(layer, channel_names=())
                for layer in network.redrawn(0, "he").layers
            )

        return self.input == other.input and without_weights(self) == without_weights(other)

    def _with_layers(self, layers: Iterable[LayerSpec]) -> NetworkSpec:
        return replace(self, layers=tuple(layers))
