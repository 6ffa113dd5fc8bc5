"""Winograd's convolution along columns, F(4, 3): four rows from six products instead of twelve.

A kernel of three rows makes four output rows from six input rows. Instead of three products for
each of the four, the six input rows are mixed into six others, each multiplied once with a mixture
of the kernel's rows, and the six products are mixed into the four results. Lavin and Gray, "Fast
Algorithms for Convolutional Neural Networks", 2015.

Mixing rows is itself a multiplication, by a matrix of 6x6 or 4x6 numbers, with everything that lies
in a row as one long vector. BLAS does it ten times faster than NumPy's additions would.

Along columns only: mixing neighbours inside a row would need the row's values one by one.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.ops.tiling import INPUT_ROWS, MIX_INPUT, MIX_OUTPUT, MIX_WEIGHT, TILE

Array = NDArray[np.float32]

_MIXED_AT_ONCE = 16_384
"""Kernels: what they are mixed into is some MB and stays in a cache."""

_MIX_OUTPUT_AND_BIAS = np.hstack([MIX_OUTPUT, np.ones((TILE, 1), np.float32)])


def transformed_weight(weight: Array, groups: int) -> Array:
    """Return ``(6, groups, out_channels / groups, kw * in_channels / groups)``.

    From a weight ``(out_channels, in_channels / groups, 3, kw)``; computed in float64.
    """
    mixed = np.einsum("ty,ocyx->toxc", MIX_WEIGHT, weight.astype(np.float64))
    shape = (INPUT_ROWS, groups, len(weight) // groups, -1)
    return np.ascontiguousarray(mixed.reshape(shape), np.float32)


def weight_for_tiles(weight: Array, groups: int) -> Array:
    """Return ``(36, groups, in_channels / groups, out_channels / groups)``, see ``winograd_tiles``.

    From a weight ``(out_channels, in_channels / groups, 3, 3)``; computed in float64.
    """
    by_place = weight.reshape(groups, -1, *weight.shape[1:]).transpose(4, 3, 0, 2, 1)
    columns, rows, _, channels, units = by_place.shape
    mixed = np.empty((INPUT_ROWS**2, groups, channels, units), np.float32)
    mix = np.kron(MIX_WEIGHT, MIX_WEIGHT).astype(np.float64)
    # Some channels at a time: in float64 all of them would be eight times the weights.
    step = max(_MIXED_AT_ONCE // (groups * units), 1)
    for first in range(0, channels, step):
        some = slice(first, first + step)
        kernels = by_place[:, :, :, some].astype(np.float64, order="C")
        together = mix @ kernels.reshape(columns * rows, -1)
        np.copyto(mixed[:, :, some], together.reshape(len(mix), *kernels.shape[2:]))
    return mixed


def input_tiles(x: Array) -> Array:
    """See x ``(N, C, 4 * tiles + 2, W)`` as ``(N, tiles, 6, C, W)``, tiles overlapping."""
    images, channels, height, width = x.shape
    image, channel, row, column = x.strides
    shape = (images, (height - 2) // TILE, INPUT_ROWS, channels, width)
    return as_strided(x, shape, (image, TILE * row, row, channel, column), writeable=False)


def output_tiles(out: Array) -> Array:
    """See out ``(N, C, 4 * tiles, W)`` as ``(N, tiles, 4, C, W)``."""
    images, channels, height, width = out.shape
    image, channel, row, column = out.strides
    shape = (images, height // TILE, TILE, channels, width)
    return as_strided(out, shape, (image, TILE * row, row, channel, column))


def mix_input(tiles: Array, mixed: Array) -> partial[object]:
    """Bind the mixing of six rows into six."""
    return _mix(MIX_INPUT, tiles, mixed)


def mix_output(products: Array, tiles: Array) -> partial[object]:
    """Bind the mixing of six products, and perhaps a row of biases, into four rows."""
    has_bias = products.shape[2] > MIX_OUTPUT.shape[1]
    return _mix(_MIX_OUTPUT_AND_BIAS if has_bias else MIX_OUTPUT, products, tiles)


def _mix(matrix: Array, source: Array, target: Array) -> partial[object]:
    """Mix the rows of source ``(N, tiles, 6, a, b)`` into those of target."""
    long_source, long_target = _joined(source), _joined(target)
    if long_source is not None and long_target is not None:
        return partial(np.matmul, matrix, long_source, out=long_target)
    # A row is not one piece of memory: piece by piece.
    return partial(np.matmul, matrix, source.swapaxes(2, 3), out=target.swapaxes(2, 3))


def _joined(array: Array) -> Array | None:
    """Return ``(..., a, b)`` as ``(..., a * b)`` without a copy, or None."""
    *outer, count, size = array.shape
    *strides, step, item = array.strides
    if item != array.itemsize or step != size * item:
        return None
    return as_strided(array, (*outer, count * size), (*strides, item))
