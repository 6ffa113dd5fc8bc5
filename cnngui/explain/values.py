"""The terms of layers that take values as they stand: copies, joins, curves, norms, sums of all."""

from __future__ import annotations

import numpy as np

from cnngui.explain.taps import Taps, Unit, copied, one_each, says_taps
from cnngui.spec import layers as spec


@says_taps(spec.Linear)
def weighted_sum(unit: Unit) -> Taps:
    """Every unit of the flat input, by its own weight."""
    (count,) = unit.sources[0]
    units = np.arange(count, dtype=np.intp)
    return Taps(
        source=np.zeros(count, np.intp),
        channel=units,
        at=np.zeros((count, 0), np.intp),
        tap=np.zeros((count, 0), np.intp),
        inside=np.ones(count, np.bool_),
        weight=("weight", (np.full(count, unit.channel), units)),
        bias=("bias", unit.channel) if unit.layer.bias else None,
    )


@says_taps(spec.Add, spec.Multiply)
def joined(unit: Unit) -> Taps:
    """One value of each input."""
    sources = range(len(unit.sources))
    channels = [min(unit.channel, shape[0] - 1) for shape in unit.sources]
    return one_each(unit, sources, channels, factor=np.ones(len(sources)))


@says_taps(spec.Concat)
def one_of_several(unit: Unit) -> Taps:
    """The channels of the inputs stand one after the other."""
    channel = unit.channel
    for source, shape in enumerate(unit.sources):
        if channel < shape[0]:
            return copied(source, channel, unit.at)
        channel -= shape[0]
    raise IndexError(unit.channel)


@says_taps(spec.Flatten, spec.Reshape)
def renamed(unit: Unit) -> Taps:
    """The same value in row-major order under another index."""
    flat = np.ravel_multi_index((unit.channel, *unit.at), unit.shape)
    channel, *at = np.unravel_index(flat, unit.sources[0])
    return copied(0, int(channel), [int(place) for place in at])


@says_taps(spec.Slice)
def cut_out(unit: Unit) -> Taps:
    """Some values of one axis."""
    layer, index = unit.layer, [unit.channel, *unit.at]
    axis = layer.axis(unit.sources[0])
    index[axis] = layer.picked(unit.sources[0][axis])[index[axis]]
    return copied(0, index[0], index[1:])


@says_taps(spec.Pad2d, spec.Pad3d)
def padded(unit: Unit) -> Taps:
    """The map, and around it a number, its mirror image or its edge."""
    layer, sizes = unit.layer, unit.sources[0][1:]
    at = [place - before for place, (before, _) in zip(unit.at, layer.pads, strict=True)]
    if layer.mode != "constant":
        at = [layer.source_of(place, size) for place, size in zip(at, sizes, strict=True)]
    inside = all(0 <= place < size for place, size in zip(at, sizes, strict=True))
    return copied(0, unit.channel, at, inside=inside, padding_value=layer.value)


@says_taps(spec.Softmax)
def all_channels(unit: Unit) -> Taps:
    """Every channel at the same place."""
    count = unit.sources[0][0]
    return one_each(unit, [0] * count, list(range(count)), factor=np.ones(count))
