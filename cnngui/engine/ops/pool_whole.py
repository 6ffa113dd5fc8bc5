"""Pooling of whole maps, and into a given number of windows."""

from __future__ import annotations

from functools import partial, reduce
from math import prod
from typing import ClassVar, TypeVar

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.curves import number
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Reads, Room, Seen, Unary
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec
from cnngui.spec.layers.pool import AdaptivePooling, GlobalPooling

Global = TypeVar("Global", bound=GlobalPooling)
Adaptive = TypeVar("Adaptive", bound=AdaptivePooling)

Windows = list[list[range]]
"""For each axis, over what windows lie: over which rows, and which columns."""


@formula(spec.GlobalAvgPool2d)
@formula(spec.GlobalAvgPool3d)
class GlobalAvgPool(Unary[Global]):
    """The mean of each map: ``(N, C, 1, 1)``; or over all of its moments: ``(N, C, 1, 1, 1)``."""

    splits_rows = False
    reads_same_rows = False

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        axes = tuple(range(2, x.ndim))
        return [
            partial(np.add.reduce, x, axis=axes, keepdims=True, out=out),
            bind(np.multiply, out, number(1 / prod(x.shape[2:]), x), out=out),
        ]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return [bind(np.multiply, d_out, number(1 / prod(d_x.shape[2:]), d_x), out=d_x)]


@formula(spec.GlobalMaxPool2d)
class GlobalMaxPool2d(Unary[spec.GlobalMaxPool2d]):
    """The largest value of each map: ``(N, C, 1, 1)``."""

    splits_rows = False
    reads_same_rows = False
    reads: ClassVar[Reads] = "input"

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [partial(np.maximum.reduce, x, axis=(2, 3), keepdims=True, out=out)]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        windows = [[range(d_x.shape[2])], [range(d_x.shape[3])]]
        return [partial(_hand_to_largest, windows, seen.sources[0], d_out, d_x)]


class _AdaptivePool(Unary[Adaptive]):
    reads_same_rows = False

    def _windows(self, x: Array, rows: range | None = None) -> Windows:
        """Return the windows along each axis, of all rows or of some."""
        found = [self.layer.windows(axis, side) for axis, side in enumerate(x.shape[2:])]
        if rows is not None:
            found[-2] = found[-2][rows.start : rows.stop]
        return found

    def _combine(
        self, combine: np.ufunc, x: Array, out: Array, windows: Windows, room: Room
    ) -> Calls:
        """Combine each window along one axis after the other, columns last."""
        calls: Calls = []
        for axis, along in enumerate(windows, 2):
            between = out
            if axis < x.ndim - 1:
                between = room.like(x, shape=(*x.shape[:axis], len(along), *x.shape[axis + 1 :]))
            for place, window in enumerate(along):
                read = _along(x, axis, window)
                to = _along(between, axis, range(place, place + 1))
                calls.append(partial(combine.reduce, read, axis=axis, keepdims=True, out=to))
            x = between
        return calls


@formula(spec.AdaptiveAvgPool2d)
@formula(spec.AdaptiveAvgPool3d)
class AdaptiveAvgPool(_AdaptivePool[Adaptive]):
    """The mean of each window; all of its values share the gradient."""

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        windows = self._windows(x, rows)
        return [
            *self._combine(np.add, x, out, windows, room),
            bind(np.multiply, out, _shares(windows, x), out=out),
        ]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        windows = self._windows(d_x)
        calls: Calls = [bind(np.multiply, d_out, _shares(windows, d_x), out=d_out)]
        # The axis that was combined last comes first.
        for axis, along in reversed([*enumerate(windows, 2)]):
            wider = d_x
            if axis > 2:
                sides = d_out.shape[:axis], d_x.shape[axis], d_out.shape[axis + 1 :]
                wider = room.like(d_x, shape=(*sides[0], sides[1], *sides[2]))
            calls.append(partial(wider.fill, 0))
            for place, window in enumerate(along):
                target, share = (
                    _along(wider, axis, window),
                    _along(d_out, axis, range(place, place + 1)),
                )
                calls.append(bind(np.add, target, share, out=target))
            d_out = wider
        return calls


@formula(spec.AdaptiveMaxPool2d)
class AdaptiveMaxPool2d(_AdaptivePool[spec.AdaptiveMaxPool2d]):
    """The largest value of each window; of equal ones the first, row by row, has the gradient."""

    reads: ClassVar[Reads] = "input"

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return self._combine(np.maximum, x, out, self._windows(x, rows), room)

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return [partial(_hand_to_largest, self._windows(d_x), seen.sources[0], d_out, d_x)]


def _along(x: Array, axis: int, places: range) -> Array:
    """See some places along one axis."""
    return x[(slice(None),) * axis + (slice(places.start, places.stop),)]


def _shares(windows: Windows, like: Array) -> Array:
    """Return what the sum of each window is multiplied by: along the axes of the windows."""
    sizes = [np.array([len(window) for window in along]) for along in windows]
    return (1 / reduce(np.multiply.outer, sizes)).astype(like.dtype)


def _hand_to_largest(windows: Windows, x: Array, d_out: Array, d_x: Array) -> None:
    """Add each window's gradient to that of its largest value, row by row the first of several."""
    d_x.fill(0)
    down, across = windows
    images, channels = np.ogrid[: x.shape[0], : x.shape[1]]
    for row, ys in enumerate(down):
        for column, xs in enumerate(across):
            window = x[:, :, ys.start : ys.stop, xs.start : xs.stop]
            place = window.reshape(*window.shape[:2], -1).argmax(axis=2)
            y, x_ = np.divmod(place, len(xs))
            d_x[images, channels, ys.start + y, xs.start + x_] += d_out[:, :, row, column]
