"""Which layers have channels with a name: those of the input, or the classes at the end."""

from __future__ import annotations

from collections.abc import Mapping

from cnngui.spec.layers import INPUT_ID, Shape
from cnngui.spec.network import NetworkSpec
from cnngui.spec.remembering import remembered
from cnngui.spec.shapes import infer


@remembered
def same_channels_as_input(network: NetworkSpec) -> frozenset[str]:
    """Return the ids of "input" and of every layer whose channel i is made of the input's alone.

    Bypassed layers pass channels on; joining layers do where all that they read have them.
    """
    shapes = infer(network).shapes
    found = {INPUT_ID}
    for index, layer in enumerate(network.layers):
        if all(name in found for name in network.inputs_of(index)) and _keeps(
            network, index, shapes
        ):
            found.add(layer.id)
    return frozenset(found)


@remembered
def same_channels_as_output(network: NetworkSpec) -> frozenset[str]:
    """Return the ids of the last layer and of every one whose channels it passes on one by one.

    What else reads them makes no difference: a channel that becomes the score of a class is what
    speaks for that class.
    """
    shapes = infer(network).shapes
    found = {network.last_id}
    for index in range(len(network.layers) - 1, -1, -1):
        if network.layers[index].id in found and _keeps(network, index, shapes):
            found.update(network.inputs_of(index))
    return frozenset(found)


def own_names(network: NetworkSpec, layer_id: str) -> tuple[str, ...]:
    """Return the names that a layer's channels were given, there or where they come from."""
    shapes = infer(network).shapes
    while layer_id in network:
        index = network.index_of(layer_id)
        if network.layers[index].channel_names:
            return network.layers[index].channel_names
        sources = network.inputs_of(index)
        if len(sources) != 1 or not _keeps(network, index, shapes):
            return ()
        (layer_id,) = sources
    return ()


def _keeps(network: NetworkSpec, index: int, shapes: Mapping[str, Shape]) -> bool:
    """Whether channel i of a layer's output is made of channel i of all that it reads."""
    layer = network.layers[index]
    counts = {shapes.get(name, (0,))[0] for name in (layer.id, *network.inputs_of(index))}
    return len(counts) == 1 and 0 not in counts and (layer.keeps_channels or not layer.enabled)
