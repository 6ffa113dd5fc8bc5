"""Pooling of whole maps, and into a given number of windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar, TypeVar

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.curves import number
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Reads, Room, Seen, Unary
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec

Adaptive = TypeVar("Adaptive", spec.AdaptiveAvgPool2d, spec.AdaptiveMaxPool2d)

Windows = tuple[list[range], list[range]]
"""Over which rows, and which columns, windows lie."""


@formula(spec.GlobalAvgPool2d)
class GlobalAvgPool2d(Unary[spec.GlobalAvgPool2d]):
    """The mean of each map: ``(N, C, 1, 1)``."""

    splits_rows = False
    reads_same_rows = False

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [
            partial(np.add.reduce, x, axis=(2, 3), keepdims=True, out=out),
            bind(np.multiply, out, number(1 / (x.shape[2] * x.shape[3]), x), out=out),
        ]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return [bind(np.multiply, d_out, number(1 / (d_x.shape[2] * d_x.shape[3]), d_x), out=d_x)]


@formula(spec.GlobalMaxPool2d)
class GlobalMaxPool2d(Unary[spec.GlobalMaxPool2d]):
    """The largest value of each map: ``(N, C, 1, 1)``."""

    splits_rows = False
    reads_same_rows = False
    reads: ClassVar[Reads] = "input"

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [partial(np.maximum.reduce, x, axis=(2, 3), keepdims=True, out=out)]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        windows = [range(d_x.shape[2])], [range(d_x.shape[3])]
        return [partial(_hand_to_largest, windows, seen.sources[0], d_out, d_x)]


class _AdaptivePool(Unary[Adaptive]):
    reads_same_rows = False

    def _windows(self, x: Array) -> Windows:
        return self.layer.windows(0, x.shape[2]), self.layer.windows(1, x.shape[3])

    def _combine(
        self, combine: np.ufunc, x: Array, out: Array, rows: range, room: Room
    ) -> Iterator[partial[object]]:
        """Combine each window's rows, then its columns."""
        down, across = self._windows(x)
        between = room.like(x, shape=(*x.shape[:2], len(rows), x.shape[3]))
        for row, window in enumerate(down[rows.start : rows.stop]):
            read, to = x[:, :, window.start : window.stop], between[:, :, row : row + 1]
            yield partial(combine.reduce, read, axis=2, keepdims=True, out=to)
        for column, window in enumerate(across):
            read, to = between[..., window.start : window.stop], out[..., column : column + 1]
            yield partial(combine.reduce, read, axis=3, keepdims=True, out=to)


@formula(spec.AdaptiveAvgPool2d)
class AdaptiveAvgPool2d(_AdaptivePool[spec.AdaptiveAvgPool2d]):
    """The mean of each window; all of its values share the gradient."""

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        down, across = self._windows(x)
        share = _shares(down[rows.start : rows.stop], across, x)
        return [
            *self._combine(np.add, x, out, rows, room),
            bind(np.multiply, out, share, out=out),
        ]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        down, across = self._windows(d_x)
        between = room.like(d_x, shape=(*d_out.shape[:3], d_x.shape[3]))
        calls: Calls = [
            bind(np.multiply, d_out, _shares(down, across, d_x), out=d_out),
            partial(between.fill, 0),
            partial(d_x.fill, 0),
        ]
        for column, window in enumerate(across):
            target, share = between[..., window.start : window.stop], d_out[..., column, None]
            calls.append(bind(np.add, target, share, out=target))
        for row, window in enumerate(down):
            target, share = d_x[:, :, window.start : window.stop], between[:, :, row, None]
            calls.append(bind(np.add, target, share, out=target))
        return calls


@formula(spec.AdaptiveMaxPool2d)
class AdaptiveMaxPool2d(_AdaptivePool[spec.AdaptiveMaxPool2d]):
    """The largest value of each window; of equal ones the first, row by row, has the gradient."""

    reads: ClassVar[Reads] = "input"

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [*self._combine(np.maximum, x, out, rows, room)]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return [partial(_hand_to_largest, self._windows(d_x), seen.sources[0], d_out, d_x)]


def _shares(down: Sequence[range], across: Sequence[range], like: Array) -> Array:
    """Return what the sum of each window is multiplied by: ``(rows, columns)``."""
    return (1 / np.outer(list(map(len, down)), list(map(len, across)))).astype(like.dtype)


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
