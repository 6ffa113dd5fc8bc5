"""Pooling forward and backward, over maps ``(rows, channels, columns, images)``.

A window is taken down the columns first and then across: the largest of the rows' largest, the sum
of the rows' sums. Only a maximum's gradient takes a window as a whole: of equal values it goes to
the first, row by row.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.learning.windows import Axis

ROWS, COLUMNS = 0, 2


def pool_along(
    combine: np.ufunc, x: NDArray, out: NDArray, windows: Axis, axis: int, empty: float
) -> None:
    """Combine the values of each window along an axis; ``empty`` where there are none."""
    taps = windows.taps
    everywhere = slice(0, windows.out_size)
    if len(taps) > 1 and taps[0][0] == taps[1][0] == everywhere:
        first, second = (_along(axis, x, values) for _, values in taps[:2])
        combine(first, second, out=out)
        taps = taps[2:]
    else:
        out.fill(empty)
    for results, values in taps:
        target = _along(axis, out, results)
        combine(target, _along(axis, x, values), out=target)


def max_pool_gradient(
    d_out: NDArray,
    x: NDArray,
    out: NDArray,
    d_x: NDArray,
    rows: Axis,
    columns: Axis,
    share: NDArray,
    is_largest: NDArray,
) -> None:
    """Each window's gradient goes to its largest value, row by row the first that equals it.

    Who takes a gradient leaves nothing for the next. ``d_out`` is used up. ``share``: scratch of
    out's shape; ``is_largest``: the same, bool.
    """
    adds_up = not (rows.is_partition and columns.is_partition)
    if adds_up:
        d_x.fill(0)
    taps = [(down, across) for down in rows.taps for across in columns.taps]
    for number, ((ys, seen_ys), (xs, seen_xs)) in enumerate(taps, 1):
        left, target = d_out[ys, :, xs], d_x[seen_ys, :, seen_xs]
        if number == len(taps) and not adds_up:
            np.copyto(target, left)
            return
        hit = is_largest[ys, :, xs]
        np.equal(x[seen_ys, :, seen_xs], out[ys, :, xs], out=hit)
        taken = share[ys, :, xs] if adds_up else target
        np.multiply(left, hit, out=taken)
        left -= taken
        if adds_up:
            target += taken


def sum_pool_gradient(d_out: NDArray, d_x: NDArray, windows: Axis, axis: int) -> None:
    """Each window's gradient goes to all of its values."""
    if not windows.is_partition:
        d_x.fill(0)
    for results, values in windows.taps:
        target, share = _along(axis, d_x, values), _along(axis, d_out, results)
        if windows.is_partition:
            np.copyto(target, share)
        else:
            target += share


def _along(axis: int, array: NDArray, place: slice) -> NDArray:
    return array[place] if axis == ROWS else array[:, :, place]
