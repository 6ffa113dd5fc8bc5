"""Pooling and its gradients, over maps ``(rows, channels, columns, images)``.

A window is taken down the columns first and then across: the largest of the rows' largest, the sum
of the rows' sums. So every function here pools along one axis, and layers call it twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.operation import Operation, Place
from cnngui.engine.gradients.windows import Axis
from cnngui.engine.ops.pool import Windows, window_sizes
from cnngui.spec import layers as spec

ROWS, COLUMNS = 0, 2


def _along(axis: int, array: NDArray, place: slice) -> NDArray:
    return array[place] if axis == ROWS else array[:, :, place]


def max_pool(x: NDArray, out: NDArray, windows: Axis, axis: int) -> None:
    """The largest value of each window."""
    _combine(np.maximum, x, out, windows, axis, empty=-np.inf)


def max_pool_gradient(
    d_out: NDArray,
    x: NDArray,
    out: NDArray,
    d_x: NDArray,
    windows: Axis,
    axis: int,
    part: NDArray,
    is_largest: NDArray,
) -> None:
    """Each window's gradient goes to its largest value, to the first where several are equal.

    ``d_out`` is used up. ``part``: scratch of out's shape; ``is_largest``: the same, bool.
    """
    adds_up = not windows.is_partition
    if adds_up:
        d_x.fill(0)
    for tap, (results, values) in enumerate(windows.taps):
        left, target = _along(axis, d_out, results), _along(axis, d_x, values)
        if tap == windows.window - 1 and not adds_up:
            np.copyto(target, left)
            return
        hit, share = _along(axis, is_largest, results), _along(axis, part, results)
        np.equal(_along(axis, x, values), _along(axis, out, results), out=hit)
        if adds_up:
            np.multiply(left, hit, out=share)
            target += share
            left -= share
        else:
            np.multiply(left, hit, out=target)
            left -= target


def sum_pool(x: NDArray, out: NDArray, windows: Axis, axis: int) -> None:
    """The sum of each window; padding counts as zero."""
    _combine(np.add, x, out, windows, axis, empty=0.0)


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


def _combine(
    combine: np.ufunc, x: NDArray, out: NDArray, windows: Axis, axis: int, empty: float
) -> None:
    """Combine the values of each window; ``empty`` is the result where there are none."""
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


class _Pooling(Operation):
    def __init__(self, layer: spec.MaxPool2d | spec.AvgPool2d, place: Place) -> None:
        super().__init__(layer, place)
        self._rows, self._columns = (
            Axis(self.x.shape[axis], self.out.shape[axis], window, stride, before=before)
            for axis, window, stride, before in zip(
                (ROWS, COLUMNS), layer.kernel_size, layer.stride, layer.padding, strict=True
            )
        )
        # Pooled down the columns, not yet across.
        self._between_shape = (self.out.shape[0], *self.x.shape[1:])


class MaxPool2d(_Pooling):
    """MaxPool2d. ``applies_relu``: ReLU comes with it."""

    uses_output = True

    def __init__(self, layer: spec.MaxPool2d, place: Place, *, applies_relu: bool = False) -> None:
        super().__init__(layer, place)
        self._applies_relu = applies_relu
        self._between = place.keep(self._between_shape)
        if place.is_training:
            shape = self._between_shape
            self._d_between, self._part, self._across_part, self._mask, self._across_mask = (
                place.scratch(shape, shape, self.out.shape, masks=(shape, self.out.shape))
            )

    def forward(self) -> None:
        max_pool(self.x, self._between, self._rows, ROWS)
        max_pool(self._between, self.out, self._columns, COLUMNS)
        if self._applies_relu:
            np.maximum(self.out, 0, out=self.out)

    def backward(self) -> None:
        if self._applies_relu:
            np.greater(self.out, 0, out=self._across_mask)
            np.multiply(self.d_out, self._across_mask, out=self.d_out)
        max_pool_gradient(
            self.d_out,
            self._between,
            self.out,
            self._d_between,
            self._columns,
            COLUMNS,
            self._across_part,
            self._across_mask,
        )
        max_pool_gradient(
            self._d_between,
            self.x,
            self._between,
            self.d_x,
            self._rows,
            ROWS,
            self._part,
            self._mask,
        )


class AvgPool2d(_Pooling):
    """AvgPool2d."""

    def __init__(self, layer: spec.AvgPool2d, place: Place) -> None:
        super().__init__(layer, place)
        (self._between,) = place.scratch(self._between_shape)
        windows = Windows(layer.kernel_size, layer.stride, layer.padding)
        sizes = (
            window_sizes(range(along.out_size), along.size, axis, windows, layer.count_include_pad)
            for axis, along in enumerate((self._rows, self._columns))
        )
        self._share = (1 / np.multiply.outer(*sizes)).astype(self.out.dtype)[:, None, :, None]

    def forward(self) -> None:
        sum_pool(self.x, self._between, self._rows, ROWS)
        sum_pool(self._between, self.out, self._columns, COLUMNS)
        np.multiply(self.out, self._share, out=self.out)

    def backward(self) -> None:
        np.multiply(self.d_out, self._share, out=self.d_out)
        sum_pool_gradient(self.d_out, self._between, self._columns, COLUMNS)
        sum_pool_gradient(self._between, self.d_x, self._rows, ROWS)


class GlobalAvgPool2d(Operation):
    """GlobalAvgPool2d."""

    def forward(self) -> None:
        np.mean(self.x, axis=(0, 2), keepdims=True, out=self.out)

    def backward(self) -> None:
        places = self.d_x.shape[0] * self.d_x.shape[2]
        np.multiply(self.d_out, 1 / places, out=self.d_out)
        np.copyto(self.d_x, self.d_out)
