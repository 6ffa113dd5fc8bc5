"""Convolution of small maps: all windows of all images as one matrix.

Small maps usually have many channels, and so large weights. Row by row, all of them would be read
for a few results each time, and turning them round takes longer than multiplying by them. Here they
are multiplied as they lie, once.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.unfold import FEWEST_PLACES, Axes

_MOST_BYTES = 4_000_000
"""Larger matrices are slower than what they spare."""


def fits_one_matrix(x: NDArray, axes: Axes) -> bool:
    """Tell whether all windows of some maps should stand in one matrix.

    That is where a row of results is so short that multiplying it by itself is slow.

    Parameters
    ----------
    x : ``(rows, channels, columns, moments, images)``.
    """
    row = axes.columns.out_size * axes.times.out_size * x.shape[-1]
    taps = prod(axes.window) * x.shape[1]
    return row < FEWEST_PLACES and x.itemsize * taps * row * axes.rows.out_size <= _MOST_BYTES


class OneMatrix:
    """The windows, and the calls that multiply them.

    Parameters
    ----------
    x, out : ``(rows, channels, columns, moments, images)``: what is convolved, and the results.
    axes : the windows.
    memory : for scratch.
    """

    def __init__(self, x: NDArray, out: NDArray, axes: Axes, memory: Memory) -> None:
        self._x = x
        rows, results, *others = out.shape
        places = rows * prod(others)
        kernel = axes.window
        self._windows, self._results = memory.scratch(
            ((x.shape[1], *kernel, rows, *others), x.dtype), ((results, rows, *others), x.dtype)
        )
        self._matrix = self._windows.reshape(-1, places)
        self._flat = self._results.reshape(results, places)
        self._taps = []
        """Of each tap: where it stands, for which results it lies on a value, and on which."""
        self._reaches_beyond = False
        for tap in np.ndindex(*kernel):
            (ts, times_seen), (ys, rows_seen), (xs, columns_seen) = (
                axis.tap(place)
                for axis, place in zip((axes.times, axes.rows, axes.columns), tap, strict=True)
            )
            here = (slice(None), *tap, ys, xs, ts)
            seen = (rows_seen, slice(None), columns_seen, times_seen)
            self._taps.append((here, seen))
            self._reaches_beyond |= self._windows[here].size < x.shape[1] * places

    def _gather(self) -> None:
        if self._reaches_beyond:
            self._windows.fill(0)
        for here, seen in self._taps:
            np.copyto(self._windows[here], self._x[seen].swapaxes(0, 1))

    def correlate(self, weight: NDArray, bias: NDArray | None, out: NDArray) -> None:
        """Multiply every window by the weights ``(results, taps)``, and add a bias."""
        self._gather()
        np.matmul(weight, self._matrix, out=self._flat)
        if bias is not None:
            self._flat += bias[:, np.newaxis]
        np.copyto(out, self._results.swapaxes(0, 1))

    def weight_gradient(self, d_out: NDArray, d_weight: NDArray, d_bias: NDArray | None) -> None:
        """Sum each window times the gradient of its result, and those by themselves."""
        self._gather()
        np.copyto(self._results, d_out.swapaxes(0, 1))
        np.matmul(self._flat, self._matrix.T, out=d_weight)
        if d_bias is not None:
            np.add.reduce(self._flat, axis=1, out=d_bias)

    def spread(self, weight: NDArray, d_out: NDArray, d_x: NDArray) -> None:
        """Add up, for each value, what it has got from the windows that see it."""
        np.copyto(self._results, d_out.swapaxes(0, 1))
        np.matmul(weight.T, self._flat, out=self._matrix)
        d_x.fill(0)
        for here, seen in self._taps:
            target = d_x[seen]
            target += self._windows[here].swapaxes(0, 1)
