"""Windows that slide over maps of any rank: how many there are, and what they reach over.

Convolutions and poolings share this. All sizes are one number per axis, all paddings one pair
(before, after) per axis. Windows slide along the last axes of a shape, of which there are as many
as they have sizes: where windows of images read maps of several moments, each moment is read for
itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeAlias

from cnngui.errors import Words, text
from cnngui.spec import limits
from cnngui.spec.layers.base import Box, MisfitError, Pair, Shape, shape_text

Pads: TypeAlias = tuple[Pair, ...]
"""For each axis how much is put before and after: ``((top, bottom), (left, right))``, with a pair
for time before them where windows reach over it."""


def same_padding(kernel_size: Sequence[int], dilation: Sequence[int]) -> Pads:
    """Return the padding that keeps the size at stride 1.

    Where the total is odd, the greater half is below and on the right, as in PyTorch.
    """
    totals = (distance * (size - 1) for size, distance in zip(kernel_size, dilation, strict=True))
    return tuple((total // 2, total - total // 2) for total in totals)


def pads_of(padding: Sequence[int], rank: int) -> Pads:
    """Return what a padding means that has one number per axis, or two in the order of ``F.pad``.

    That order begins with the last axis: left, right, top, bottom, and then first and last moment.
    """
    if len(padding) == rank:
        return tuple((number, number) for number in padding)
    return tuple(zip(padding[::2], padding[1::2], strict=True))[::-1]


def dilated(kernel_size: Sequence[int], dilation: Sequence[int]) -> Shape:
    """Return over how many values a window reaches along each axis."""
    return tuple(
        distance * (size - 1) + 1 for size, distance in zip(kernel_size, dilation, strict=True)
    )


def padded_sides(shape: Shape, pads: Pads) -> Shape:
    """Return the sides of padded maps, those that are padded.

    Raises
    ------
    MisfitError
        If they would take too much memory.
    """
    rank = len(pads)
    padded = tuple(sum(pad, side) for side, pad in zip(shape[-rank:], pads, strict=True))
    values = prod(shape[:-rank]) * prod(padded)
    if values > limits.most_values():
        rule = text(
            "must leave the padded input with at most {most:,} values, for which there is memory",
            most=limits.most_values(),
        )
        raise MisfitError("padding", rule, f"{values:,}")
    return padded


def kernel_too_large(
    padded: Shape, kernel_size: Sequence[int], dilation: Sequence[int]
) -> MisfitError:
    """Return the error for windows of which not one fits into the padded maps."""
    rule = text("must not be larger than its padded input {padded}", padded=shape_text(padded))
    found: Words = shape_text(kernel_size)
    reach = dilated(kernel_size, dilation)
    if reach != tuple(kernel_size):
        found = text("{size} dilated to {reach}", size=found, reach=shape_text(reach))
    return MisfitError("kernel_size", rule, found)


def windows_reach(
    part: Box,
    shape: Shape,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Pads,
) -> Box:
    """Return the part of maps' axes that a part of the windows' lies over.

    Parameters
    ----------
    part : of the output, without its channels.
    shape : of the input, with its channels.
    """
    rank = len(kernel_size)
    found = list(part[:-rank])
    reaches = dilated(kernel_size, dilation)
    for places, side, reach, step, (before, _) in zip(
        part[-rank:], shape[-rank:], reaches, stride, pads, strict=True
    ):
        start = places.start * step - before
        stop = (places.stop - 1) * step - before + reach
        found.append(clipped(start, stop, side))
    return tuple(found)


def clipped(start: int, stop: int, side: int) -> range:
    """Return what of an interval lies on an axis of that length."""
    start = min(max(start, 0), side)
    return range(start, max(min(stop, side), start))
