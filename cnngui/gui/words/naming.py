"""What channels and the inputs of kernels are called."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from cnngui.spec.layers import (
    INPUT_ID,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

_KEEPS_CHANNELS = (
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)


def channel_names(network: NetworkSpec, layer_id: str) -> tuple[str, ...]:
    """Return the names of a layer's channels: R, G, B of the input, classes at the end; or none.

    A layer's channels are the classes when there are as many and every later layer keeps each
    channel for itself.
    """
    if layer_id == INPUT_ID:
        grey = QCoreApplication.translate("ChannelNames", "grey")
        return ("R", "G", "B") if network.input.channels == 3 else (grey,)
    if layer_id not in network or not network.classes:
        return ()
    shape = infer(network).shapes.get(layer_id, (0,))
    later = network.layers[network.index_of(layer_id) + 1 :]
    if shape[0] == len(network.classes) and all(
        isinstance(layer, _KEEPS_CHANNELS) or not layer.enabled for layer in later
    ):
        return network.classes
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
    layer, source = network.layers[index], network.inputs_of(index)[0]
    first = 0
    if isinstance(layer, Conv2d):
        first = channel // max(layer.out_channels // layer.groups, 1) * count
    names = channel_names(network, source)
    places = range(first, first + count)
    return source, tuple(names[place] if place < len(names) else str(place) for place in places)
