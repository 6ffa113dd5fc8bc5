"""Convolution by Winograd's method along columns; see ``winograd``."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.ops import Calls
from cnngui.engine.ops.live import winograd
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.multiply import multiply
from cnngui.engine.ops.live.scratch import Scratch

Array = NDArray[np.float32]


def winograd_rows(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """Rows outermost, four rows of ``out`` at a time; see ``winograd``."""
    tiles = winograd.input_tiles(x)  # N, tile, row of 6, C, W
    images, count, rows, channels, width = tiles.shape
    mixed = scratch.take(images, count, rows, channels, width)
    kernel_width, out_width = weights.weight.shape[3], out.shape[3]
    groups, out_channels = weights.groups, out.shape[1]
    shape = (images, count, rows, groups, kernel_width, channels // groups, out_width)
    *outer, channel, column = mixed.strides
    group = channels // groups * channel
    near, far = (weights.dilation[1] * column, weights.stride[1] * column)
    shifted = as_strided(mixed, shape, (*outer, group, near, channel, far), writeable=False)
    unfolded = scratch.take(*shape)
    terms = rows + (weights.bias is not None)
    products = scratch.take(images, count, terms, groups, out_channels // groups, out_width)
    matrices = unfolded.reshape(images, count, rows, groups, -1, out_width)
    sums = products.reshape(images, count, terms, out_channels, out_width)
    return [
        winograd.mix_input(tiles, mixed),
        partial(np.copyto, unfolded, shifted),
        multiply(weights.winograd_matrices, matrices, products[:, :, :rows]),
        *_place_bias(weights, sums[:, :, rows:].swapaxes(3, 4)),
        winograd.mix_output(sums, winograd.output_tiles(out)),
    ]


def winograd_taps(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """Depthwise, pixels outermost: the six products are made as in ``conv_direct.tap_by_tap``."""
    tiles = winograd.input_tiles(x).swapaxes(3, 4)  # N, tile, row of 6, W, C
    images, count, rows, _, channels = tiles.shape
    mixed = scratch.take(*tiles.shape)
    kernel_width, out_width = weights.weight.shape[3], out.shape[3]
    terms = rows + (weights.bias is not None)
    products = scratch.take(images, count, terms, out_width, channels)
    lines = as_strided(
        mixed,
        (images, count, rows, kernel_width, out_width * channels),
        (*mixed.strides[:3], weights.dilation[1] * mixed.strides[3], x.itemsize),
        writeable=False,
    )
    sums = products.reshape(images, count, terms, -1)[:, :, :rows]
    repeated = weights.repeated_winograd_taps(out_width)
    return [
        winograd.mix_input(tiles, mixed),
        partial(np.einsum, "ntikl,ikl->ntil", lines, repeated, out=sums),
        *_place_bias(weights, products[:, :, rows:]),
        winograd.mix_output(products, winograd.output_tiles(out).swapaxes(3, 4)),
    ]


def _place_bias(weights: ConvWeights, terms: Array) -> Calls:
    """Make the bias, over the last axis, one more term of what is mixed: almost for nothing."""
    return [] if weights.bias is None else [partial(np.copyto, terms, weights.bias)]
