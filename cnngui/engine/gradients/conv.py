"""2-D convolution and its gradients, as matrix multiplications."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.operation import Operation, Place
from cnngui.engine.gradients.unfold import Unfolding, by_group
from cnngui.engine.gradients.windows import Axis
from cnngui.spec import layers as spec

_PRODUCTS_BYTES = 100_000
"""Products of single rows are made and summed some at a time."""


def correlate(windows: Unfolding, weight: NDArray, out: NDArray) -> None:
    """Multiply every window by the weights.

    Parameters
    ----------
    windows : of what is convolved.
    weight : ``(groups, results, taps)``.
    out : ``(rows, groups, results, columns * images)``.
    """
    for chunk in windows.chunks:
        chunk.fill()
        np.matmul(weight, chunk.matrices, out=out[chunk.rows])


def weight_gradient(
    windows: Unfolding, d_out: NDArray, d_weight: NDArray, products: NDArray
) -> None:
    """Sum, over all places and images, each window times the gradient of its result.

    Parameters
    ----------
    windows : of what was convolved.
    d_out : ``(rows, groups, results, columns * images)``.
    d_weight : ``(groups, results, taps)``, overwritten.
    products : scratch for as many of d_weight as rows are multiplied at a time.
    """
    d_weight.fill(0)
    for chunk in windows.chunks:
        chunk.fill()
        d_rows, matrices = d_out[chunk.rows], chunk.matrices.swapaxes(-1, -2)
        for first in range(0, len(d_rows), len(products)):
            some = slice(first, first + len(products))
            by_row = products[: len(d_rows[some])]
            np.matmul(d_rows[some], matrices[some], out=by_row)
            d_weight += np.add.reduce(by_row, axis=0)


def spread(
    d_out: NDArray, weight: NDArray, d_x: NDArray, rows: Axis, columns: Axis, line: NDArray
) -> None:
    """The gradient with respect to what was convolved, for any stride.

    What a row of results passes back is added where its windows lie.

    Parameters
    ----------
    d_out : ``(rows, groups, results, columns * images)``.
    weight : ``(groups, taps, results)``.
    d_x : ``(rows, groups, group_channels, columns, images)``, overwritten.
    rows, columns : the convolution's windows.
    line : scratch ``(groups, kernel_height, kernel_width, group_channels, columns, images)``.
    """
    d_x.fill(0)
    matrices = line.reshape(line.shape[0], weight.shape[1], -1)
    across = columns.taps
    for result, d_row in enumerate(d_out):
        np.matmul(weight, d_row, out=matrices)
        for down, (ys, seen) in enumerate(rows.part(result, result + 1).taps):
            if ys.stop > ys.start:
                for tap, (xs, columns_seen) in enumerate(across):
                    target = d_x[seen.start, :, :, columns_seen]
                    target += line[:, down, tap][:, :, xs]


class Conv2d(Operation):
    """Conv2d."""

    def __init__(self, layer: spec.Conv2d, place: Place) -> None:
        super().__init__(layer, place)
        height, channels, width, images = self.x.shape
        out_height, out_channels, out_width, _ = self.out.shape
        (top, _), (left, _) = layer.pads
        self._groups = groups = layer.groups
        self._rows, self._columns = (
            Axis(size, out_size, window, stride, dilation, before)
            for size, out_size, window, stride, dilation, before in zip(
                (height, width),
                (out_height, out_width),
                layer.kernel_size,
                layer.stride,
                layer.dilation,
                (top, left),
                strict=True,
            )
        )
        kernel = layer.kernel_size
        self._windows = Unfolding(self.x, self._rows, self._columns, groups, place.memory)
        # (groups, results, group_channels, kernel_height, kernel_width)
        shape = (groups, out_channels // groups, channels // groups, *kernel)
        self._weight = place.parameters["weight"].reshape(shape)
        self._by_tap = place.keep((groups, shape[1], *kernel, shape[2]))
        self._results = by_group(self.out, groups)
        if not place.is_training:
            return
        self._d_results = by_group(self.d_out, groups)
        if place.gradients:
            self._d_weight = place.gradients["weight"].reshape(shape)
            self._d_by_tap = place.keep((groups, shape[1], self._windows.taps))
            rows = min(max(_PRODUCTS_BYTES // self._d_by_tap.nbytes, 1), out_height)
            self._products = place.keep((rows, *self._d_by_tap.shape))
        if place.d_sources[0] is not None:
            self._by_source = place.keep((groups, shape[2], *kernel, shape[1]))
            if layer.stride == (1, 1):
                self._seen = Unfolding(
                    self.d_out,
                    self._rows.backward(),
                    self._columns.backward(),
                    groups,
                    place.memory,
                )
            else:
                (self._line,) = place.scratch((groups, *kernel, shape[2], out_width, images))

    def forward(self) -> None:
        np.copyto(self._by_tap, self._weight.transpose(0, 1, 3, 4, 2))
        weight = self._by_tap.reshape(*self._by_tap.shape[:2], -1)
        correlate(self._windows, weight, self._results)
        if "bias" in self.place.parameters:
            self._results += self.place.parameters["bias"].reshape(self._groups, -1, 1)

    def learn(self) -> None:
        weight_gradient(self._windows, self._d_results, self._d_by_tap, self._products)
        by_tap = self._d_by_tap.reshape(self._by_tap.shape)
        np.copyto(self._d_weight, by_tap.transpose(0, 1, 4, 2, 3))
        if "bias" in self.place.gradients:
            d_bias = self.place.gradients["bias"].reshape(self._groups, -1)
            np.add.reduce(np.add.reduce(self._d_results, axis=3), axis=0, out=d_bias)

    def backward(self) -> None:
        if self._rows.stride == self._columns.stride == 1:
            # Each value sees the results through the same kernel, turned round.
            turned = self._weight[:, :, :, ::-1, ::-1].transpose(0, 2, 3, 4, 1)
            np.copyto(self._by_source, turned)
            weight = self._by_source.reshape(*self._by_source.shape[:2], -1)
            correlate(self._seen, weight, by_group(self.d_x, self._groups))
        else:
            # (groups, kernel_height, kernel_width, group_channels, results)
            weight = self._by_tap.transpose(0, 2, 3, 4, 1)
            height, channels, width, images = self.d_x.shape
            d_x = self.d_x.reshape(height, self._groups, channels // self._groups, width, images)
            flat = weight.reshape(self._groups, -1, weight.shape[-1])
            spread(self._d_results, flat, d_x, self._rows, self._columns, self._line)
