"""What of a network takes part in differentiating one layer's output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cnngui.engine.ops.families import operation_of
from cnngui.spec.layers import INPUT_ID, LayerSpec, ParametricSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer


@dataclass(frozen=True)
class Step:
    """A layer that is computed.

    Attributes
    ----------
    sources : ids of what it reads; layers that change nothing are left out.
    learns : whether the gradients with respect to its parameters are asked for.
    needs_gradient : whether the gradient with respect to its output must be known.
    takes_positive_part : whether it does also what a layer would have done that it alone reads.
    """

    layer: LayerSpec
    sources: tuple[str, ...]
    learns: bool
    needs_gradient: bool
    takes_positive_part: bool


@dataclass(frozen=True)
class Graph:
    """The layers that an output depends on, in order.

    Attributes
    ----------
    output : the id of what is differentiated.
    asked : the ids of the layers with respect to whose output it is differentiated, "input" among
        them; only those that it depends on.
    origins : which layer's output each layer has: its own, or that of one before.
    shapes : by id, "input" included.
    parameters : the shapes of every layer's parameters, by id and name.
    trained : the names of the parameters with respect to which it is differentiated, by id; only of
        layers that it depends on.
    """

    steps: tuple[Step, ...]
    output: str
    asked: frozenset[str]
    origins: Mapping[str, str]
    shapes: Mapping[str, Shape]
    parameters: Mapping[str, Mapping[str, Shape]]
    trained: Mapping[str, tuple[str, ...]]


def graph_of(
    network: NetworkSpec,
    output: str,
    *,
    layers: Collection[str] = (),
    parameters: Collection[str] = (),
    is_learning: bool = False,
) -> Graph:
    """Find what takes part.

    Parameters
    ----------
    output : the id of the layer whose output is differentiated.
    layers : with respect to the outputs of these, "input" allowed.
    parameters : with respect to the parameters of these.
    is_learning : False where the network is computed as it is used.

    Raises
    ------
    NetworkError : the network is not valid.
    """
    report = infer(network)
    report.raise_if_invalid()
    sources, origins = _connections(network, is_learning=is_learning)
    output = origins[output]
    needed = _needed(sources, output)
    asked = {origins[layer_id] for layer_id in layers}
    merged = _done_by_the_next(network, sources, needed, asked)
    steps: list[Step] = []
    moved = asked & {INPUT_ID}
    trained = {}
    for layer in network.layers:
        name = layer.id
        if name not in needed or name in merged.values():
            continue
        if name in merged:
            sources[name] = sources[merged[name]]
        if name in parameters and isinstance(layer, ParametricSpec):
            trained[name] = learned_names(layer, report.parameters[name])
        # A normalisation may do without parameters of its own.
        learns = bool(trained.get(name))
        if not learns:
            trained.pop(name, None)
        if learns or name in asked or not moved.isdisjoint(sources[name]):
            moved.add(name)
        steps.append(Step(layer, sources[name], learns, name in moved, name in merged))
    reached = frozenset(asked & {*needed, INPUT_ID})
    return Graph(tuple(steps), output, reached, origins, report.shapes, report.parameters, trained)


def learned_names(layer: ParametricSpec, parameters: Iterable[str]) -> tuple[str, ...]:
    """Return the parameters that have gradients; the others are measured."""
    return tuple(name for name in parameters if name not in layer.measured)


def _connections(
    network: NetworkSpec, *, is_learning: bool
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Return what each layer reads, without layers that change nothing, and all layers' origins."""
    origins = {INPUT_ID: INPUT_ID}
    sources: dict[str, tuple[str, ...]] = {}
    for index, layer in enumerate(network.layers):
        sources[layer.id] = tuple(origins[name] for name in network.inputs_of(index))
        passes = not layer.enabled or operation_of(layer).changes_nothing(
            layer, is_learning=is_learning
        )
        origins[layer.id] = sources[layer.id][0] if passes else layer.id
    return sources, origins


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


def _done_by_the_next(
    network: NetworkSpec,
    sources: Mapping[str, tuple[str, ...]],
    needed: Collection[str],
    asked: Collection[str],
) -> dict[str, str]:
    """Return, by the layer that does it for less, the layer that it alone reads."""
    readers = Counter(source for layer_id in needed for source in sources[layer_id])
    operations = {layer.id: operation_of(layer) for layer in network.layers if layer.id in needed}
    return {
        name: source
        for name, operation in operations.items()
        for source in sources[name]
        if source in operations
        and readers[source] == 1
        and source not in asked
        and operation.does_also(operations[source])
    }
