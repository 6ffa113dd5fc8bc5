"""What convolutions and transposed ones of any rank share: where windows lie, and weights by tap.

The weights of a layer are ``(groups, one side, other side, kernel_depth, kernel_height,
kernel_width)`` here; a kernel of images has a depth of 1, and moments count as more images to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.learning.operation import Place
from cnngui.engine.ops.learning.unfold import Axes
from cnngui.engine.ops.learning.windows import Axis
from cnngui.spec.layers.conv import KernelLayer

_LINES_BYTES = 400_000
"""What rows of results pass back at a time should be in the cache when it is added."""


def images_of(layer: KernelLayer, place: Place) -> int:
    """Return how many neighbours along the innermost axis have nothing to do with each other."""
    return place.images if layer.rank == 3 else place.out.shape[-1]


def axes_of(layer: KernelLayer, x: NDArray, out: NDArray, before: Sequence[int]) -> Axes:
    """Return the windows of a convolution.

    Parameters
    ----------
    x, out : ``(rows, channels, columns, moments, images)``.
    before : how far the first window reaches beyond the first value, along each axis of a kernel.
    """
    told = zip(layer.kernel_size, layer.stride, layer.dilation, before, strict=True)
    windows = [(1, 1, 1, 0)] * (3 - len(layer.kernel_size)) + list(told)
    times, rows, columns = (
        Axis(x.shape[axis], out.shape[axis], *window)
        for axis, window in zip((3, 0, 2), windows, strict=True)
    )
    return Axes(rows, columns, times)


def by_tap(weight: NDArray, place: Place) -> NDArray:
    """Return memory for a weight in the order of ``Unfolding``'s taps."""
    groups, one, other, depth, height, width = weight.shape
    return place.keep((groups, one, height, depth, width, other))


def to_taps(weight: NDArray, taps: NDArray) -> None:
    """Write a weight to memory of ``by_tap``."""
    np.copyto(taps, weight.transpose(0, 1, 4, 3, 5, 2))


def from_taps(taps: NDArray, weight: NDArray) -> None:
    """Write what ``weight_gradient`` has summed, ``(groups, taps, one side)``, as a weight."""
    groups, one, other, depth, height, width = weight.shape
    by_place = taps.reshape(groups, height, depth, width, other, one)
    np.copyto(weight, by_place.transpose(0, 5, 4, 2, 1, 3))


def by_result(taps: NDArray) -> NDArray:
    """See a weight in memory of ``by_tap`` as ``spread`` takes it: ``(groups, taps, one side)``."""
    return taps.reshape(*taps.shape[:2], -1).swapaxes(1, 2)


def scattered(weight: NDArray, results: NDArray, place: Place) -> NDArray:
    """Return scratch for what some rows of results pass back: ``lines`` of ``spread``."""
    groups, _, other, depth, height, width = weight.shape
    shape = (groups, height, depth, width, other, *results.shape[2:])
    fitting = _LINES_BYTES // (prod(shape) * results.itemsize)
    (lines,) = place.scratch((min(max(fitting, 1), len(results)), *shape))
    return lines
