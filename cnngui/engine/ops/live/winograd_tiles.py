"""Winograd's convolution along rows and columns, F(4x4, 3x3): 36 products make 16 results.

By nine products each it would be 144. What ``winograd`` does to six rows is done to six columns as
well: with pixels outermost, neighbours in a row are long vectors of channels, too. Tiles of 6x6
pixels are mixed into 36 others, each of these is one matrix product over all tiles, and 36 products
are mixed into 4x4 pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.ops import Calls
from cnngui.engine.ops.live import winograd
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.multiply import multiply
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.tiling import INPUT_ROWS, MIX_INPUT, MIX_OUTPUT, TILE, tile_runs

Array = NDArray[np.float32]

_PLACES = INPUT_ROWS**2
_MIX_OUTPUT = np.kron(MIX_OUTPUT, MIX_OUTPUT)
_MIX_OUTPUT_AND_BIAS = np.hstack([_MIX_OUTPUT, np.ones((TILE**2, 1), np.float32)])


def winograd_tiles(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """Bind a 3x3 convolution without stride or dilation; ``x`` as of ``conv2d``.

    Maps that are no whole number of tiles are computed as if they were: what is beyond them is
    neither read nor written.
    """
    images, out_channels, height, width = out.shape
    channels, groups = x.shape[1], weights.groups
    down, across = -(-height // TILE), -(-width // TILE)
    tiles = images * down * across
    calls, x = _padded(x, (down * TILE + 2, across * TILE + 2), scratch)
    rows = winograd.input_tiles(x).swapaxes(3, 4)  # N, tile, row of 6, W, C
    mixed = scratch.take(*rows.shape)
    gathered = scratch.take(INPUT_ROWS, INPUT_ROWS, images, down, across, channels)
    image, tile, row, column, channel = mixed.strides
    columns = as_strided(
        mixed,
        gathered.shape,  # column of 6, row of 6, N, tile down, tile across, C
        (column, row, image, tile, TILE * column, channel),
        writeable=False,
    )
    places = scratch.take(_PLACES, tiles, groups, channels // groups)
    terms = _PLACES + (weights.bias is not None)
    products = scratch.take(terms, tiles, groups, out_channels // groups)
    results = scratch.take(TILE, TILE, images, down, across, out_channels)
    mix_output = _MIX_OUTPUT if weights.bias is None else _MIX_OUTPUT_AND_BIAS
    calls += [
        winograd.mix_input(rows, mixed),
        partial(np.copyto, gathered, columns),
        partial(
            np.matmul,
            MIX_INPUT,
            gathered.reshape(INPUT_ROWS, -1),
            places.reshape(INPUT_ROWS, -1),
        ),
        multiply(places.swapaxes(1, 2), weights.tile_matrices, products[:_PLACES].swapaxes(1, 2)),
    ]
    if weights.bias is not None:
        # One more term of what is mixed: almost for nothing.
        calls.append(partial(np.copyto, products[-1], weights.bias.reshape(groups, -1)))
    flat = products.reshape(terms, -1), results.reshape(TILE**2, -1)
    calls.append(partial(np.matmul, mix_output, *flat))
    calls += [partial(np.copyto, target, source) for target, source in _placed(out, results)]
    return calls


def dilated_tiles(x: Array, weights: ConvWeights, out: Array, scratch: Scratch) -> Calls:
    """Bind the same with a distance between the places of a kernel, alike down and across.

    Every so-many-th row and column is an image by itself, which is convolved without a distance.
    All of them together are a batch, so that each weight is read once.
    """
    distance = weights.dilation[0]
    images, out_channels, height, width = out.shape
    down, across = -(-height // distance), -(-width // distance)

    def batch(channels: int, height: int, width: int) -> Array:
        memory = scratch.take(distance, distance, images, height, width, channels)
        return memory.transpose(0, 1, 2, 5, 3, 4)

    apart = batch(x.shape[1], down + 2, across + 2)
    made = batch(out_channels, down, across)
    is_even = (down * distance, across * distance) == (height, width)
    calls: Calls = [] if is_even else [partial(apart.fill, 0)]
    after: Calls = []
    for row in range(min(distance, height)):
        for column in range(min(distance, width)):
            source = x[:, :, row::distance, column::distance]
            target = out[:, :, row::distance, column::distance]
            place = apart[row, column, :, :, : source.shape[2], : source.shape[3]]
            calls.append(partial(np.copyto, place, source))
            result = made[row, column, :, :, : target.shape[2], : target.shape[3]]
            after.append(partial(np.copyto, target, result))
    read, written = (memory.reshape(-1, *memory.shape[3:]) for memory in (apart, made))
    return [*calls, *winograd_tiles(read, weights, written, scratch), *after]


def scratch_values(channels: int, shape: tuple[int, int, int, int]) -> int:
    """Return about how much scratch an output of that shape needs."""
    images, out_channels, height, width = shape
    tiles = images * -(-height // TILE) * -(-width // TILE)
    return tiles * _PLACES * 3 * (channels + out_channels) // 2


def _padded(x: Array, size: tuple[int, int], scratch: Scratch) -> tuple[Calls, Array]:
    """Return x with rows and columns of zeros below and beside it; itself where it needs none."""
    images, channels, height, width = x.shape
    if (height, width) == size:
        return [], x
    wider = scratch.take(images, *size, channels).transpose(0, 3, 1, 2)
    calls: Calls = [partial(np.copyto, wider[:, :, :height, :width], x)]
    if height < size[0]:
        calls.append(partial(wider[:, :, height:].fill, 0))
    if width < size[1]:
        calls.append(partial(wider[:, :, :height, width:].fill, 0))
    return calls, wider


def _placed(out: Array, results: Array) -> Iterator[tuple[Array, Array]]:
    """Return where which results go: whole tiles, and those that reach over the edge."""
    images, channels, *_ = out.shape
    image, channel, row, column = out.strides
    for first_row, tiles_down, rows in tile_runs(out.shape[2]):
        for first_column, tiles_across, columns in tile_runs(out.shape[3]):
            target = as_strided(
                out[:, :, first_row:, first_column:],
                (columns, rows, images, tiles_down, tiles_across, channels),
                (column, row, image, TILE * row, TILE * column, channel),
            )
            down, across = first_row // TILE, first_column // TILE
            yield (
                target,
                results[
                    :columns,
                    :rows,
                    :,
                    down : down + tiles_down,
                    across : across + tiles_across,
                ],
            )
