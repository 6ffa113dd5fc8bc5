"""Pooling forward and backward, over maps ``(rows, channels, columns, ...)``.

A window of an image is taken down the columns first and then across: the largest of the rows'
largest, the sum of the rows' sums. Backward it goes the other way. Of several largest values the
first, row by row, has the gradient, as in PyTorch: where they may stand in several columns, windows
are gone through as a whole, which takes half as long again.

Where windows reach over moments, maps are ``(rows, channels, columns, moments, images)``. They are
taken across first, then down and through time: backward, the first moment with the largest value is
found first, in it the first row, and there the first column, which is PyTorch's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Call, Calls
from cnngui.engine.ops.elementwise import bind, bind_copy
from cnngui.engine.ops.learning.windows import Axis

ROWS, COLUMNS, TIMES = 0, 2, 3


def pool_along(
    combine: np.ufunc, x: NDArray, out: NDArray, windows: Axis, axis: int, empty: float
) -> Calls:
    """Combine the values of each window along an axis; ``empty`` where there are none."""
    taps = windows.taps
    everywhere = slice(0, windows.out_size)
    if len(taps) > 1 and taps[0][0] == taps[1][0] == everywhere:
        first, second = (_along(axis, x, values) for _, values in taps[:2])
        calls: Calls = [bind(combine, first, second, out=out)]
        taps = taps[2:]
    else:
        calls = [partial(out.fill, empty)]
    for results, values in taps:
        target = _along(axis, out, results)
        calls.append(bind(combine, target, _along(axis, x, values), out=target))
    return calls


class ColumnsCompared:
    """Whether the largest value of some window may stand in two columns.

    Parameters
    ----------
    between, out : what is pooled down the columns alone, and what is then pooled across.
    between_mask, mask : scratch of their shapes, bool.
    """

    def __init__(
        self, between: NDArray, out: NDArray, columns: Axis, between_mask: NDArray, mask: NDArray
    ) -> None:
        self._calls: list[tuple[Call, NDArray]] = []
        self._most = out.size
        if columns.is_partition and columns.window == 2:
            # Each column with the next, as one line of memory: that compares twice as much as need
            # be, also over the ends of rows, in half the time of comparing every other.
            images, line = between.shape[-1], between.reshape(-1)
            hit = between_mask.reshape(-1)[images:]
            self._calls = [(partial(np.equal, line[images:], line[:-images], hit), hit)]
            self._most = 0
            return
        for results, values in columns.taps:
            hit = mask[:, :, results]
            call = bind(np.equal, between[:, :, values], out[:, :, results], out=hit)
            self._calls.append((call, hit))

    def may_be_alike(self) -> bool:
        """Compare what is there now."""
        hits = 0
        for compare, hit in self._calls:
            compare()
            hits += int(np.count_nonzero(hit))
        return hits > self._most


def max_pool_gradient_along(
    d_out: NDArray,
    x: NDArray,
    out: NDArray,
    d_x: NDArray,
    windows: Axis,
    axis: int,
    share: NDArray,
    mask: NDArray,
) -> Calls:
    """Along an axis, each window's gradient goes to the first of its largest values.

    ``d_out`` is used up. ``share``: scratch of out's shape; ``mask``: the same, bool.
    """
    taps = [
        tuple(_along(axis, array, results) for array in (d_out, out, share, mask))
        + tuple(_along(axis, array, values) for array in (x, d_x))
        for results, values in windows.taps
    ]
    return _hand_out(taps, d_x, adds_up=not windows.is_partition)


def max_pool_gradient(
    d_out: NDArray,
    x: NDArray,
    out: NDArray,
    d_x: NDArray,
    rows: Axis,
    columns: Axis,
    share: NDArray,
    mask: NDArray,
) -> Calls:
    """The same for whole windows, gone through row by row."""
    taps = [
        tuple(array[ys, :, xs] for array in (d_out, out, share, mask))
        + tuple(array[seen_ys, :, seen_xs] for array in (x, d_x))
        for ys, seen_ys in rows.taps
        for xs, seen_xs in columns.taps
    ]
    return _hand_out(taps, d_x, adds_up=not (rows.is_partition and columns.is_partition))


def _hand_out(taps: Sequence[tuple[NDArray, ...]], d_x: NDArray, *, adds_up: bool) -> Calls:
    """Offer gradients to one place of all windows after the other.

    Who takes one leaves nothing for the next.

    Parameters
    ----------
    taps : per place what is left of ``d_out``, the largest values, two scratch arrays of their
        shape, what stands there, and where its gradient goes.
    adds_up : whether windows overlap or leave gaps; else each value has its gradient from one.
    """
    calls: Calls = [partial(d_x.fill, 0)] if adds_up else []
    for number, (left, largest, share, hit, values, target) in enumerate(taps, 1):
        if number == len(taps) and not adds_up:
            return [*calls, bind_copy(target, left)]
        taken = share if adds_up else target
        calls += [
            bind(np.equal, values, largest, out=hit),
            bind(np.multiply, left, hit, out=taken),
            bind(np.subtract, left, taken, out=left),
        ]
        if adds_up:
            calls.append(bind(np.add, target, taken, out=target))
    return calls


def sum_pool_gradient(d_out: NDArray, d_x: NDArray, windows: Axis, axis: int) -> Calls:
    """Each window's gradient goes to all of its values."""
    parts = [
        (_along(axis, d_x, values), _along(axis, d_out, results))
        for results, values in windows.taps
    ]
    if windows.is_partition:
        return [bind_copy(target, share) for target, share in parts]
    return [
        partial(d_x.fill, 0),
        *(bind(np.add, target, share, out=target) for target, share in parts),
    ]


def _along(axis: int, array: NDArray, place: slice) -> NDArray:
    return array[(*(slice(None),) * axis, place)]
