"""Convolution as matrix multiplication, each product made as it is written.

All functions here take ``x`` with its padding already around it, so every window lies inside, and
bring it into a form in which matrix multiplication does the arithmetic. They differ in how much
they copy for that:

- ``unfold_rows`` for rows outermost: copies once per column of the kernel, not once per place;
- ``unfold_windows`` for rows outermost with vertical dilation and stride: copies every window;
- ``unfold_pixels`` for pixels outermost: copies every window;
- ``tap_by_tap`` for depthwise convolution with pixels outermost: multiplies without a matrix.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, elementwise
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.layout import as_layout, is_pixel_major
from cnngui.engine.ops.live.multiply import multiply
from cnngui.engine.ops.live.scratch import Scratch

Array = NDArray[np.float32]

_LONG_PIXEL = 256
"""Channels: of so many, a pixel is a line that einsum is fast with."""


def unfold_rows(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """Copy x once per kernel column, each row of the copies serving every kernel row.

    With ``E[y, kx, c, :] = x[c, y, kx:]``, rows y to y + kh of E, which follow each other in
    memory, are the matrix ``(kh * kw * C, out_width)`` that output row y needs: no copy per kernel
    row, and matrices that overlap instead of repeating their content.
    """
    windows = _windows(x, weights, out.shape)  # N, G, y, ky, kx, c, x
    images, groups, out_height, kernel_height, kernel_width, channels, out_width = windows.shape
    needs_no_copy = (kernel_height, kernel_width) == (1, 1) and windows.strides[-1] == x.itemsize
    if needs_no_copy and (weights.bias is None or x.shape[1] >= out.shape[1]):
        matrices = windows[:, :, :, 0, 0]
        return [_multiply_rows(weights.matrices, matrices, out), *_add_bias(weights, out)]
    # A line of ones below each row of E is what the bias is multiplied with: cheaper than adding
    # it to the output, where that is larger.
    lines = kernel_width * channels + 1
    unfolded = scratch.take(images, groups, x.shape[2], lines, out_width)
    copies = unfolded[:, :, :, :-1].reshape(*unfolded.shape[:3], kernel_width, channels, out_width)
    image, group, _, _, *rest = windows.strides
    shifted = as_strided(x, copies.shape, (image, group, x.strides[2], *rest), writeable=False)
    row, line, column = unfolded.strides[2:]
    matrices = as_strided(
        unfolded,
        (images, groups, out_height, kernel_height * lines, out_width),
        (*unfolded.strides[:2], row * weights.stride[0], line, column),
    )
    return [
        partial(np.copyto, copies, shifted),
        partial(unfolded[:, :, :, -1].fill, 1),
        _multiply_rows(weights.matrices_with_bias, matrices, out),
    ]


def unfold_windows(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """Copy every window. The kernel rows of a dilated kernel do not follow each other in memory."""
    windows = _windows(x, weights, out.shape)
    unfolded = scratch.take(*windows.shape)
    matrices = unfolded.reshape(*windows.shape[:3], -1, windows.shape[-1])
    return [
        partial(np.copyto, unfolded, windows),
        _multiply_rows(weights.matrices, matrices, out),
        *_add_bias(weights, out),
    ]


def unfold_pixels(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """Copy every window as one line of a matrix, and multiply once for all pixels together."""
    calls, matrix, is_biased = _window_matrix(x, weights, out.shape, scratch)
    weight = weights.upright_matrices_with_bias if is_biased else weights.upright_matrices
    product, made = _as_matrix(out), out
    if product is None:
        product = scratch.take(matrix.shape[1], out.shape[1])
        made = as_layout(product, out.shape, pixels=True)
    by_group = product.reshape(len(product), weights.groups, -1).swapaxes(0, 1)
    if weights.groups == 1:
        # NumPy needs a microsecond more for a stack of matrices, even of one.
        matrix, weight, by_group = matrix[0], weight[0], by_group[0]
    calls.append(multiply(matrix, weight, by_group))
    if weights.bias is not None and not is_biased:
        calls += _add_bias(weights, out, made)
    elif made is not out:
        calls.append(elementwise.bind_copy(out, made))
    return calls


def _window_matrix(
    x: Array, weights: ConvWeights, out_shape: tuple[int, ...], scratch: Scratch
) -> tuple[Calls, Array, bool]:
    """Return windows as ``(groups, pixels, depth)``, and whether each ends with a one.

    What the bias is multiplied with is put behind each window where windows are copied: that is
    cheaper than adding the bias.
    """
    windows = _windows(x, weights, out_shape)  # N, G, y, ky, kx, c, x
    by_pixel = windows.transpose(1, 0, 2, 6, 3, 4, 5)  # G, N, y, x, ky, kx, c
    groups, *pixels, kernel_height, kernel_width, channels = by_pixel.shape
    depth, count = kernel_height * kernel_width * channels, prod(pixels)
    if by_pixel.flags.c_contiguous:  # a 1x1 kernel
        return [], by_pixel.reshape(groups, count, depth), False
    if is_pixel_major(x):
        unfolded = scratch.take(groups, *pixels, depth + 1)
        places, ones = unfolded[..., :-1].reshape(by_pixel.shape), unfolded[..., -1]
        source, matrix = by_pixel, unfolded.reshape(groups, count, depth + 1)
    else:
        # Rows of pixels stay rows, and the matrix lies transposed.
        source = windows.transpose(1, 3, 4, 5, 0, 2, 6)  # G, ky, kx, c, N, y, x
        unfolded = scratch.take(groups, depth + 1, *pixels)
        places, ones = unfolded[:, :-1].reshape(source.shape), unfolded[:, -1]
        matrix = unfolded.reshape(groups, depth + 1, count).swapaxes(1, 2)
    return [partial(np.copyto, places, source), partial(ones.fill, 1)], matrix, True


def _as_matrix(pixels: Array) -> Array | None:
    """See ``(N, C, H, W)`` with pixels outermost as ``(N * H * W, C)``, if it is one in memory."""
    images, channels, height, width = pixels.shape
    image, channel, row, column = pixels.strides
    if channel != pixels.itemsize:
        return None
    steps = [(images, image), (height, row), (width, column)]
    steps = [(count, step) for count, step in steps if count > 1]
    if any(outer != count * step for (_, outer), (count, step) in pairwise(steps)):
        return None
    step = steps[-1][1] if steps else channels * channel
    return as_strided(pixels, (images * height * width, channels), (step, channel))


def tap_by_tap(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """One kernel per channel: there is no sum over channels for a matrix to do.

    einsum adds up the products in one pass per place of the kernel, without a temporary. A whole
    row of pixels is one line for it, the weights repeated along it: three times as fast as pixel by
    pixel. With a stride, the columns of such a line are first brought side by side.
    """
    _, _, kernel_height, kernel_width = weights.weight.shape
    images, channels, out_height, out_width = out.shape
    image, channel, row, column = x.strides
    near = weights.dilation[1] * column
    calls: Calls = []
    if weights.stride[1] > 1 and channels >= _LONG_PIXEL:
        return _tap_by_tap_of_pixels(x, weights, out)
    if weights.stride[1] > 1:
        gathered = scratch.take(images, x.shape[2], kernel_width, out_width, channels)
        strides = (image, row, near, weights.stride[1] * column, channel)
        columns = as_strided(x, gathered.shape, strides, writeable=False)
        calls.append(partial(np.copyto, gathered, columns))
        x, (image, row, near, _, _) = gathered, gathered.strides
    lines = as_strided(
        x,
        (images, out_height, kernel_height, kernel_width, out_width * channels),
        (image, weights.stride[0] * row, weights.dilation[0] * row, near, x.itemsize),
        writeable=False,
    )
    out_lines = as_strided(
        out,
        (images, out_height, out_width * channels),
        (out.strides[0], out.strides[2], x.itemsize),
    )
    repeated = weights.repeated_taps(out_width)
    calls.append(partial(np.einsum, "nyabl,abl->nyl", lines, repeated, out=out_lines))
    return [*calls, *_add_bias(weights, out)]


def _tap_by_tap_of_pixels(x: Array, weights: ConvWeights, out: Array) -> Calls:
    first, channel, row, column = x.strides
    images, channels, out_height, out_width = out.shape
    pixels = as_strided(
        x,
        (images, out_height, *weights.weight.shape[2:], out_width, channels),
        (
            first,
            weights.stride[0] * row,
            weights.dilation[0] * row,
            weights.dilation[1] * column,
            weights.stride[1] * column,
            channel,
        ),
        writeable=False,
    )
    taps, target = weights.repeated_taps(1), out.transpose(0, 2, 3, 1)
    # One image at a time: of several, einsum takes its axes in an order that is ten times as slow.
    multiplied = [
        partial(np.einsum, "yabxc,abc->yxc", pixels[image], taps, out=target[image])
        for image in range(images)
    ]
    return [*multiplied, *_add_bias(weights, out)]


def _add_bias(weights: ConvWeights, out: Array, x: Array | None = None) -> Calls:
    """Add the bias to x, which is what lies in ``out`` already by default."""
    if weights.bias is None:
        return []
    line = weights.bias[:, None, None]
    if is_pixel_major(out):
        # As long as a row, so that NumPy adds row by row, not by pixel.
        count = out.shape[3]
        line = weights.repeated("bias", weights.bias, count).reshape(count, -1).T[:, None]
    return [elementwise.bind(np.add, out if x is None else x, line, out=out)]


def _windows(x: Array, weights: ConvWeights, out_shape: tuple[int, ...]) -> Array:
    """See x as ``(N, groups, out_height, kh, kw, channels per group, out_width)``."""
    _, channels, *kernel_size = weights.weight.shape
    images, _, out_height, out_width = out_shape
    image, channel, row, column = x.strides
    shape = (images, weights.groups, out_height, *kernel_size, channels, out_width)
    strides = (
        image,
        channels * channel,
        weights.stride[0] * row,
        weights.dilation[0] * row,
        weights.dilation[1] * column,
        channel,
        weights.stride[1] * column,
    )
    return as_strided(x, shape, strides, writeable=False)


def _multiply_rows(weight: Array, matrices: Array, out: Array) -> partial[object]:
    """Multiply weights ``(groups, out_channels / groups, depth)``.

    With matrices ``(N, groups, out_height, depth, out_width)``.
    """
    images, _, height, width = out.shape
    groups, channels, _ = weight.shape
    image, channel, row, column = out.strides
    by_group = as_strided(
        out,
        (images, groups, height, channels, width),
        (image, channels * channel, row, channel, column),
    )
    return multiply(weight[None, :, None], matrices, by_group)
