"""Makes a network's layers ready to run: those that were so before are taken over as they are.

A layer keeps its weights in the forms in which they are multiplied, which takes memory beside the
weights, and time to make. Some ways to compute are faster and take more memory than others: a large
network has them where they bring most, so that all weights made ready take little more than the
weights themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cnngui.engine.initializers import Parameters
from cnngui.engine.ops.families import live_layer
from cnngui.engine.ops.live.layer import Layer, shape4
from cnngui.spec.layers import LayerSpec, ParametricSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, ShapeReport

LARGE_BYTES = 64_000_000
"""Of networks with more weights than that, memory is spared: made ready, they take a third more.
Those of a smaller network may take twice this, which is little beside the program itself."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A layer that is ready, and what it was made for.

    Attributes
    ----------
    described : without the name of its weights.
    sources, shape : the shapes of what it reads, and of its output.
    """

    layer: Layer
    described: LayerSpec
    sources: tuple[Shape, ...]
    shape: Shape

    def does_as(self, other: Prepared) -> bool:
        """Whether it computes exactly the same, with the very same arrays and in the same way."""
        ours, theirs = self.layer.parameters, other.layer.parameters
        return (
            (self.sources, self.shape) == (other.sources, other.shape)
            and self.layer.is_hasty == other.layer.is_hasty
            and ours.keys() == theirs.keys()
            and all(ours[name] is theirs[name] for name in ours)
            and self.described == other.described
        )


def prepare(
    spec: NetworkSpec,
    report: ShapeReport,
    parameters: Mapping[str, Parameters],
    lenders: Sequence[Mapping[str, Prepared]],
) -> dict[str, Prepared]:
    """Return all layers by their ids.

    Parameters
    ----------
    report : what follows from ``spec``, which has no problems.
    lenders : layers of other networks; what does the same as one of this network is taken over.
    """
    made: dict[str, Prepared] = {}
    for index, layer in enumerate(spec.layers):
        sources = tuple(report.shapes[source] for source in spec.inputs_of(index))
        shape = report.shapes[layer.id]
        live = live_layer(layer, parameters.get(layer.id, {}), sources, shape)
        made[layer.id] = Prepared(live, _unnamed(layer), sources, shape)
    _be_sparing(list(made.values()))
    for layer_id, new in made.items():
        for lender in lenders:
            had = lender.get(layer_id)
            if had is not None and had.does_as(new):
                made[layer_id] = had
                break
    return made


def held_bytes(layers: Iterable[Prepared]) -> int:
    """Return what the weights of layers take."""
    return sum(array.nbytes for ready in layers for array in ready.layer.parameters.values())


def _be_sparing(layers: Sequence[Prepared]) -> None:
    """Let layers be hasty as long as there is memory for it, first where a byte saves most time."""
    held = held_bytes(layers)
    most = held * 4 // 3 if held > LARGE_BYTES else 2 * LARGE_BYTES
    left = most - sum(ready.layer.ready_bytes for ready in layers)
    extra = {ready: ready.layer.hasty_bytes for ready in layers if ready.layer.hasty_bytes}
    if sum(extra.values()) <= left:
        return
    saved = {ready: ready.layer.hasty_nanoseconds(shape4(1, ready.shape)) for ready in extra}
    for ready in sorted(extra, key=lambda ready: saved[ready] / extra[ready], reverse=True):
        ready.layer.is_hasty = saved[ready] > 0 and extra[ready] <= left
        if ready.layer.is_hasty:
            left -= extra[ready]


def _unnamed(layer: LayerSpec) -> LayerSpec:
    """Return a layer as it is but for where its weights came from."""
    if isinstance(layer, ParametricSpec) and (layer.weights_id or layer.by_hand):
        return replace(layer, weights_id="", by_hand=False)
    return layer
