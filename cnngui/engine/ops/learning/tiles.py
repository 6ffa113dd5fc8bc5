"""Convolution by Winograd's method over tiles of 4x4 results, F(4x4, 3x3), while a network learns.

36 products make 16 results, where it would be nine for each; ``live.winograd_tiles`` tells how. Six
rows are mixed into six by one matrix product, since rows are outermost; then the columns of tiles
are brought side by side, and six of them are mixed into six in the same way. Each of the 36 places
is one product of weights and all tiles of all images.

The gradient of the weights goes the same way back: gradients of 16 results are mixed into 36, their
products with the mixed tiles are summed over all tiles, and 36 sums are mixed into nine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.operation import share
from cnngui.engine.ops.learning.unfold import Axes
from cnngui.engine.ops.learning.windows import Axis
from cnngui.engine.ops.tiling import (
    INPUT_ROWS,
    MIX_INPUT,
    MIX_OUTPUT,
    MIX_WEIGHT,
    TILE,
    tile_runs,
)

_PLACES = INPUT_ROWS**2
_KERNEL = 3

_CHUNK_BYTES = 1_000_000
"""Of mixed tiles and of their products: some rows of tiles at a time, as long as they are wide."""
_FEWEST_TILES = 64
_FEWEST_TILES_OF_MANY_WEIGHTS = 256
"""Products with fewer columns are slower, and weights that no cache holds are read for each."""

# Nanoseconds, measured where 90 GFLOP/s are reached.
_MULTIPLIED = 0.0225
"""A multiply-add."""
_MIXED = 1.0
"""One of the 36 values of a tile and channel, brought there and mixed."""
_WEIGHT_MIXED = 0.9
"""One of the 36 values of a weight."""
_COPIED = 0.15
"""A value of a matrix of windows."""
_LEAST_GAIN = 0.95
"""Of the time that windows take: the estimate is not better than that."""


def suits_tiles(x: NDArray, out: NDArray, axes: Axes) -> bool:
    """Tell whether tiles take less time than windows.

    Parameters
    ----------
    x, out : ``(rows, channels, columns, moments, images)``.
    """
    fits = (
        axes.window == (1, _KERNEL, _KERNEL)
        and axes.stride == (1, 1, 1)
        and axes.rows.dilation == axes.columns.dilation == 1
        and axes.times.before == 0
        and max(axes.rows.before, axes.columns.before) < _KERNEL
        and min(axes.rows.before, axes.columns.before) >= 0
    )
    read, made, places = x.shape[1], out.shape[1], out[:, 0].size
    tiles = ceil(len(out) / TILE) * ceil(out.shape[2] / TILE) * prod(out.shape[3:])
    multiplied = read * made * _MULTIPLIED
    mixed = tiles * (read + made) * _MIXED + read * made * _WEIGHT_MIXED
    by_tiles = _PLACES * (tiles * multiplied + mixed)
    by_windows = places * (_KERNEL**2 * multiplied + _KERNEL * read * _COPIED)
    return fits and by_tiles < _LEAST_GAIN * by_windows


class _Chunk(NamedTuple):
    """Some rows of tiles. The arrays are scratch, which holds until another chunk is worked on."""

    row_mixes: list[tuple[NDArray, NDArray, NDArray]]
    """Matrix, rows of maps, six rows of each tile."""
    column_copies: list[tuple[NDArray, NDArray]]
    """To, from."""
    margins: list[NDArray]
    """What of the copied columns lies beyond the maps."""
    columns: NDArray
    """``(6, all others)``: of each tile its columns, before they are mixed."""
    mixed: NDArray
    """``(36, read, tiles)``."""
    products: NDArray
    """``(36, made, tiles)``."""
    results: NDArray
    """``(4, 4, made, tiles down, tiles across, images)``, columns of a tile outermost."""
    rows: slice
    """Which rows of the results these are; the last tiles may reach beyond."""

    @property
    def flat_results(self) -> NDArray:
        """``(16, made, tiles)``."""
        return self.results.reshape(TILE**2, *self.products.shape[1:])

    def mix_input(self, matrix: NDArray) -> None:
        """Fill ``mixed``."""
        for part, rows, target in self.row_mixes:
            np.matmul(part, rows, out=target)
        for margin in self.margins:
            margin.fill(0)
        for target, source in self.column_copies:
            np.copyto(target, source)
        np.matmul(matrix, self.columns, out=self.mixed.reshape(INPUT_ROWS, -1))


class Tiles:
    """The tiles of maps, some rows of them at a time.

    Parameters
    ----------
    x : ``(rows, channels, columns, moments, images)``, what is convolved.
    made : how many channels the results have.
    axes : the windows, as ``suits_tiles`` wants them.
    memory : for scratch.
    lane, lanes : which share of the rows of tiles, and of how many.
    """

    def __init__(
        self, x: NDArray, made: int, axes: Axes, memory: Memory, lane: int = 0, lanes: int = 1
    ) -> None:
        self._x, self._made = x.reshape(*x.shape[:3], -1), made
        self._rows, self._columns = (_tiles_along(axis) for axis in (axes.rows, axes.columns))
        self._mix_input = MIX_INPUT.astype(x.dtype)
        self._mix_output = np.kron(MIX_OUTPUT, MIX_OUTPUT).astype(x.dtype)
        # Of a tile columns are outermost, of a kernel rows.
        kernel_mix = np.kron(MIX_WEIGHT, MIX_WEIGHT).reshape(_PLACES, _KERNEL, _KERNEL)
        self._mix_weight = kernel_mix.swapaxes(1, 2).reshape(_PLACES, -1).astype(x.dtype)
        some = range(self._rows.out_size)[share(self._rows.out_size, lane, lanes)]
        most = min(self._rows_at_a_time(), len(some))
        memories = self._take_scratch(memory, most, has_more=most < len(some))
        self._chunks = [
            self._chunk(first, min(first + most, some.stop), axes.rows.out_size, memories)
            for first in some[:: most or 1]
        ]

    def _rows_at_a_time(self) -> int:
        _, read, _, images = self._x.shape
        tiles, itemsize = self._columns.out_size * images, self._x.itemsize
        weights = _PLACES * read * self._made * itemsize
        fewest = _FEWEST_TILES if weights <= _CHUNK_BYTES else _FEWEST_TILES_OF_MANY_WEIGHTS
        fitting = _CHUNK_BYTES // (_PLACES * tiles * max(read, self._made) * itemsize)
        return min(max(fitting, ceil(fewest / tiles)), self._rows.out_size)

    def _take_scratch(self, memory: Memory, tiles_down: int, *, has_more: bool) -> list[NDArray]:
        """Return memory for chunks. What is not needed at a time lies in the same place."""
        _, read, width, images = self._x.shape
        tiles, made = tiles_down * self._columns.out_size * images, self._made
        sizes = (
            max(tiles_down * INPUT_ROWS * read * width * images, TILE**2 * made * tiles),
            _PLACES * tiles * max(read, made),
            _PLACES * tiles * read,
        )
        weights = (_PLACES, read * made)
        shapes = [*((size,) for size in sizes), weights, (_KERNEL**2, read * made)]
        # What more chunks bring is made beside what the first one has brought.
        shapes.append(weights if has_more else (0, 0))
        scratch = memory.scratch(*((shape, self._x.dtype) for shape in shapes))
        self._weights, self._kernels, self._more_weights = scratch[3:]
        return scratch[:3]

    def _chunk(self, first: int, stop: int, height: int, memories: Sequence[NDArray]) -> _Chunk:
        x, made = self._x, self._made
        _, read, width, images = x.shape
        count, across = stop - first, self._columns.out_size
        tiles = count * across * images
        shapes = (
            (count, INPUT_ROWS, read, width, images),
            (INPUT_ROWS, INPUT_ROWS, read, count, across, images),
            (_PLACES, read, tiles),
            (_PLACES, made, tiles),
            (TILE, TILE, made, count, across, images),
        )
        by_rows, columns, mixed, products, results = (
            memories[number][: prod(shape)].reshape(shape)
            for number, shape in zip((0, 1, 2, 1, 0), shapes, strict=True)
        )
        copies, margins = [], []
        for place, (where, seen) in enumerate(self._columns.taps):
            target = columns[place]
            source = by_rows[:, :, :, seen].transpose(1, 2, 0, 3, 4)
            copies.append((target[:, :, :, where], source))
            beside = slice(where.start), slice(where.stop, None)
            margins += [target[:, :, :, part] for part in beside]
        return _Chunk(
            list(self._row_mixes(first, by_rows)),
            copies,
            [margin for margin in margins if margin.size],
            columns.reshape(INPUT_ROWS, -1),
            mixed,
            products,
            results,
            slice(first * TILE, min(stop * TILE, height)),
        )

    def _row_mixes(
        self, first: int, by_rows: NDArray
    ) -> Iterator[tuple[NDArray, NDArray, NDArray]]:
        """Return how rows are mixed: those of whole tiles together, others each by itself."""
        x = self._x.reshape(len(self._x), -1)
        lines = by_rows.reshape(*by_rows.shape[:2], -1)
        starts = [(first + tile) * TILE - self._rows.before for tile in range(len(lines))]
        whole = [tile for tile, start in enumerate(starts) if 0 <= start <= len(x) - INPUT_ROWS]
        if whole:
            row, item = x.strides
            tiles = as_strided(
                x[starts[whole[0]] :],
                (len(whole), INPUT_ROWS, x.shape[1]),
                (TILE * row, row, item),
                writeable=False,
            )
            yield self._mix_input, tiles, lines[whole[0] : whole[-1] + 1]
        for tile, start in enumerate(starts):
            if tile not in whole:
                seen = slice(max(start, 0), min(max(start + INPUT_ROWS, 0), len(x)))
                part = self._mix_input[:, seen.start - start : max(seen.stop - start, 0)]
                yield part, x[seen], lines[tile]

    def correlate(self, weight: NDArray, bias: NDArray | None, out: NDArray) -> None:
        """Multiply every window by the weights, and add a bias.

        Parameters
        ----------
        weight : ``(made, read, 3, 3)``.
        out : ``(rows, made, columns, ...)``.
        """
        kernels = self._kernels.reshape(_KERNEL, _KERNEL, *weight.shape[:2])
        np.copyto(kernels, weight.transpose(2, 3, 0, 1))
        np.matmul(self._mix_weight, self._kernels, out=self._weights)
        weights = self._weights.reshape(_PLACES, *weight.shape[:2])
        for chunk in self._chunks:
            chunk.mix_input(self._mix_input)
            np.matmul(weights, chunk.mixed, out=chunk.products)
            products, results = chunk.products.reshape(_PLACES, -1), chunk.flat_results
            np.matmul(self._mix_output, products, out=results.reshape(TILE**2, -1))
            if bias is not None:
                results += bias[:, np.newaxis]
            for place, part in _placed(out[chunk.rows], chunk.results):
                np.copyto(place, part)

    def weight_gradient(self, d_out: NDArray, d_weight: NDArray) -> None:
        """Sum, over all places and images, each window times the gradient of its result.

        Parameters
        ----------
        d_out : ``(rows, made, columns, ...)``.
        d_weight : ``(made, read, 3, 3)``, overwritten.
        """
        made, read = d_weight.shape[:2]
        total = self._weights.reshape(_PLACES, read, made)
        if not self._chunks:
            total.fill(0)
        for number, chunk in enumerate(self._chunks):
            chunk.mix_input(self._mix_input)
            places = list(_placed(d_out[chunk.rows], chunk.results))
            if sum(part.size for _, part in places) < chunk.results.size:
                chunk.results.fill(0)
            for place, part in places:
                np.copyto(part, place)
            results, products = chunk.flat_results, chunk.products
            flat = results.reshape(TILE**2, -1), products.reshape(_PLACES, -1)
            np.matmul(self._mix_output.T, flat[0], out=flat[1])
            some = self._more_weights.reshape(total.shape) if number else total
            np.matmul(chunk.mixed, products.swapaxes(1, 2), out=some)
            if number:
                total += some
        np.matmul(self._mix_weight.T, self._weights, out=self._kernels)
        kernels = self._kernels.reshape(_KERNEL, _KERNEL, read, made)
        np.copyto(d_weight, kernels.transpose(3, 2, 0, 1))


def _tiles_along(axis: Axis) -> Axis:
    """Return the tiles of some windows: six values each, four further every time."""
    return Axis(axis.size, ceil(axis.out_size / TILE), INPUT_ROWS, TILE, before=axis.before)


def _placed(out: NDArray, results: NDArray) -> Iterator[tuple[NDArray, NDArray]]:
    """Return where which results go: whole tiles, and those that reach over the edge.

    Parameters
    ----------
    out : ``(rows, made, columns, ...)``.
    results : ``(4, 4, made, tiles down, tiles across, images)``.
    """
    maps = out.reshape(*out.shape[:3], -1)
    height, made, width, images = maps.shape
    for first_row, down, rows in tile_runs(height):
        for first_column, across, columns in tile_runs(width):
            part = maps[
                first_row : first_row + down * rows,
                :,
                first_column : first_column + across * columns,
            ]
            place = part.reshape(down, rows, made, across, columns, images)
            top, left = first_row // TILE, first_column // TILE
            yield (
                place.transpose(4, 1, 2, 0, 3, 5),
                results[:columns, :rows, :, top : top + down, left : left + across],
            )
