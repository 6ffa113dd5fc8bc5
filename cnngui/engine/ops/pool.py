"""Pooling over windows that slide. ``pool_whole`` has the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, run
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array
from cnngui.engine.ops.learning.operation import Operation, Place
from cnngui.engine.ops.learning.pooling import (
    COLUMNS,
    ROWS,
    ColumnsCompared,
    max_pool_gradient,
    max_pool_gradient_along,
    pool_along,
    sum_pool_gradient,
)
from cnngui.engine.ops.learning.windows import Axis
from cnngui.engine.ops.live import pooling
from cnngui.engine.ops.live.layer import Layer
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.ops.registry import learning, live
from cnngui.spec import layers as spec

Pooling = TypeVar("Pooling", spec.MaxPool2d, spec.AvgPool2d)


class _LivePool(Layer[Pooling]):
    @property
    def windows(self) -> pooling.Windows:
        layer = self.description
        return pooling.Windows(layer.kernel_size, layer.stride, layer.padding, layer.spacing)

    @property
    def continues_band(self) -> bool:
        return self.windows.are_apart

    def rows_read(self, rows: range) -> range:
        size, stride = self.windows.reach[0], self.windows.stride[0]
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
        x = sources[0].view(Part(part.images, read, part.units))
        return self.pool(x, target.view(part), rows, scratch)

    def pool(
        self, x: NDArray[np.float32], out: NDArray[np.float32], rows: range, scratch: Scratch
    ) -> Calls:
        raise NotImplementedError


class _LearningPool(Operation):
    def __init__(self, layer: spec.MaxPool2d | spec.AvgPool2d, place: Place) -> None:
        super().__init__(layer, place)
        self._rows, self._columns = (
            Axis(self.x.shape[axis], self.out.shape[axis], *windows)
            for axis, *windows in zip(
                (ROWS, COLUMNS),
                layer.kernel_size,
                layer.stride,
                layer.spacing,
                layer.padding,
                strict=True,
            )
        )
        self._between_shape = (self.out.shape[0], *self.x.shape[1:])
        """The shape of what is pooled down the columns, not yet across."""
        self._forward: Calls = []
        self._backward: Calls = []

    def _combine(self, combine: np.ufunc, between: Array, empty: float) -> Calls:
        return [
            *pool_along(combine, self.x, between, self._rows, ROWS, empty),
            *pool_along(combine, between, self.out, self._columns, COLUMNS, empty),
        ]

    def forward(self) -> None:
        run(self._forward)

    def backward(self) -> None:
        run(self._backward)


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
        between, out = place.keep(self._between_shape), self.out
        self._forward = self._combine(np.maximum, between, empty=-np.inf)
        if place.takes_positive_part:
            self._forward.append(bind(np.maximum, out, np.zeros((), out.dtype), out=out))
        if place.goes_back and place.d_sources[0] is not None:
            self._bind_backward(between)

    @classmethod
    def does_also(cls, before: type[Operation]) -> bool:
        return before.is_positive_part

    def _bind_backward(self, between: Array) -> None:
        x, out, d_x, d_out = self.x, self.out, self.d_x, self.d_out
        rows, columns = self._rows, self._columns
        d_between, down_share, share, down_mask, mask = self.place.scratch(
            between.shape, between.shape, out.shape, masks=(between.shape, out.shape)
        )
        across, down = (share, mask), (down_share, down_mask)
        if self.place.takes_positive_part:
            self._backward = [
                bind(np.greater, out, np.zeros((), out.dtype), out=mask),
                bind(np.multiply, d_out, mask, out=d_out),
            ]
        self._columns_compared = ColumnsCompared(between, out, columns, down_mask, mask)
        self._by_axes = [
            *max_pool_gradient_along(d_out, between, out, d_between, columns, COLUMNS, *across),
            *max_pool_gradient_along(d_between, x, between, d_x, rows, ROWS, *down),
        ]
        self._by_windows = max_pool_gradient(d_out, x, out, d_x, rows, columns, *across)

    def backward(self) -> None:
        super().backward()
        may_be_alike = self._columns_compared.may_be_alike()
        run(self._by_windows if may_be_alike else self._by_axes)


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
        (between,) = place.scratch(self._between_shape)
        windows = pooling.Windows(layer.kernel_size, layer.stride, layer.padding)
        sizes = (
            pooling.window_sizes(
                range(along.out_size), along.size, axis, windows, layer.count_include_pad
            )
            for axis, along in enumerate((self._rows, self._columns))
        )
        share = (1 / np.multiply.outer(*sizes)).astype(self.out.dtype)[:, None, :, None]
        self._forward = [
            *self._combine(np.add, between, empty=0.0),
            bind(np.multiply, self.out, share, out=self.out),
        ]
        if place.goes_back and place.d_sources[0] is not None:
            self._backward = [
                bind(np.multiply, self.d_out, share, out=self.d_out),
                *sum_pool_gradient(self.d_out, between, self._columns, COLUMNS),
                *sum_pool_gradient(between, self.d_x, self._rows, ROWS),
            ]
