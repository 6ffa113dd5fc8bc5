"""2-D convolution (cross-correlation) as matrix multiplication.

All functions here take ``x`` with its padding already around it, so every window lies inside, and
bring it into a form in which one matrix multiplication does the arithmetic. They differ in how
much they copy for that:

- ``unfold_rows`` for rows outermost: copies once per column of the kernel, not once per place;
- ``unfold_windows`` for rows outermost with vertical dilation: copies every window;
- ``unfold_pixels`` for pixels outermost: copies every window;
- ``tap_by_tap`` for depthwise convolution with pixels outermost: multiplies without a matrix;
- ``winograd_rows`` and ``winograd_pixels`` for kernels of three rows: half the multiplications.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.kernels import Calls, winograd
from cnngui.engine.kernels.layout import is_pixel_major
from cnngui.engine.kernels.scratch import Scratch
from cnngui.spec.layers import Pair

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Kernel:
    """The weights of a convolution and how they walk over x, prepared once for all bands.

    Attributes
    ----------
    weight : ``(out_channels, in_channels / groups, kh, kw)``.
    bias : ``(out_channels,)`` or None.
    stride, dilation : (height, width).
    """

    weight: Array
    bias: Array | None = None
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1

    @cached_property
    def matrices(self) -> Array:
        """``(groups, out_channels / groups, kh * kw * in_channels / groups)``, contiguous."""
        by_place = np.ascontiguousarray(self.weight.transpose(0, 2, 3, 1))
        return by_place.reshape(self.groups, len(self.weight) // self.groups, -1)

    @cached_property
    def winograd_matrices(self) -> Array:
        """What Winograd's method multiplies with; see ``winograd.transformed_weight``."""
        return winograd.transformed_weight(self.weight, self.groups)

    @property
    def is_depthwise(self) -> bool:
        """Whether each channel has a kernel of its own and is summed with no other."""
        return self.groups == len(self.weight) and self.weight.shape[1] == 1

    @property
    def suits_winograd(self) -> bool:
        """Whether Winograd's method applies and there is enough to multiply for it to pay."""
        fewest = min(self.weight.shape[1], len(self.weight) // self.groups)
        rows = (self.weight.shape[2], self.stride[0], self.dilation[0])
        return rows == (3, 1, 1) and fewest >= 8


def conv2d(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """Bind a convolution, choosing the strategy.

    Parameters
    ----------
    x : ``(N, C, H, W)``, padding included, ending with the last window.
    out : ``(N, out_channels, out_height, out_width)``; its layout decides how x is unfolded.
    """
    calls: Calls = []
    fours = out.shape[2] // winograd.TILE * winograd.TILE
    if fours and kernel.suits_winograd and is_pixel_major(x) == is_pixel_major(out):
        strategy = winograd_pixels if is_pixel_major(out) else winograd_rows
        calls += strategy(x[:, :, : fours + 2], kernel, out[:, :, :fours], scratch)
        x, rest = x[:, :, fours:], out[:, :, fours:]
    else:
        rest = out
    if rest.shape[2]:
        calls += _direct_strategy(kernel, out)(x, kernel, rest, scratch)
    if kernel.bias is not None:
        calls.append(partial(np.add, out, kernel.bias[:, None, None], out=out))
    return calls


def _direct_strategy(
    kernel: Kernel, out: Array
) -> Callable[[Array, Kernel, Array, Scratch], Calls]:
    if is_pixel_major(out):
        return tap_by_tap if kernel.is_depthwise else unfold_pixels
    return unfold_rows if kernel.dilation[0] == 1 else unfold_windows


def unfold_rows(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """Copy x once per kernel column, each row of the copies serving every kernel row.

    With ``E[y, kx, c, :] = x[c, y, kx:]``, rows y to y + kh of E, which follow each other in
    memory, are the matrix ``(kh * kw * C, out_width)`` that output row y needs: no copy per kernel
    row, and matrices that overlap instead of repeating their content.
    """
    windows = _windows(x, kernel, out.shape)  # N, G, y, ky, kx, c, x
    images, groups, out_height, kernel_height, kernel_width, channels, out_width = windows.shape
    if (kernel_height, kernel_width) == (1, 1) and windows.strides[-1] == x.itemsize:
        matrices = windows[:, :, :, 0, 0]
        return [_multiply_rows(kernel.matrices, matrices, out)]
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
        (*unfolded.strides[:2], row * kernel.stride[0], *unfolded.strides[4:]),
    )
    return [partial(np.copyto, unfolded, shifted), _multiply_rows(kernel.matrices, matrices, out)]


def unfold_windows(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """Copy every window. The kernel rows of a dilated kernel do not follow each other in memory."""
    windows = _windows(x, kernel, out.shape)
    unfolded = scratch.take(*windows.shape)
    matrices = unfolded.reshape(*windows.shape[:3], -1, windows.shape[-1])
    return [
        partial(np.copyto, unfolded, windows),
        _multiply_rows(kernel.matrices, matrices, out),
    ]


def unfold_pixels(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """Copy every window as one line of a matrix, and multiply once for all pixels together."""
    # From N, G, y, ky, kx, c, x to G, N, y, x, ky, kx, c.
    windows = _windows(x, kernel, out.shape).transpose(1, 0, 2, 6, 3, 4, 5)
    groups, *pixels, _, _, _ = windows.shape
    depth = windows[0, 0, 0, 0].size
    calls: Calls = []
    if windows.flags.c_contiguous:  # a 1x1 kernel
        matrix = windows.reshape(groups, -1, depth)
    else:
        unfolded = scratch.take(*windows.shape)
        calls.append(partial(np.copyto, unfolded, windows))
        matrix = unfolded.reshape(groups, -1, depth)
    weight = kernel.matrices.transpose(0, 2, 1)
    out_pixels = out.transpose(0, 2, 3, 1)  # N, y, x, channel
    if groups == 1 and out_pixels.flags.c_contiguous:
        product = out_pixels.reshape(-1, weight.shape[2])
        return [*calls, partial(np.matmul, matrix[0], weight[0], out=product)]
    product = scratch.take(groups, matrix.shape[1], weight.shape[2])
    by_group = out_pixels.reshape(*pixels, groups, -1)
    result = product.reshape(groups, *pixels, -1).transpose(1, 2, 3, 0, 4)
    return [
        *calls,
        partial(np.matmul, matrix, weight, out=product),
        partial(np.copyto, by_group, result),
    ]


def tap_by_tap(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """One kernel per channel: there is no sum over channels for a matrix to do.

    einsum adds up the products in one pass per place of the kernel, without a temporary.
    """
    windows = _windows(x, kernel, out.shape)[:, :, :, :, :, 0]  # N, C, y, ky, kx, x
    weight = np.ascontiguousarray(kernel.weight[:, 0].transpose(1, 2, 0))
    return [partial(np.einsum, "ncyabx,abc->nyxc", windows, weight, out=out.transpose(0, 2, 3, 1))]


def winograd_rows(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """Rows outermost, four rows of ``out`` at a time; see ``winograd``."""
    tiles = winograd.input_tiles(x)  # N, tile, row of 6, C, W
    images, count, rows, channels, width = tiles.shape
    mixed = scratch.take(images, count, rows, channels, width)
    kernel_width, out_width = kernel.weight.shape[3], out.shape[3]
    groups, out_channels = kernel.groups, out.shape[1]
    shape = (images, count, rows, groups, kernel_width, channels // groups, out_width)
    *outer, channel, column = mixed.strides
    group = channels // groups * channel
    near, far = (kernel.dilation[1] * column, kernel.stride[1] * column)
    shifted = as_strided(mixed, shape, (*outer, group, near, channel, far), writeable=False)
    unfolded = scratch.take(*shape)
    products = scratch.take(images, count, rows, out_channels, out_width)
    by_group = products.reshape(images, count, rows, groups, out_channels // groups, out_width)
    matrices = unfolded.reshape(images, count, rows, groups, -1, out_width)
    return [
        winograd.mix_input(tiles, mixed),
        partial(np.copyto, unfolded, shifted),
        partial(np.matmul, kernel.winograd_matrices, matrices, out=by_group),
        winograd.mix_output(products, winograd.output_tiles(out)),
    ]


def winograd_pixels(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """Pixels outermost, four rows of ``out`` at a time; see ``winograd``."""
    tiles = winograd.input_tiles(x).swapaxes(3, 4)  # N, tile, row of 6, W, C
    images, count, rows, width, channels = tiles.shape
    mixed = scratch.take(images, count, rows, width, channels)
    kernel_width, out_width = kernel.weight.shape[3], out.shape[3]
    groups, out_channels = kernel.groups, out.shape[1]
    shape = (rows, groups, images, count, out_width, kernel_width, channels // groups)
    image, tile, row, column, channel = mixed.strides
    group = channels // groups * channel
    near, far = (kernel.dilation[1] * column, kernel.stride[1] * column)
    shifted = as_strided(
        mixed, shape, (row, group, image, tile, far, near, channel), writeable=False
    )
    unfolded = scratch.take(*shape)
    products = scratch.take(rows, images, count, out_width, groups, out_channels // groups)
    matrices = unfolded.reshape(rows, groups, images * count * out_width, -1)
    by_group = products.reshape(rows, images * count * out_width, groups, -1).swapaxes(1, 2)
    sums = products.reshape(rows, images, count, out_width, out_channels).transpose(1, 2, 0, 3, 4)
    return [
        winograd.mix_input(tiles, mixed),
        partial(np.copyto, unfolded, shifted),
        partial(np.matmul, matrices, kernel.winograd_matrices.swapaxes(2, 3), out=by_group),
        winograd.mix_output(sums, winograd.output_tiles(out).swapaxes(3, 4)),
    ]


def _windows(x: Array, kernel: Kernel, out_shape: tuple[int, ...]) -> Array:
    """See x as ``(N, groups, out_height, kh, kw, channels per group, out_width)``."""
    _, channels, *kernel_size = kernel.weight.shape
    images, _, out_height, out_width = out_shape
    image, channel, row, column = x.strides
    shape = (images, kernel.groups, out_height, *kernel_size, channels, out_width)
    strides = (
        image,
        channels * channel,
        kernel.stride[0] * row,
        kernel.dilation[0] * row,
        kernel.dilation[1] * column,
        channel,
        kernel.stride[1] * column,
    )
    return as_strided(x, shape, strides, writeable=False)


def _multiply_rows(weight: Array, matrices: Array, out: Array) -> partial[object]:
    """Multiply weights ``(groups, out_channels / groups, depth)``, block by block.

    With matrices ``(N, groups, out_height, depth, out_width)``.
    """
    images, _, height, width = out.shape
    groups, channels, depth = weight.shape
    some_channels, some_columns = _block_size(channels, depth, width)
    channel_blocks, column_blocks = channels // some_channels, width // some_columns
    kernel_blocks = weight.reshape(1, groups, 1, channel_blocks, 1, some_channels, depth)
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
