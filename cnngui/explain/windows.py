"""The terms of convolutions, poolings and resizings: windows on maps of any rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np

from cnngui.explain.taps import Indices, Taps, Unit, grid, says_taps, taps
from cnngui.spec import layers as spec


@says_taps(spec.Conv2d, spec.Conv3d)
def convolution(unit: Unit) -> Taps:
    """Cross-correlation: the kernel is not flipped."""
    layer, (channels, *sizes) = unit.layer, unit.sources[0]
    inputs = channels // layer.groups
    group = unit.channel // (unit.shape[0] // layer.groups)
    offsets = grid(layer.kernel_size)
    before = [side[0] for side in layer.pads]
    places = _starts(unit.at, layer.stride, before) + offsets * np.asarray(layer.dilation)
    found = taps(
        range(group * inputs, (group + 1) * inputs),
        offsets,
        places,
        sizes,
        bias=("bias", unit.channel) if layer.bias else None,
    )
    index = np.full(len(found), unit.channel), found.channel - group * inputs, *found.tap.T
    return replace(found, weight=("weight", index))


@says_taps(spec.ConvTranspose2d, spec.ConvTranspose3d)
def transposed_convolution(unit: Unit) -> Taps:
    """Every input value lays its kernel down; here are those whose kernel covers the place."""
    layer, (channels, *sizes) = unit.layer, unit.sources[0]
    inputs, outputs = channels // layer.groups, unit.shape[0] // layer.groups
    group = unit.channel // outputs
    offsets = grid(layer.kernel_size)
    behind = np.asarray(unit.at) + layer.padding - offsets * np.asarray(layer.dilation)
    places, rest = np.divmod(behind, np.asarray(layer.stride))
    covers = np.all((rest == 0) & (places >= 0) & (places < sizes), axis=1)
    found = taps(
        range(group * inputs, (group + 1) * inputs),
        offsets[covers],
        places[covers],
        sizes,
        bias=("bias", unit.channel) if layer.bias else None,
    )
    index = found.channel, np.full(len(found), unit.channel % outputs), *found.tap.T
    return replace(found, weight=("weight", index))


@says_taps(spec.MaxPool2d, spec.MaxPool3d)
def largest(unit: Unit) -> Taps:
    """Padding is minus infinity: it is never the largest."""
    layer, sizes = unit.layer, unit.sources[0][1:]
    offsets = grid(layer.kernel_size)
    starts = _starts(unit.at, layer.stride, layer.padding)
    places = starts + offsets * np.asarray(layer.dilation)
    return taps(
        [unit.channel], offsets, places, sizes, factor=np.ones(len(offsets)), padding_value=-np.inf
    )


@says_taps(spec.AvgPool2d, spec.AvgPool3d)
def mean(unit: Unit) -> Taps:
    """A window that reaches beyond the padding is cut there before it is divided by its size."""
    layer, sizes = unit.layer, np.asarray(unit.sources[0][1:])
    starts = _starts(unit.at, layer.stride, layer.padding)
    ends = np.minimum(starts + layer.kernel_size, sizes + layer.padding)
    offsets = grid(ends - starts)
    found = taps([unit.channel], offsets, starts + offsets, sizes.tolist())
    counted = np.ones(len(found), np.bool_) if layer.count_include_pad else found.inside
    return replace(found, factor=counted / max(int(counted.sum()), 1))


@says_taps(spec.GlobalAvgPool2d, spec.GlobalMaxPool2d, spec.GlobalAvgPool3d)
def whole_map(unit: Unit) -> Taps:
    """The window is the map."""
    return _region(unit, [range(size) for size in unit.sources[0][1:]])


@says_taps(spec.AdaptiveAvgPool2d, spec.AdaptiveMaxPool2d, spec.AdaptiveAvgPool3d)
def adaptive(unit: Unit) -> Taps:
    """Windows of uneven sizes, which may overlap, so that a fixed number of them fills the map."""
    spans = [
        unit.layer.windows(axis, size)[place]
        for axis, (place, size) in enumerate(zip(unit.at, unit.sources[0][1:], strict=True))
    ]
    return _region(unit, spans)


@says_taps(spec.Upsample, spec.Upsample3d)
def upsampled(unit: Unit) -> Taps:
    """Nearest: a copy. Linear: on every axis the two neighbours, the nearer counting more."""
    sizes = unit.sources[0][1:]
    shares: list[dict[int, float]] = []
    for axis, place in enumerate(unit.at):
        tap = unit.layer.taps(axis, sizes[axis], unit.shape[axis + 1])[place]
        shares.append({tap.near: 1.0 - tap.share})
        if tap.share:
            shares[-1][tap.far] = tap.share
    corners = list(product(*(axis.items() for axis in shares)))
    return taps(
        [unit.channel],
        np.empty((len(corners), 0), np.intp),
        [tuple(place for place, _ in corner) for corner in corners],
        sizes,
        factor=np.array([prod(share for _, share in corner) for corner in corners]),
    )


def _region(unit: Unit, spans: Sequence[range]) -> Taps:
    offsets = grid([len(span) for span in spans])
    places = offsets + np.asarray([span.start for span in spans])
    count = len(offsets)
    factor = np.ones(count) if unit.layer.arithmetic == "max" else np.full(count, 1.0 / count)
    return taps([unit.channel], offsets, places, unit.sources[0][1:], factor=factor)


def _starts(at: Sequence[int], stride: Sequence[int], before: Sequence[int]) -> Indices:
    return np.asarray(at, np.intp) * np.asarray(stride) - np.asarray(before)
