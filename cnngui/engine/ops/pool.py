"""Pooling over windows, and of whole maps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Room, Seen, Unary
from cnngui.engine.ops.learning.operation import Operation, Place
from cnngui.engine.ops.learning.pooling import (
    COLUMNS,
    ROWS,
    max_pool_gradient,
    pool_along,
    sum_pool_gradient,
)
from cnngui.engine.ops.learning.windows import Axis
from cnngui.engine.ops.live import pooling
from cnngui.engine.ops.live.layer import Layer
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.ops.registry import formula, learning, live
from cnngui.spec import layers as spec

Pooling = TypeVar("Pooling", spec.MaxPool2d, spec.AvgPool2d)


class _LivePool(Layer[Pooling]):
    @property
    def windows(self) -> pooling.Windows:
        layer = self.description
        return pooling.Windows(layer.kernel_size, layer.stride, layer.padding)

    @property
    def continues_band(self) -> bool:
        return self.windows.are_apart

    def rows_read(self, rows: range) -> range:
        size, stride = self.windows.kernel_size[0], self.windows.stride[0]
        # What lies between windows that are apart is read, too.
        return range(rows.start * stride, (rows.stop - 1) * stride + max(size, stride))

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        height = sources[0].shape[2]
        read, rows = range(height), part.rows
        if self.continues_band:
            # Only the rows of this band may be there. Counted from the first of them, windows
            # lie as they do in the whole.
            read = self.rows_read(rows)
            read, rows = range(read.start, min(read.stop, height)), range(len(rows))
        x = sources[0].view(Part(part.images, read))
        return self.pool(x, target.view(part), rows, scratch)

    def pool(
        self, x: NDArray[np.float32], out: NDArray[np.float32], rows: range, scratch: Scratch
    ) -> Calls:
        raise NotImplementedError


class _LearningPool(Operation):
    def __init__(self, layer: spec.MaxPool2d | spec.AvgPool2d, place: Place) -> None:
        super().__init__(layer, place)
        self._rows, self._columns = (
            Axis(self.x.shape[axis], self.out.shape[axis], window, stride, before=before)
            for axis, window, stride, before in zip(
                (ROWS, COLUMNS), layer.kernel_size, layer.stride, layer.padding, strict=True
            )
        )
        # Pooled down the columns, not yet across.
        (self._between,) = place.scratch((self.out.shape[0], *self.x.shape[1:]))


@live(spec.MaxPool2d)
class LiveMaxPool2d(_LivePool[spec.MaxPool2d]):
    """The largest value of each window."""

    takes_maxima = True

    def pool(
        self, x: NDArray[np.float32], out: NDArray[np.float32], rows: range, scratch: Scratch
    ) -> Calls:
        return pooling.max_pool(x, out, self.windows, rows, scratch)


@learning(spec.MaxPool2d)
class LearningMaxPool2d(_LearningPool):
    """The largest value of each window; of equal ones the first, row by row, has the gradient.

    The positive part of what it reads may be left to it: the largest of the positive parts is the
    positive part of the largest, and there are fewer of those.
    """

    uses_output = True

    def __init__(self, layer: spec.MaxPool2d, place: Place) -> None:
        super().__init__(layer, place)
        if place.goes_back:
            shape = self.out.shape
            self._share, self._mask = place.scratch(shape, masks=(shape,))

    @classmethod
    def does_also(cls, before: type[Operation]) -> bool:
        return before.is_positive_part

    def forward(self) -> None:
        pool_along(np.maximum, self.x, self._between, self._rows, ROWS, empty=-np.inf)
        pool_along(np.maximum, self._between, self.out, self._columns, COLUMNS, empty=-np.inf)
        if self.place.takes_positive_part:
            np.maximum(self.out, 0, out=self.out)

    def backward(self) -> None:
        if self.place.takes_positive_part:
            np.greater(self.out, 0, out=self._mask)
            np.multiply(self.d_out, self._mask, out=self.d_out)
        max_pool_gradient(
            self.d_out,
            self.x,
            self.out,
            self.d_x,
            self._rows,
            self._columns,
            self._share,
            self._mask,
        )


@live(spec.AvgPool2d)
class LiveAvgPool2d(_LivePool[spec.AvgPool2d]):
    """The mean of each window."""

    def pool(
        self, x: NDArray[np.float32], out: NDArray[np.float32], rows: range, scratch: Scratch
    ) -> Calls:
        include = self.description.count_include_pad
        return pooling.avg_pool(x, out, self.windows, rows, scratch, count_include_pad=include)


@learning(spec.AvgPool2d)
class LearningAvgPool2d(_LearningPool):
    """The mean of each window; all of its values share the gradient."""

    def __init__(self, layer: spec.AvgPool2d, place: Place) -> None:
        super().__init__(layer, place)
        windows = pooling.Windows(layer.kernel_size, layer.stride, layer.padding)
        sizes = (
            pooling.window_sizes(
                range(along.out_size), along.size, axis, windows, layer.count_include_pad
            )
            for axis, along in enumerate((self._rows, self._columns))
        )
        self._share = (1 / np.multiply.outer(*sizes)).astype(self.out.dtype)[:, None, :, None]

    def forward(self) -> None:
        pool_along(np.add, self.x, self._between, self._rows, ROWS, empty=0.0)
        pool_along(np.add, self._between, self.out, self._columns, COLUMNS, empty=0.0)
        np.multiply(self.out, self._share, out=self.out)

    def backward(self) -> None:
        np.multiply(self.d_out, self._share, out=self.d_out)
        sum_pool_gradient(self.d_out, self._between, self._columns, COLUMNS)
        sum_pool_gradient(self._between, self.d_x, self._rows, ROWS)


@formula(spec.GlobalAvgPool2d)
class GlobalAvgPool2d(Unary[spec.GlobalAvgPool2d]):
    """The mean of each map: ``(N, C, 1, 1)``."""

    splits_rows = False
    reads_same_rows = False

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [
            partial(np.add.reduce, x, axis=(2, 3), keepdims=True, out=out),
            bind(np.multiply, out, _share(x), out=out),
        ]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return [bind(np.multiply, d_out, _share(d_x), out=d_x)]


def _share(x: Array) -> Array:
    return np.array(1 / (x.shape[2] * x.shape[3]), x.dtype)
