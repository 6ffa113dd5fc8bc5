"""Pooling over windows that slide. ``pool_whole`` has the others."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, run
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Recipe
from cnngui.engine.ops.learning.layout import by_moment
from cnngui.engine.ops.learning.operation import Operation, Place
from cnngui.engine.ops.learning.pooling import (
    COLUMNS,
    ROWS,
    TIMES,
    ColumnsCompared,
    max_pool_gradient,
    max_pool_gradient_along,
    pool_along,
    sum_pool_gradient,
)
from cnngui.engine.ops.learning.windows import Axis
from cnngui.engine.ops.live import pooling
from cnngui.engine.ops.live.layer import Layer, Shape4
from cnngui.engine.ops.live.layout import as_layout, is_pixel_major
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.spans import Run, Windows1d, recipe_of, runs
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.ops.moments import samples_of
from cnngui.engine.ops.registry import learning, live
from cnngui.spec import layers as spec
from cnngui.spec.layers import Shape, moments
from cnngui.spec.layers.pool import WindowPooling

Pooling = TypeVar("Pooling", bound=WindowPooling)
AnyPooling = spec.MaxPool2d | spec.AvgPool2d | spec.MaxPool3d | spec.AvgPool3d


_DOWN = 0.13
"""Nanoseconds a value for each tap down the columns, which goes over whole rows of what is read."""
_ACROSS = 0.4
"""The same for each tap across, which goes over every so-many-th column."""


class _LivePool(Layer[Pooling]):
    """Pooling of images; over several moments, of images that these are first combined to."""

    combine: np.ufunc
    """What makes one value of two."""
    splits_moments = True

    @property
    def windows(self) -> pooling.Windows:
        layer = self.description
        sizes = layer.kernel_size, layer.stride, layer.padding, layer.spacing
        return pooling.Windows(*(size[-2:] for size in sizes))

    @property
    def times(self) -> Windows1d:
        """The windows along time; of pooling of images, each is a moment."""
        layer = self.description
        if layer.rank == 2:
            return Windows1d(1, 1, 0)
        (before, after) = layer.pads[0]
        return Windows1d(layer.kernel_size[0], layer.stride[0], before, layer.spacing[0], after)

    def recipe(self, moment: int, sources: Sequence[Shape], shape: Shape) -> Recipe:
        (source,) = sources
        return recipe_of(self.times.taps(moment, moments(source)))

    @property
    def continues_band(self) -> bool:
        return self.windows.are_apart and self.times.are_moments

    def rows_read(self, rows: range) -> range:
        size, stride = self.windows.reach[0], self.windows.stride[0]
        # What lies between windows that are apart is read, too.
        return range(rows.start * stride, (rows.stop - 1) * stride + max(size, stride))

    def nanoseconds(self, shape: Shape4, multiply_adds: int) -> float:
        (height, width), (_, step) = self.windows.kernel_size, self.windows.stride
        taps = height * step * _DOWN + width * _ACROSS
        return prod(shape) * self.times.kernel_size * taps

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        (source,) = sources
        if not self.times.are_moments:
            return self._bind_across(source, target, part, scratch)
        height = source.shape[2]
        read, rows = range(height), part.rows
        if self.continues_band:
            # Only the rows of this band may be there. Counted from the first of them, windows
            # lie as they do in the whole.
            read = self.rows_read(rows)
            read, rows = range(read.start, min(read.stop, height)), range(len(rows))
        x = source.view(Part(part.images, read, part.units))
        return self.pool(x, target.view(part), rows, scratch)

    def _bind_across(self, source: Tensor, target: Tensor, part: Part, scratch: Scratch) -> Calls:
        """Combine moments first: one pass over each, and windows slide over less."""
        calls: Calls = []
        size, step, before = (
            self.windows.reach[0],
            self.windows.stride[0],
            self.windows.padding[0],
        )
        first, last = part.rows.start * step - before, (part.rows.stop - 1) * step - before + size
        rows = slice(max(first, 0), min(last, source.shape[2]))
        maps = source.values
        for alike in runs(part.images, source, target, self.times.taps):
            seen = [maps[images.start : images.stop : images.step] for images in alike.sources]
            x, *others = seen
            if others:
                combined = as_layout(scratch.take(x.size), x.shape, is_pixel_major(x))
                some = combined[:, :, rows]
                for number, moment in enumerate(others):
                    before_it = some if number else x[:, :, rows]
                    calls.append(bind(self.combine, before_it, moment[:, :, rows], out=some))
                x = combined
            out = target.view(Part(alike.images, part.rows))
            calls += self.pool(x, out, part.rows, scratch)
            calls += self._share(alike, source.moments, target.moments, out)
        return calls

    def _share(self, alike: Run, side: int, out_side: int, out: Array) -> Calls:
        """Bind what is still to be done to what has been pooled over several moments."""
        return []

    def pool(
        self, x: NDArray[np.float32], out: NDArray[np.float32], rows: range, scratch: Scratch
    ) -> Calls:
        raise NotImplementedError


class _LearningPool(Operation):
    """Windows taken along one axis after the other; see ``learning.pooling``."""

    divides_channels = True

    def __init__(self, layer: AnyPooling, place: Place) -> None:
        super().__init__(layer, place)
        self._axes = _axes_of(layer, self.x, self.out, place.images)
        self._reaches_over_time = TIMES in self._axes
        self._forward: Calls = []
        self._backward: Calls = []

    def _seen(self, maps: Array) -> Array:
        """See maps with an axis for time, where windows reach over that."""
        return by_moment(maps, self.place.images) if self._reaches_over_time else maps

    def _stages(self) -> list[tuple[int, Axis, tuple[int, ...]]]:
        """Return along which axes windows are taken, in order, and the shape of what that gives."""
        shape, found = list(self._seen(self.x).shape), []
        for axis, windows in self._axes.items():
            shape[axis] = windows.out_size
            found.append((axis, windows, tuple(shape)))
        return found

    def _combine(self, combine: np.ufunc, results: Sequence[Array], empty: float) -> Calls:
        """Bind the taking of windows along each axis, and where that goes."""
        calls: Calls = []
        x = self._seen(self.x)
        for (axis, windows, _), out in zip(self._stages(), results, strict=True):
            calls += pool_along(combine, x, out, windows, axis, empty)
            x = out
        return calls

    def forward(self) -> None:
        run(self._forward)

    def backward(self) -> None:
        run(self._backward)


def _axes_of(layer: AnyPooling, x: Array, out: Array, images: int) -> dict[int, Axis]:
    """Return the windows along each axis of maps in memory, in the order in which they are taken.

    Those that change nothing along an axis but time's are taken, too: they are rare.
    """
    told = [layer.kernel_size, layer.stride, layer.spacing, layer.padding]
    windows = list(zip(*told, strict=True))
    rows, columns = (
        Axis(x.shape[axis], out.shape[axis], *window)
        for axis, window in zip((ROWS, COLUMNS), windows[-2:], strict=True)
    )
    if layer.rank == 3:
        times = Axis(x.shape[-1] // images, out.shape[-1] // images, *windows[0])
        if not times.changes_nothing:
            return {COLUMNS: columns, ROWS: rows, TIMES: times}
    return {ROWS: rows, COLUMNS: columns}


@live(spec.MaxPool2d)
@live(spec.MaxPool3d)
class LiveMaxPool(_LivePool[WindowPooling]):
    """The largest value of each window."""

    combine = np.maximum
    takes_maxima = True

    def pool(
        self, x: NDArray[np.float32], out: NDArray[np.float32], rows: range, scratch: Scratch
    ) -> Calls:
        return pooling.max_pool(x, out, self.windows, rows, scratch)


@learning(spec.MaxPool2d)
@learning(spec.MaxPool3d)
class LearningMaxPool(_LearningPool):
    """The largest value of each window; of equal ones the first, row by row, has the gradient.

    The positive part of what it reads may be left to it: the largest of the positive parts is the
    positive part of the largest, and there are fewer of those.
    """

    uses_output = True

    def __init__(self, layer: spec.MaxPool2d | spec.MaxPool3d, place: Place) -> None:
        super().__init__(layer, place)
        out = self._seen(self.out)
        results = [*(place.keep(shape) for _, _, shape in self._stages()[:-1]), out]
        self._forward = self._combine(np.maximum, results, empty=-np.inf)
        if place.takes_positive_part:
            self._forward.append(bind(np.maximum, out, np.zeros((), out.dtype), out=out))
        if place.goes_back and place.d_sources[0] is not None:
            self._bind_backward(results)

    @classmethod
    def does_also(cls, before: type[Operation]) -> bool:
        return before.is_positive_part

    def _bind_backward(self, results: Sequence[Array]) -> None:
        shapes = [result.shape for result in results]
        scratch = iter(self.place.scratch(*shapes[:-1], *shapes, masks=tuple(shapes)))
        d_between, shares, masks = (
            [next(scratch) for _ in some] for some in (shapes[:-1], shapes, shapes)
        )
        out, d_out = results[-1], self._seen(self.d_out)
        if self.place.takes_positive_part:
            self._backward = [
                bind(np.greater, out, np.zeros((), out.dtype), out=masks[-1]),
                bind(np.multiply, d_out, masks[-1], out=d_out),
            ]
        self._by_axes: Calls = []
        read = [self._seen(self.x), *results[:-1]]
        d_read = [self._seen(self.d_x), *d_between]
        for number, (axis, windows, _) in reversed(list(enumerate(self._stages()))):
            self._by_axes += max_pool_gradient_along(
                [*d_between, d_out][number],
                read[number],
                results[number],
                d_read[number],
                windows,
                axis,
                shares[number],
                masks[number],
            )
        if not self._reaches_over_time:
            rows, columns = self._axes[ROWS], self._axes[COLUMNS]
            self._columns_compared = ColumnsCompared(results[0], out, columns, *masks)
            self._by_windows = max_pool_gradient(
                d_out, self.x, out, self.d_x, rows, columns, shares[-1], masks[-1]
            )

    def backward(self) -> None:
        super().backward()
        may_be_alike = not self._reaches_over_time and self._columns_compared.may_be_alike()
        run(self._by_windows if may_be_alike else self._by_axes)


@live(spec.AvgPool2d)
@live(spec.AvgPool3d)
class LiveAvgPool(_LivePool[spec.AvgPool2d | spec.AvgPool3d]):
    """The mean of each window."""

    combine = np.add

    def _share(self, alike: Run, side: int, out_side: int, out: Array) -> Calls:
        times = self.times
        windows = pooling.Windows((times.kernel_size, 1), (times.stride, 1), (times.before, 0))
        _, outputs = samples_of(alike.images, out_side)
        include = self.description.count_include_pad
        sizes = pooling.window_sizes(outputs, side, 0, windows, include)
        if (sizes == 1).all():
            return []
        share = (1 / sizes).astype(out.dtype).reshape(-1, 1, 1, 1)
        return [bind(np.multiply, out, share, out=out)]

    def pool(
        self, x: NDArray[np.float32], out: NDArray[np.float32], rows: range, scratch: Scratch
    ) -> Calls:
        include = self.description.count_include_pad
        return pooling.avg_pool(x, out, self.windows, rows, scratch, count_include_pad=include)


@learning(spec.AvgPool2d)
@learning(spec.AvgPool3d)
class LearningAvgPool(_LearningPool):
    """The mean of each window; all of its values share the gradient."""

    def __init__(self, layer: spec.AvgPool2d | spec.AvgPool3d, place: Place) -> None:
        super().__init__(layer, place)
        stages = self._stages()
        between = place.scratch(*(shape for _, _, shape in stages[:-1]))
        out = self._seen(self.out)
        counts = np.ones((), np.int64)
        for axis, windows, _ in stages:
            sizes = windows.sizes(with_padding=layer.count_include_pad)
            counts = counts * sizes.reshape(-1, *(1,) * (out.ndim - 1 - axis))
        share = (1 / counts).astype(out.dtype)
        self._forward = [
            *self._combine(np.add, [*between, out], empty=0.0),
            bind(np.multiply, out, share, out=out),
        ]
        if place.goes_back and place.d_sources[0] is not None:
            d_out = self._seen(self.d_out)
            self._backward = [bind(np.multiply, d_out, share, out=d_out)]
            steps = zip(stages, [*between, d_out], [self._seen(self.d_x), *between], strict=True)
            for (axis, windows, _), d_result, d_read in reversed(list(steps)):
                self._backward += sum_pool_gradient(d_result, d_read, windows, axis)
