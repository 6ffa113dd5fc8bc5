"""The windows of maps as matrices, so that convolution becomes matrix multiplication.

For that a window's values must stand below each other. Usually each is copied as often as there
are windows that see it. With rows outermost, once for each *column* of the kernel (and for each of
its moments) is enough:

    E[y, kx, c, (x, n)] = maps[y, c, x + kx, n]

and the rows y, y + 1, y + 2 of E, which follow each other in memory, are the matrix that row y of
the result needs: the matrices of neighbouring rows overlap, and NumPy sees them through strides.
Only where groups or a vertical dilation leave gaps, every window is copied whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, run
from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.windows import Axis

_CHUNK_BYTES = 600_000
"""Unfolded rows are made and multiplied a few at a time, while in the second-level cache."""

FEWEST_PLACES = 128
"""Matrices with fewer columns are multiplied more slowly."""


class Axes(NamedTuple):
    """The windows along each axis of maps; where they do not reach over time, that has one moment.

    Their order is that of the maps in memory, not that of a kernel's sizes.
    """

    rows: Axis
    columns: Axis
    times: Axis

    def backward(self) -> Axes:
        """Return the windows through which values see the results; for strides of 1."""
        return Axes(*(axis.backward() for axis in self))

    @property
    def window(self) -> tuple[int, int, int]:
        """How many places windows have, in the order of a kernel's sizes: time first."""
        return self.times.window, self.rows.window, self.columns.window

    @property
    def stride(self) -> tuple[int, int, int]:
        """The steps from window to window, in the same order."""
        return self.times.stride, self.rows.stride, self.columns.stride


@dataclass(frozen=True)
class _Chunk:
    rows: slice
    """Which rows of the results."""
    places: slice
    """Which of their columns and what lies innermost of them, counted as one axis."""
    calls: Calls
    matrices: NDArray
    """``(rows, groups, taps, places)``, taps being kernel_height * kernel_depth * kernel_width *
    group_channels."""

    def fill(self) -> None:
        """Make the matrices."""
        run(self.calls)


class Unfolding:
    """The windows of maps as matrices, some rows of results at a time.

    Parameters
    ----------
    maps : ``(rows, channels, columns, moments, images)``; the matrices follow its values.
    axes : the windows.
    groups : of channels.
    memory : for scratch, which holds the matrices until the next chunk is filled.
    results : which rows of results; None for all.
    """

    def __init__(
        self,
        maps: NDArray,
        axes: Axes,
        groups: int,
        memory: Memory,
        results: slice | None = None,
    ) -> None:
        self._maps, self._axes, self._groups = maps, axes, groups
        rows, columns, times = axes
        _, channels, _, _, images = maps.shape
        self.taps = rows.window * columns.window * times.window * channels // groups
        self._values = times.out_size * images
        """Of one column of a row of results, channel by channel."""
        # A kernel of one value without padding: the maps are the matrices.
        self._sees_whole_rows = all(
            axis.window == 1 and axis.tap(0)[0] == slice(0, axis.out_size) for axis in axes
        ) and all((axis.stride, axis.out_size) == (1, axis.size) for axis in (columns, times))
        self._shares_rows = groups == 1 and rows.dilation == 1
        begin, end = (0, rows.out_size) if results is None else (results.start, results.stop)
        count, width = self._chunk_size()
        self.chunks: list[_Chunk] = []
        for left in range(0, columns.out_size, width):
            across = slice(left, min(left + width, columns.out_size))
            margins = _Margins()
            for first in range(begin, end, count):
                some = slice(first, min(first + count, end))
                self.chunks.append(self._chunk(some, across, margins, memory))

    def _chunk_size(self) -> tuple[int, int]:
        """Return how many rows and columns of results are made at a time.

        Neighbouring rows share what is unfolded; where few at a time would share little, columns
        are divided, too.
        """
        rows, columns, _ = self._axes
        width = columns.out_size
        if self._sees_whole_rows:
            return rows.out_size, width
        count = self._fitting_rows(width)
        while self._shares_rows and count < min(self._rows_worthwhile, rows.out_size):
            narrower = -(-width // 2)
            if narrower * self._values < FEWEST_PLACES or narrower == width:
                break
            width, count = narrower, self._fitting_rows(narrower)
        return min(max(count, 1), rows.out_size), width

    @property
    def _rows_worthwhile(self) -> int:
        """Of so many rows of results, half as many again are unfolded."""
        rows = self._axes.rows
        return 2 * max(rows.window - rows.stride, 0) // rows.stride

    def _fitting_rows(self, width: int) -> int:
        """Return of how many rows of results the windows fit in the cache."""
        rows = self._axes.rows
        row_bytes = self._maps.itemsize * self._groups * self.taps * width * self._values
        if not self._shares_rows:
            return _CHUNK_BYTES // row_bytes
        unfolded = _CHUNK_BYTES * rows.window // row_bytes
        return (unfolded - rows.window) // rows.stride + 1

    def _chunk(self, results: slice, across: slice, margins: _Margins, memory: Memory) -> _Chunk:
        maps, groups = self._maps, self._groups
        rows = self._axes.rows.part(results.start, results.stop)
        columns = self._axes.columns.part(across.start, across.stop)
        times = self._axes.times
        _, channels, _, _, images = maps.shape
        places = slice(across.start * self._values, across.stop * self._values)
        if self._sees_whole_rows:
            (_, seen), (_, columns_seen) = rows.tap(0), columns.tap(0)
            return _Chunk(results, places, [], by_group(maps[seen][:, :, columns_seen], groups))
        spans = [axis.span for axis in (rows, columns, times)]
        height, width, moments = (span.stop - span.start for span in spans)
        count, down = rows.out_size, rows.window
        if self._shares_rows:
            count, down = height, 1
        shape = (
            count,
            groups,
            down,
            times.window,
            columns.window,
            channels // groups,
            columns.out_size,
            times.out_size,
            images,
        )
        padded, unfolded = memory.scratch(
            ((height, channels, width, moments, images), maps.dtype), (shape, maps.dtype)
        )
        calls, part = margins.around(maps, spans, padded)
        row, channel, column, moment, image = part.strides
        windows = as_strided(
            part,
            shape,
            (
                row if self._shares_rows else rows.stride * row,
                channels // groups * channel,
                rows.dilation * row,
                times.dilation * moment,
                columns.dilation * column,
                channel,
                columns.stride * column,
                times.stride * moment,
                image,
            ),
            writeable=False,
        )
        calls.append(partial(np.copyto, unfolded, windows))
        line_size = columns.out_size * self._values
        matrices = unfolded.reshape(count, groups, -1, line_size)
        if self._shares_rows:
            row, item = unfolded.strides[0], unfolded.itemsize
            matrices = as_strided(
                unfolded,
                (rows.out_size, 1, self.taps, line_size),
                (row * rows.stride, 0, line_size * item, item),
            )
        return _Chunk(results, places, calls, matrices)


class _Margins:
    """Zeros around parts of maps that come one after the other, from above to below.

    They lie in the same memory, where zeros stay from part to part if nothing is written there.
    """

    def __init__(self) -> None:
        self._written: range | None = None
        """Rows in which something else may stand; None before there are zeros."""

    def around(
        self, maps: NDArray, spans: Sequence[range], padded: NDArray
    ) -> tuple[Calls, NDArray]:
        """See a part of maps with what lies beyond them as zeros.

        Parameters
        ----------
        maps, padded : ``(rows, channels, columns, moments, images)``; padded is as large as the
            part, and used where that reaches beyond the maps.
        spans : rows, columns and moments of the part.

        Returns
        -------
        What must be done each time, and the part.
        """
        sizes = maps.shape[0], maps.shape[2], maps.shape[3]
        there = [
            range(max(span.start, 0), max(min(span.stop, size), span.start, 0))
            for span, size in zip(spans, sizes, strict=True)
        ]
        ys, xs, ts = (slice(some.start, some.stop) for some in there)
        part = maps[ys, :, xs, ts]
        if there == list(spans):
            return [], part
        within = [
            slice(some.start - span.start, some.stop - span.start)
            for some, span in zip(there, spans, strict=True)
        ]
        rows = range(within[0].start, within[0].stop)
        written = rows if self._written is None else _both(self._written, rows)
        calls: Calls = []
        if self._written is None or written != rows:
            calls.append(partial(padded.fill, 0))
            written = rows
        self._written = written
        target = padded[within[0], :, within[1], within[2]]
        return [*calls, partial(np.copyto, target, part)], padded


def _both(one: range, other: range) -> range:
    return range(min(one.start, other.start), max(one.stop, other.stop))


def by_group(maps: NDArray, groups: int) -> NDArray:
    """Return maps as matrices ``(rows, groups, group_channels, places)``."""
    rows, channels, *_ = maps.shape
    return maps.reshape(rows, groups, channels // groups, -1)
