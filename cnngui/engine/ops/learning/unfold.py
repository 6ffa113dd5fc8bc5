"""The windows of maps as matrices, so that convolution becomes matrix multiplication.

For that a window's values must stand below each other. Usually each is copied as often as there
are windows that see it. With rows outermost, once for each *column* of the kernel is enough:

    E[y, kx, c, (x, n)] = maps[y, c, x + kx, n]

and the rows y, y + 1, y + 2 of E, which follow each other in memory, are the matrix that row y of
the result needs: the matrices of neighbouring rows overlap, and NumPy sees them through strides.
Only where groups or a vertical dilation leave gaps, every window is copied whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.windows import Axis

_CHUNK_BYTES = 400_000
"""Unfolded rows are made and multiplied a few at a time, while in the second-level cache."""


@dataclass(frozen=True)
class _Chunk:
    rows: slice
    """Which rows of the results."""
    margins: list[NDArray]
    """What of the unfolded rows lies in the padding."""
    copies: list[tuple[NDArray, NDArray]]
    """To, from."""
    matrices: NDArray
    """``(rows, groups, kernel_height * kernel_width * group_channels, columns * images)``."""

    def fill(self) -> None:
        for margin in self.margins:
            margin.fill(0)
        for target, source in self.copies:
            np.copyto(target, source)


class Unfolding:
    """The windows of maps as matrices, some rows of results at a time.

    Parameters
    ----------
    maps : ``(rows, channels, columns, images)``; the matrices follow its values.
    rows, columns : the windows.
    groups : of channels.
    memory : for scratch, which holds the matrices until the next chunk is filled.
    """

    def __init__(self, maps: NDArray, rows: Axis, columns: Axis, groups: int, memory: Memory):
        self._maps, self._rows, self._columns, self._groups = maps, rows, columns, groups
        _, channels, _, images = maps.shape
        self.taps = rows.window * columns.window * channels // groups
        self._line = columns.out_size * images
        # A 1x1 kernel without padding: the maps are the matrices.
        self._sees_whole_rows = all(
            axis.window == 1 and axis.tap(0)[0] == slice(0, axis.out_size)
            for axis in (rows, columns)
        ) and (columns.stride, columns.out_size) == (1, columns.size)
        self._shares_rows = groups == 1 and rows.dilation == 1
        row_bytes = maps.itemsize * groups * self.taps * self._line
        if self._shares_rows:
            row_bytes = row_bytes // rows.window * rows.stride
        count = min(max(_CHUNK_BYTES // row_bytes, 1), rows.out_size)
        firsts = range(0, rows.out_size, count)
        self.chunks = [
            self._chunk(slice(first, min(first + count, rows.out_size)), memory) for first in firsts
        ]

    def _chunk(self, results: slice, memory: Memory) -> _Chunk:
        maps, columns, groups = self._maps, self._columns, self._groups
        rows = self._rows.part(results.start, results.stop)
        height, channels, width, images = maps.shape
        if self._sees_whole_rows:
            (_, seen) = rows.tap(0)
            return _Chunk(results, [], [], by_group(maps[seen], groups))
        count = rows.out_size
        taps_down = [(tap, rows.tap(tap)) for tap in range(rows.window)]
        if self._shares_rows:
            count = (rows.out_size - 1) * rows.stride + rows.window
            taps_down = [(0, Axis(height, count, 1, before=rows.before).tap(0))]
        shape = (
            count,
            groups,
            len(taps_down),
            columns.window,
            channels // groups,
            columns.out_size,
            images,
        )
        (unfolded,) = memory.scratch((shape, maps.dtype))
        grouped = maps.reshape(height, groups, channels // groups, width, images)
        margins, copies = [], []
        for down, (ys, rows_seen) in taps_down:
            for across, (xs, columns_seen) in enumerate(columns.taps):
                line = unfolded[:, :, down, across]
                copies.append((line[ys][..., xs, :], grouped[rows_seen][..., columns_seen, :]))
                margins += [line[: ys.start], line[ys.stop :]]
                margins += [line[ys][..., : xs.start, :], line[ys][..., xs.stop :, :]]
        matrices = unfolded.reshape(count, groups, -1, self._line)
        if self._shares_rows:
            row, item = unfolded.strides[0], unfolded.itemsize
            matrices = np.lib.stride_tricks.as_strided(
                unfolded,
                (rows.out_size, 1, self.taps, self._line),
                (row * rows.stride, 0, self._line * item, item),
            )
        margins = [margin for margin in margins if margin.size]
        copies = [(target, source) for target, source in copies if target.size]
        return _Chunk(results, margins, copies, matrices)


def by_group(maps: NDArray, groups: int) -> NDArray:
    """Return maps as matrices ``(rows, groups, group_channels, columns * images)``."""
    rows, channels, columns, images = maps.shape
    return maps.reshape(rows, groups, channels // groups, columns * images)
