"""What channels and the inputs of kernels are called."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.translation import translated
from cnngui.spec.channels import own_names, same_channels_as_input, same_channels_as_output
from cnngui.spec.layers import whole
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer


def channel_names(network: NetworkSpec, layer_id: str) -> tuple[str, ...]:
    """Return the names of a layer's channels: R, G, B near the input, classes at the end; or none.

    Names that were given go before all others. The classes' are a layer's when there are as many
    and every later layer keeps each channel for itself, the colours' when every earlier one does.
    """
    given = own_names(network, layer_id)
    if given:
        return tuple(map(translated, given))
    is_last = layer_id in same_channels_as_output(network)
    if is_last and infer(network).shapes.get(layer_id, (0,))[0] == len(network.classes):
        return tuple(map(translated, network.classes))
    if layer_id in same_channels_as_input(network):
        grey = QCoreApplication.translate("ChannelNames", "grey")
        return ("R", "G", "B") if network.input.channels == 3 else (grey,)
    return ()


def channel_label(number: int, names: Sequence[str]) -> str:
    """Return a channel's number and, where it has one that says more, its name: ``2 red panda``."""
    name = names[number] if number < len(names) else ""
    return f"{number} {name}" if name not in ("", str(number)) else str(number)


def kernel_inputs(
    network: NetworkSpec, layer_id: str, channel: int, count: int
) -> tuple[str, tuple[str, ...]]:
    """Return which layer a convolution reads, and the names of the ``count`` channels of it.

    With groups, the kernel of one channel reads only the channels of its group.
    """
    index = network.index_of(layer_id)
    source = network.inputs_of(index)[0]
    shapes = infer(network).shapes
    shape = shapes[layer_id]
    part = (range(channel, channel + 1), *whole(shape[1:]))
    first = network.layers[index].reach(part, [shapes[source]], shape)[0][0].start
    names = channel_names(network, source)
    places = range(first, first + count)
    return source, tuple(names[place] if place < len(names) else str(place) for place in places)
