"""2-D convolution (cross-correlation): the choice among the strategies that compute it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls
from cnngui.engine.ops.live.conv_direct import (
    tap_by_tap,
    unfold_pixels,
    unfold_rows,
    unfold_windows,
)
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.conv_winograd import winograd_rows, winograd_taps
from cnngui.engine.ops.live.layout import as_layout, is_pixel_major
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.winograd_tiles import dilated_tiles, winograd_tiles
from cnngui.engine.ops.tiling import TILE

Array = NDArray[np.float32]

Strategy = Callable[[Array, ConvWeights, Array, Scratch], Calls]


def conv2d(
    x: Array, weights: ConvWeights, out: Array, scratch: Scratch, *, by_tiles: bool = False
) -> Calls:
    """Bind a convolution, choosing the strategy.

    Parameters
    ----------
    x : ``(N, C, H, W)``, padding included, ending with the last window.
    out : ``(N, out_channels, out_height, out_width)``; its layout decides how x is unfolded.
    by_tiles : by Winograd's method in both directions, for which the weights must be suited.
    """
    if by_tiles:
        way = winograd_tiles if weights.dilation == (1, 1) else dilated_tiles
        return way(x, weights, out, scratch)
    if weights.is_depthwise and is_pixel_major(out) and not is_pixel_major(x):
        # Another order for the output is cheaper than another order for all that is read.
        rows = as_layout(scratch.take(out.size), out.shape, pixels=False)
        return [*conv2d(x, weights, rows, scratch), partial(np.copyto, out, rows)]
    distance = weights.dilation[0]
    if distance > 1 and weights.stride[0] == 1:
        # Every so-many-th row, taken by itself, is convolved without a distance between rows.
        near = weights.without_row_dilation
        return [
            call
            for first in range(min(distance, out.shape[2]))
            for call in conv2d(x[:, :, first::distance], near, out[:, :, first::distance], scratch)
        ]
    calls: Calls = []
    fours = out.shape[2] // TILE * TILE
    pixels = is_pixel_major(out)
    if fours and weights.suits_winograd(pixels) and is_pixel_major(x) == pixels:
        strategy = winograd_taps if pixels else winograd_rows
        calls += strategy(x[:, :, : fours + 2], weights, out[:, :, :fours], scratch)
        x, rest = x[:, :, fours:], out[:, :, fours:]
    else:
        rest = out
    if rest.shape[2]:
        calls += _direct_strategy(weights, pixels)(x, weights, rest, scratch)
    return calls


def _direct_strategy(weights: ConvWeights, pixels: bool) -> Strategy:
    if pixels:
        return tap_by_tap if weights.is_depthwise else unfold_pixels
    return unfold_rows if weights.dilation[0] == 1 else unfold_windows
