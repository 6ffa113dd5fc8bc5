"""Convolution while a network learns: three ways, by the size of its maps."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.learning.convolving import (
    correlate,
    rows_multiplied,
    spread,
    weight_gradient,
)
from cnngui.engine.ops.learning.kernels import (
    axes_of,
    by_result,
    by_tap,
    from_taps,
    images_of,
    scattered,
    to_taps,
)
from cnngui.engine.ops.learning.layout import by_moment
from cnngui.engine.ops.learning.one_matrix import OneMatrix, fits_one_matrix
from cnngui.engine.ops.learning.operation import Division, Operation, Place
from cnngui.engine.ops.learning.tiles import Tiles, suits_tiles
from cnngui.engine.ops.learning.unfold import Axes, Unfolding, by_group
from cnngui.engine.ops.registry import learning
from cnngui.spec import layers as spec


@learning(spec.Conv2d)
@learning(spec.Conv3d)
class LearningConv(Operation):
    """Windows as matrices, some rows at a time; backward the same with results and values swapped.

    With a stride, what a row of results passes back is added where its windows lie.
    """

    def __init__(self, layer: spec.Conv2d | spec.Conv3d, place: Place, axes: Axes) -> None:
        super().__init__(layer, place)
        images = images_of(layer, place)
        x, out = by_moment(self.x, images), by_moment(self.out, images)
        self._groups = groups = layer.groups
        made, read = out.shape[1] // groups, x.shape[1] // groups
        self._axes = axes
        window = self._axes.window
        self._rows = place.share(len(out))
        self._windows = Unfolding(x, self._axes, groups, place.memory, self._rows)
        self._weight = place.parameters["weight"].reshape(groups, made, read, *window)
        self._by_tap = by_tap(self._weight, place)
        self._results = by_group(self.out, groups)
        if not place.goes_back:
            return
        d_out = by_moment(self.d_out, images)
        self._d_results = by_group(self.d_out, groups)
        if place.gradients:
            self._gradients = self.partial_gradients = place.own_gradients()
            self._d_weight = self._gradients["weight"].reshape(self._weight.shape)
            self._d_by_tap = place.keep((groups, self._windows.taps, made))
            rows = rows_multiplied(self._d_by_tap, max(len(out[self._rows]), 1))
            self._products = place.keep((rows, *self._d_by_tap.shape))
        if place.d_sources[0] is not None:
            if set(self._axes.stride) == {1}:
                self._by_source = by_tap(self._weight.swapaxes(1, 2), place)
                rows_read, axes = place.share(len(x)), self._axes.backward()
                self._seen = Unfolding(d_out, axes, groups, place.memory, rows_read)
            else:
                rows_read = place.share(len(x))
                d_x = by_moment(self.d_x[rows_read], images)
                self._d_x = d_x.reshape(len(d_x), groups, read, *x.shape[2:])
                self._spread_axes = self._axes._replace(rows=self._axes.rows.over(rows_read))
                self._lines = scattered(self._weight, out, place)

    @classmethod
    def division(
        cls, layer: spec.Conv2d | spec.Conv3d, place: Place, lanes: int
    ) -> Division | None:
        kind, _ = _strategy(layer, place)
        channels, rows = (
            place.parameters["weight"].shape[:2],
            (len(place.sources[0]), len(place.out)),
        )
        return "work" if min(channels if kind is SmallMapsConv else rows) >= lanes else None

    @classmethod
    def at(cls, layer: spec.Conv2d | spec.Conv3d, place: Place) -> Operation:
        """Return what suits the size of its maps."""
        kind, axes = _strategy(layer, place)
        return kind(layer, place, axes)

    def forward(self) -> None:
        to_taps(self._weight, self._by_tap)
        weight = self._by_tap.reshape(*self._by_tap.shape[:2], -1)
        bias = self.place.parameters.get("bias")
        by_group_bias = None if bias is None else bias.reshape(self._groups, -1, 1)
        correlate(self._windows, weight, self._results, by_group_bias)

    def learn(self) -> None:
        weight_gradient(self._windows, self._d_results, self._d_by_tap, self._products)
        from_taps(self._d_by_tap, self._d_weight)
        if "bias" in self._gradients:
            d_bias = self._gradients["bias"].reshape(self._groups, -1)
            np.add.reduce(np.add.reduce(self._d_results[self._rows], axis=3), axis=0, out=d_bias)

    def backward(self) -> None:
        if set(self._axes.stride) == {1}:
            # Each value sees the results through the same kernel, turned round.
            turned = self._weight[..., ::-1, ::-1, ::-1].swapaxes(1, 2)
            to_taps(turned, self._by_source)
            weight = self._by_source.reshape(*self._by_source.shape[:2], -1)
            correlate(self._seen, weight, by_group(self.d_x, self._groups))
        else:
            weight = by_result(self._by_tap)
            spread(self._d_results, weight, self._d_x, self._spread_axes, self._lines)


class TiledConv(Operation):
    """By Winograd's method, a quarter of the multiply-adds; backward with the kernel turned round.

    Moments count as more images.
    """

    def __init__(self, layer: spec.Conv2d | spec.Conv3d, place: Place, axes: Axes) -> None:
        super().__init__(layer, place)
        images = images_of(layer, place)
        x, read, made = by_moment(self.x, images), self.x.shape[1], self.out.shape[1]
        self._shape = made, read, *axes.window[1:]
        self._tiles = Tiles(x, made, axes, place.memory, place.lane, place.lanes)
        self._gradients = self.partial_gradients = place.own_gradients()
        self._rows = place.share(len(self.out))
        if place.goes_back and place.d_sources[0] is not None:
            d_out = by_moment(self.d_out, images)
            lane = place.lane, place.lanes
            self._seen = Tiles(d_out, read, axes.backward(), place.memory, *lane)

    def forward(self) -> None:
        weight = self.place.parameters["weight"].reshape(self._shape)
        self._tiles.correlate(weight, self.place.parameters.get("bias"), self.out)

    def learn(self) -> None:
        gradients = self._gradients
        self._tiles.weight_gradient(self.d_out, gradients["weight"].reshape(self._shape))
        if "bias" in gradients:
            sums = np.add.reduce(by_group(self.d_out[self._rows], 1)[:, 0], axis=2)
            np.add.reduce(sums, axis=0, out=gradients["bias"])

    def backward(self) -> None:
        weight = self.place.parameters["weight"].reshape(self._shape)
        turned = weight[..., ::-1, ::-1].swapaxes(0, 1)
        self._seen.correlate(turned, None, self.d_x)


class SmallMapsConv(Operation):
    """All windows as one matrix: large weights are read once, and as they lie."""

    def __init__(self, layer: spec.Conv2d | spec.Conv3d, place: Place, axes: Axes) -> None:
        super().__init__(layer, place)
        images = images_of(layer, place)
        weight = place.parameters["weight"]
        # Lanes divide channels: those of the results, and on the way back those that are read.
        self._made, read = place.share(len(weight)), place.share(weight.shape[1])
        x, self._out = by_moment(self.x, images), by_moment(self.out[:, self._made], images)
        self._weight = _as_matrix(weight)[self._made]
        self._windows = OneMatrix(x, self._out, axes, place.memory)
        if not place.goes_back:
            return
        d_out = by_moment(self.d_out, images)
        self._d_out = d_out[:, self._made]
        if place.d_sources[0] is not None:
            taps = prod(axes.window)
            self._d_x = by_moment(self.d_x[:, read], images)
            self._whole_d_out = d_out
            self._weight_read = _as_matrix(weight)[:, read.start * taps : read.stop * taps]
            self._seen = OneMatrix(self._d_x, d_out, axes, place.memory)

    def forward(self) -> None:
        bias = self.place.parameters.get("bias")
        some = None if bias is None else bias[self._made]
        self._windows.correlate(self._weight, some, self._out)

    def learn(self) -> None:
        gradients = self.place.gradients
        d_bias = gradients.get("bias")
        self._windows.weight_gradient(
            self._d_out,
            _as_matrix(gradients["weight"])[self._made],
            None if d_bias is None else d_bias[self._made],
        )

    def backward(self) -> None:
        self._seen.spread(self._weight_read, self._whole_d_out, self._d_x)


def _strategy(
    layer: spec.Conv2d | spec.Conv3d, place: Place
) -> tuple[type[LearningConv | TiledConv | SmallMapsConv], Axes]:
    """Return what suits the size of some maps, and the windows."""
    images = images_of(layer, place)
    x, out = by_moment(place.sources[0], images), by_moment(place.out, images)
    axes = axes_of(layer, x, out, [before for before, _ in layer.pads])
    # What is differentiated for somebody to look at must be zero where nothing reaches; tiles
    # leave there what sums of larger numbers are rounded by.
    is_looked_at = place.goes_back and place.learning is None
    if layer.groups == 1 and suits_tiles(x, out, axes) and not is_looked_at:
        return TiledConv, axes
    if layer.groups == 1 and fits_one_matrix(x, axes):
        return SmallMapsConv, axes
    return LearningConv, axes


def _as_matrix(weight: NDArray) -> NDArray:
    return weight.reshape(len(weight), -1)
