"""2-D convolution (cross-correlation) as matrix multiplication.

All functions here take ``x`` with its padding already around it, so every window lies inside, and
bring it into a form in which one matrix multiplication does the arithmetic. They differ in how
much they copy for that:

- ``unfold_rows`` for rows outermost: copies once per column of the kernel, not once per place;
- ``unfold_windows`` for rows outermost with vertical dilation: copies every window;
- ``unfold_pixels`` for pixels outermost: copies every window;
- ``tap_by_tap`` for depthwise convolution with pixels outermost: multiplies without a matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.kernels import Calls
from cnngui.engine.kernels.layout import is_pixel_major
from cnngui.engine.kernels.scratch import Scratch
from cnngui.spec.layers import Pair

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Steps:
    """How a kernel walks: each a pair (height, width)."""

    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1


def conv2d(
    x: Array, weight: Array, bias: Array | None, out: Array, steps: Steps, scratch: Scratch
) -> Calls:
    """Bind a convolution, choosing the strategy.

    Parameters
    ----------
    x : ``(N, C, H, W)``, padding included; rows and columns beyond the last window are not allowed.
    weight : ``(out_channels, C / groups, kh, kw)``.
    bias : ``(out_channels,)`` or None.
    out : ``(N, out_channels, out_height, out_width)``; its layout decides how x is unfolded.
    """
    if is_pixel_major(out):
        is_depthwise = steps.groups == x.shape[1] == weight.shape[0]
        strategy = tap_by_tap if is_depthwise else unfold_pixels
    else:
        strategy = unfold_rows if steps.dilation[0] == 1 else unfold_windows
    calls = strategy(x, weight, out, steps, scratch)
    if bias is not None:
        calls.append(partial(np.add, out, bias[:, None, None], out=out))
    return calls


def unfold_rows(x: Array, weight: Array, out: Array, steps: Steps, scratch: Scratch) -> Calls:
    """Copy x once per kernel column, each row of the copies serving every kernel row.

    With ``E[y, kx, c, :] = x[c, y, kx:]``, rows y to y + kh of E, which follow each other in
    memory, are the matrix ``(kh * kw * C, out_width)`` that output row y needs: no copy per kernel
    row, and matrices that overlap instead of repeating their content.
    """
    windows = _windows(x, weight.shape, out.shape, steps)  # N, G, y, ky, kx, c, x
    images, groups, out_height, kernel_height, kernel_width, channels, out_width = windows.shape
    if (kernel_height, kernel_width) == (1, 1) and windows.strides[-1] == x.itemsize:
        matrices = windows[:, :, :, 0, 0]
        return [_multiply_rows(weight, matrices, out, groups)]
    height = x.shape[2]
    unfolded = scratch.take(images, groups, height, kernel_width, channels, out_width)
    strides = list(windows.strides)
    strides[2] = x.strides[2]
    del strides[3]
    shifted = as_strided(x, unfolded.shape, strides)
    row = unfolded.strides[2]
    depth = kernel_height * kernel_width * channels
    matrices = as_strided(
        unfolded,
        (images, groups, out_height, depth, out_width),
        (*unfolded.strides[:2], row * steps.stride[0], *unfolded.strides[4:]),
    )
    return [partial(np.copyto, unfolded, shifted), _multiply_rows(weight, matrices, out, groups)]


def unfold_windows(x: Array, weight: Array, out: Array, steps: Steps, scratch: Scratch) -> Calls:
    """Copy every window. The kernel rows of a dilated kernel do not follow each other in memory."""
    windows = _windows(x, weight.shape, out.shape, steps)
    unfolded = scratch.take(*windows.shape)
    matrices = unfolded.reshape(*windows.shape[:3], -1, windows.shape[-1])
    return [
        partial(np.copyto, unfolded, windows),
        _multiply_rows(weight, matrices, out, steps.groups),
    ]


def unfold_pixels(x: Array, weight: Array, out: Array, steps: Steps, scratch: Scratch) -> Calls:
    """Copy every window as one line of a matrix, and multiply once for all pixels together."""
    # From N, G, y, ky, kx, c, x to G, N, y, x, ky, kx, c.
    windows = _windows(x, weight.shape, out.shape, steps).transpose(1, 0, 2, 6, 3, 4, 5)
    groups, *pixels, _, _, _ = windows.shape
    depth = windows[0, 0, 0, 0].size
    calls: Calls = []
    if windows.flags.c_contiguous:  # a 1x1 kernel
        matrix = windows.reshape(groups, -1, depth)
    else:
        unfolded = scratch.take(*windows.shape)
        calls.append(partial(np.copyto, unfolded, windows))
        matrix = unfolded.reshape(groups, -1, depth)
    kernel = _as_matrices(weight, groups).transpose(0, 2, 1)
    out_pixels = out.transpose(0, 2, 3, 1)  # N, y, x, channel
    if groups == 1 and out_pixels.flags.c_contiguous:
        calls.append(
            partial(np.matmul, matrix[0], kernel[0], out=out_pixels.reshape(-1, len(weight)))
        )
        return calls
    product = scratch.take(groups, matrix.shape[1], kernel.shape[2])
    by_group = out_pixels.reshape(*pixels, groups, -1)
    result = product.reshape(groups, *pixels, -1).transpose(1, 2, 3, 0, 4)
    return [
        *calls,
        partial(np.matmul, matrix, kernel, out=product),
        partial(np.copyto, by_group, result),
    ]


def tap_by_tap(x: Array, weight: Array, out: Array, steps: Steps, scratch: Scratch) -> Calls:
    """One kernel per channel: there is no sum over channels for a matrix to do.

    einsum adds up the products in one pass per place of the kernel, without a temporary.
    """
    windows = _windows(x, weight.shape, out.shape, steps)[:, :, :, :, :, 0]  # N, C, y, ky, kx, x
    kernel = np.ascontiguousarray(weight[:, 0].transpose(1, 2, 0))
    return [partial(np.einsum, "ncyabx,abc->nyxc", windows, kernel, out=out.transpose(0, 2, 3, 1))]


def _windows(
    x: Array, weight_shape: tuple[int, ...], out_shape: tuple[int, ...], steps: Steps
) -> Array:
    """See x as ``(N, groups, out_height, kh, kw, channels per group, out_width)``."""
    _, channels, *kernel_size = weight_shape
    images, _, out_height, out_width = out_shape
    image, channel, row, column = x.strides
    shape = (images, steps.groups, out_height, *kernel_size, channels, out_width)
    strides = (
        image,
        channels * channel,
        steps.stride[0] * row,
        steps.dilation[0] * row,
        steps.dilation[1] * column,
        channel,
        steps.stride[1] * column,
    )
    return as_strided(x, shape, strides, writeable=False)


def _as_matrices(weight: Array, groups: int) -> Array:
    """Return weights as ``(groups, out_channels / groups, kh * kw * C / groups)``, contiguous."""
    by_place = np.ascontiguousarray(weight.transpose(0, 2, 3, 1))
    return by_place.reshape(groups, len(weight) // groups, -1)


def _multiply_rows(weight: Array, matrices: Array, out: Array, groups: int) -> partial[object]:
    """Multiply the weights with ``(N, groups, out_height, depth, out_width)``, block by block."""
    images, channels, height, width = out.shape
    channels //= groups
    depth = matrices.shape[3]
    some_channels, some_columns = _block_size(channels, depth, width)
    channel_blocks, column_blocks = channels // some_channels, width // some_columns
    kernel = _as_matrices(weight, groups)
    kernel_blocks = kernel.reshape(1, groups, 1, channel_blocks, 1, some_channels, depth)
    image, group, row, place, column = matrices.strides
    matrix_blocks = as_strided(
        matrices,
        (images, groups, height, 1, column_blocks, depth, some_columns),
        (image, group, row, 0, some_columns * column, place, column),
    )
    image, channel, row, column = out.strides
    out_blocks = as_strided(
        out,
        (images, groups, height, channel_blocks, column_blocks, some_channels, some_columns),
        (
            image,
            channels * channel,
            row,
            some_channels * channel,
            some_columns * column,
            channel,
            column,
        ),
    )
    return partial(np.matmul, kernel_blocks, matrix_blocks, out=out_blocks)


_SMALL_PRODUCT = 1_000_000
"""Up to so many multiply-adds OpenBLAS multiplies matrices where they lie, without rearranging them
first. On AVX-512 that is 15 to 25 percent faster for matrices that are in the cache anyway."""
_VECTOR = 16  # floats in an AVX-512 register: blocks of other widths waste part of each


@lru_cache(maxsize=1024)
def _block_size(channels: int, depth: int, width: int) -> tuple[int, int]:
    """Return how many channels and columns one multiplication should do: as many as are small."""
    if channels * depth * width <= _SMALL_PRODUCT:
        return channels, width
    candidates = [
        (some_channels, some_columns)
        for some_channels in _parts(channels)
        for some_columns in _parts(width)
        if some_channels * depth * some_columns <= _SMALL_PRODUCT
        and some_channels * some_columns >= 2 * _VECTOR * _VECTOR
    ]
    return max(candidates, key=prod, default=(channels, width))


def _parts(length: int) -> list[int]:
    """Return the divisors of a length that fill vector registers."""
    return [part for part in range(_VECTOR, length + 1, _VECTOR) if length % part == 0]
