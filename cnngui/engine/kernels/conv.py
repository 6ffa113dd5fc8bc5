"""2-D convolution (cross-correlation): the choice among the strategies that compute it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.kernels import Calls, winograd
from cnngui.engine.kernels.conv_direct import (
    tap_by_tap,
    unfold_pixels,
    unfold_rows,
    unfold_windows,
)
from cnngui.engine.kernels.conv_kernel import Kernel
from cnngui.engine.kernels.conv_winograd import winograd_pixels, winograd_rows, winograd_taps
from cnngui.engine.kernels.layout import as_layout, is_pixel_major
from cnngui.engine.kernels.scratch import Scratch

Array = NDArray[np.float32]

Strategy = Callable[[Array, Kernel, Array, Scratch], Calls]


def conv2d(x: Array, kernel: Kernel, out: Array, scratch: Scratch) -> Calls:
    """Bind a convolution, choosing the strategy.

    Parameters
    ----------
    x : ``(N, C, H, W)``, padding included, ending with the last window.
    out : ``(N, out_channels, out_height, out_width)``; its layout decides how x is unfolded.
    """
    if kernel.is_depthwise and is_pixel_major(out) and not is_pixel_major(x):
        # Another order for the output is cheaper than another order for all that is read.
        rows = as_layout(scratch.take(out.size), out.shape, pixels=False)
        return [*conv2d(x, kernel, rows, scratch), partial(np.copyto, out, rows)]
    distance = kernel.dilation[0]
    if distance > 1 and kernel.stride[0] == 1:
        # Every so-many-th row, taken by itself, is convolved without a distance between rows.
        near = kernel.without_row_dilation
        return [
            call
            for first in range(min(distance, out.shape[2]))
            for call in conv2d(x[:, :, first::distance], near, out[:, :, first::distance], scratch)
        ]
    calls: Calls = []
    fours = out.shape[2] // winograd.TILE * winograd.TILE
    pixels = is_pixel_major(out)
    if fours and kernel.suits_winograd(pixels) and is_pixel_major(x) == pixels:
        strategy = _winograd_strategy(kernel, pixels)
        calls += strategy(x[:, :, : fours + 2], kernel, out[:, :, :fours], scratch)
        x, rest = x[:, :, fours:], out[:, :, fours:]
    else:
        rest = out
    if rest.shape[2]:
        calls += _direct_strategy(kernel, pixels)(x, kernel, rest, scratch)
    return calls


def _winograd_strategy(kernel: Kernel, pixels: bool) -> Strategy:
    if pixels:
        return winograd_taps if kernel.is_depthwise else winograd_pixels
    return winograd_rows


def _direct_strategy(kernel: Kernel, pixels: bool) -> Strategy:
    if pixels:
        return tap_by_tap if kernel.is_depthwise else unfold_pixels
    return unfold_rows if kernel.dilation[0] == 1 else unfold_windows
