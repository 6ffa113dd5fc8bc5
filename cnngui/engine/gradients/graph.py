"""What of a network takes part in learning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cnngui.errors import TrainingError, text
from cnngui.spec.layers import (
    INPUT_ID,
    Dropout,
    LayerSpec,
    MaxPool2d,
    ParametricSpec,
    ReLU,
    Softmax,
)
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer, shape_text


@dataclass(frozen=True)
class Step:
    """A layer that is computed.

    Attributes
    ----------
    sources : ids of what it reads; bypassed layers are left out.
    learns : whether its parameters are trained.
    needs_gradient : whether it or any layer before it learns.
    applies_relu : whether a MaxPool2d does the work of the ReLU that it would have read.
    """

    layer: LayerSpec
    sources: tuple[str, ...]
    learns: bool
    needs_gradient: bool
    applies_relu: bool


@dataclass(frozen=True)
class Graph:
    """The layers that what the loss reads depends on, in order.

    Attributes
    ----------
    output : the id of what the loss reads: the last layer, or what a final Softmax reads.
    shapes : by id, "input" included.
    parameters : the shapes of every layer's parameters, by id and name.
    """

    steps: tuple[Step, ...]
    output: str
    shapes: Mapping[str, Shape]
    parameters: Mapping[str, Mapping[str, Shape]]


def graph_of(network: NetworkSpec) -> Graph:
    """Find what takes part.

    Raises
    ------
    NetworkError : the network is not valid.
    TrainingError : it has nothing to train, or its last layer does not give one number per class.
    """
    report = infer(network)
    report.raise_if_invalid()
    sources, output = _connections(network)
    if output != INPUT_ID and isinstance(network.layer(output), Softmax):
        (output,) = sources[output]
    if len(report.shapes[output]) != 1:
        rule = text(
            "the last layer must give one number per class: let it end with Flatten and Linear"
        )
        found = text("maps {shape}", shape=shape_text(report.shapes[output]))
        raise TrainingError(network.name, rule, found)
    needed = _needed(sources, output)
    learning = {
        layer.id
        for layer in network.layers
        if layer.id in needed and isinstance(layer, ParametricSpec) and not layer.frozen
    }
    if not learning:
        rule = text("must have a layer with weights that is not frozen and reaches the output")
        raise TrainingError(network.name, rule)
    pooled = _relus_done_by_pooling(network, sources, needed)
    steps: list[Step] = []
    moved: set[str] = set()
    for layer in network.layers:
        if layer.id in needed and layer.id not in pooled.values():
            if layer.id in pooled:
                sources[layer.id] = sources[pooled[layer.id]]
            if layer.id in learning or not moved.isdisjoint(sources[layer.id]):
                moved.add(layer.id)
            learns, needs_gradient = layer.id in learning, layer.id in moved
            applies_relu = layer.id in pooled
            steps.append(Step(layer, sources[layer.id], learns, needs_gradient, applies_relu))
    return Graph(tuple(steps), output, report.shapes, report.parameters)


def _connections(network: NetworkSpec) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return what each layer reads and what gives the last result, without bypassed layers."""
    stands_for = {INPUT_ID: INPUT_ID}
    sources: dict[str, tuple[str, ...]] = {}
    last = INPUT_ID
    for index, layer in enumerate(network.layers):
        sources[layer.id] = tuple(stands_for[name] for name in network.inputs_of(index))
        last = sources[layer.id][0] if _passes(layer) else layer.id
        stands_for[layer.id] = last
    return sources, last


def _passes(layer: LayerSpec) -> bool:
    """Whether the layer changes nothing."""
    return not layer.enabled or (isinstance(layer, Dropout) and layer.p == 0)


def _needed(sources: Mapping[str, tuple[str, ...]], output: str) -> set[str]:
    """Return the layers that ``output`` depends on, itself included."""
    needed: set[str] = set()
    open_ends = [output]
    while open_ends:
        layer_id = open_ends.pop()
        if layer_id != INPUT_ID and layer_id not in needed:
            needed.add(layer_id)
            open_ends += sources[layer_id]
    return needed


def _relus_done_by_pooling(
    network: NetworkSpec, sources: Mapping[str, tuple[str, ...]], needed: set[str]
) -> dict[str, str]:
    """Return by MaxPool2d the ReLU that it alone reads.

    The largest of ReLU's results is ReLU of the largest, and there are fewer of those.
    """
    readers = Counter(source for layer_id in needed for source in sources[layer_id])
    relus = {layer.id for layer in network.layers if isinstance(layer, ReLU)}
    return {
        layer.id: source
        for layer in network.layers
        if isinstance(layer, MaxPool2d) and layer.id in needed
        for source in sources[layer.id]
        if source in relus and readers[source] == 1
    }
