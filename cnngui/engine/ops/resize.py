"""Padding, and upsampling."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import prod
from typing import TypeVar

import numpy as np

from cnngui.engine.ops import Call, Calls
from cnngui.engine.ops.curves import number
from cnngui.engine.ops.elementwise import bind, bind_copy, memory_order
from cnngui.engine.ops.formula import Array, Recipe, Room, Seen, Unary
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec
from cnngui.spec.layers import Shape
from cnngui.spec.layers.resize import Padding, Tap, Upsampling

AnyPadding = TypeVar("AnyPadding", bound=Padding)
AnyUpsampling = TypeVar("AnyUpsampling", bound=Upsampling)

ROWS, COLUMNS = -2, -1


@formula(spec.Pad2d)
@formula(spec.Pad3d)
class Pad(Unary[AnyPadding]):
    """Maps copied, and what goes around them: in runs, straight on, mirrored or repeated."""

    reads_same_rows = False
    splits_moments = True

    _moments: range | None = None

    def recipe(self, moment: int, sources: Sequence[Shape]) -> Recipe:
        place, side = moment - self.layer.pads[0][0], sources[0][1]
        if self.layer.mode != "constant":
            place = self.layer.source_of(place, side)
        return Recipe(None, ((0, place),) if 0 <= place < side else ())

    def of_moments(self, moments: range) -> Pad[AnyPadding]:
        part = Pad(self.layer, self.parameters)
        part._moments = moments
        return part

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        calls: Calls = []
        if self.layer.mode == "constant":
            calls.append(partial(out.fill, self.layer.value))
        for to, source, _ in self._blocks(x.shape, out.shape, rows):
            calls.append(bind_copy(out[to], x[source]))
        return calls

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        calls: Calls = [partial(d_x.fill, 0)]
        for to, source, repeated in self._blocks(d_x.shape, d_out.shape, range(d_out.shape[ROWS])):
            target, share = d_x[source], d_out[to]
            if repeated:
                total = room.line(d_out, *target.shape)
                calls.append(partial(np.add.reduce, share, axis=repeated, keepdims=True, out=total))
                share = total
            calls.append(bind(np.add, target, share, out=target))
        return calls

    def _blocks(
        self, shape: Sequence[int], out_shape: Sequence[int], rows: range
    ) -> list[tuple[tuple[slice, ...], tuple[slice, ...], tuple[int, ...]]]:
        """Return what is copied whole: where to, where from, the axes along which that repeats."""
        axes = range(2, len(shape))
        sought = [range(out_shape[axis]) for axis in axes]
        sought[ROWS] = rows
        if self._moments is not None:
            sought[0] = self._moments
        runs = (
            self._runs(range(places.start - before, places.stop - before), shape[axis])
            for axis, places, (before, _) in zip(axes, sought, self.layer.pads, strict=True)
        )
        all_images = (slice(None), slice(None))
        return [
            (
                (*all_images, *(to for to, _, _ in block)),
                (*all_images, *(of for _, of, _ in block)),
                tuple(axis for axis, (_, _, is_one) in zip(axes, block, strict=True) if is_one),
            )
            for block in product(*runs)
        ]

    def _runs(self, places: range, side: int) -> list[tuple[slice, slice, bool]]:
        """Return runs of one axis: in the output, in the input, whether that is one value repeated.

        ``places`` are the output's, counted from the first value of the input on.
        """
        inside = range(max(places.start, 0), min(places.stop, side))
        if self.layer.mode == "constant":
            if not inside:
                return []
            first = inside.start - places.start
            to = slice(first, first + len(inside))
            return [(to, slice(inside.start, inside.stop), False)]
        runs: list[tuple[slice, slice, bool]] = []
        sources = [self.layer.source_of(place, side) for place in places]
        start = 0
        while start < len(sources):
            stop, step = start + 1, 1
            if stop < len(sources):
                step = sources[stop] - sources[start]
                while stop < len(sources) and sources[stop] - sources[stop - 1] == step:
                    stop += 1
            if step == 0:
                source = slice(sources[start], sources[start] + 1)
            else:
                end = sources[stop - 1] + step
                source = slice(sources[start], end if end >= 0 else None, step)
            runs.append((slice(start, stop), source, step == 0))
            start = stop
        return runs


@formula(spec.Upsample)
@formula(spec.Upsample3d)
class Upsample(Unary[AnyUpsampling]):
    """Along columns first, of which there are then fewer rows, along rows, and along time.

    What is taken is taken by index, not multiplied by 0 or 1: an infinite value stays where it is.
    """

    reads_same_rows = False
    splits_moments = True

    _moments = slice(None)

    def recipe(self, moment: int, sources: Sequence[Shape]) -> Recipe:
        tap = self._taps((1, *sources[0]))[0][moment]
        return Recipe(tap.share, ((0, tap.near), (0, tap.far)))

    def of_moments(self, moments: range) -> Upsample[AnyUpsampling]:
        part = Upsample(self.layer, self.parameters)
        part._moments = slice(moments.start, moments.stop)
        return part

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        *times, down, across = self._taps(x.shape)
        x, down = _needed(x, down[rows.start : rows.stop], x.ndim + ROWS)
        for place, taps in enumerate(times):
            x, times[place] = _needed(x, taps[self._moments], 2)
        calls: Calls = []
        for axis, taps in ((COLUMNS, across), (ROWS, down), *((2, taps) for taps in times)):
            more, x = _taken(x, taps, axis % x.ndim, room)
            calls += more
        return [*calls, bind_copy(out, x)]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        *times, down, across = self._taps(d_x.shape)
        calls: Calls = []
        *before, (last_axis, last) = (
            *((2, taps) for taps in times),
            (COLUMNS, across),
            (ROWS, down),
        )
        for axis, taps in before:
            shape = list(d_out.shape)
            shape[axis] = d_x.shape[axis]
            narrow = room.like(d_out, shape=tuple(shape))
            calls.append(_handed_back(taps, d_out, narrow, axis))
            d_out = narrow
        return [*calls, _handed_back(last, d_out, d_x, last_axis)]

    def _taps(self, shape: Sequence[int]) -> list[list[Tap]]:
        """Return what the places along each axis are made of, of maps of that shape."""
        sides = shape[2:]
        _, *out_sides = self.layer.output_shape([(1, *sides)])
        return [
            self.layer.taps(axis, side, out_side)
            for axis, (side, out_side) in enumerate(zip(sides, out_sides, strict=True))
        ]


def _needed(x: Array, taps: Sequence[Tap], axis: int) -> tuple[Array, list[Tap]]:
    """See what some taps along an axis reach over, and count the taps from its beginning on."""
    first, last = taps[0].near, taps[-1].far
    moved = [Tap(tap.near - first, tap.far - first, tap.share) for tap in taps]
    return x[(slice(None),) * axis + (slice(first, last + 1),)], moved


def _taken(x: Array, taps: Sequence[Tap], axis: int, room: Room) -> tuple[Calls, Array]:
    """Bind the making of each row or column of one or two others. Returns where they then are."""
    order = memory_order(x)
    calls: Calls = []
    if not x.transpose(order).flags.c_contiguous:
        copied = room.like(x)
        calls.append(bind_copy(copied, x))
        x = copied
    shape = (*x.shape[:axis], len(taps), *x.shape[axis + 1 :])
    lines, place = x.transpose(order), order.index(axis)

    def take(indices: Sequence[int]) -> Array:
        result = room.like(x, shape=shape)
        # "clip" only spares NumPy a copy of the result: no index lies outside.
        out, mode = result.transpose(order), "clip"
        calls.append(partial(np.take, lines, np.array(indices), place, out, mode))
        return result

    near = take([tap.near for tap in taps])
    if any(tap.share for tap in taps):
        far = take([tap.far for tap in taps])
        share = np.array([tap.share for tap in taps], x.dtype)
        share = share.reshape(-1, *(1 for _ in shape[axis + 1 :]))
        calls += [
            bind(np.multiply, near, number(1, x) - share, out=near),
            bind(np.multiply, far, share, out=far),
            bind(np.add, near, far, out=near),
        ]
    return calls, near


def _handed_back(taps: Sequence[Tap], d_out: Array, d_x: Array, axis: int) -> Call:
    """Bind the gradient with respect to what rows or columns are made of: a matrix product."""
    axis %= d_x.ndim
    matrix = np.zeros((d_x.shape[axis], d_out.shape[axis]), d_x.dtype)
    for place, tap in enumerate(taps):
        matrix[tap.near, place] += 1 - tap.share
        matrix[tap.far, place] += tap.share
    order = memory_order(d_out)
    place = order.index(axis)
    lines, out_lines = (
        array.transpose(order).reshape(prod(shape[:place]), shape[place], -1)
        for array in (d_out, d_x)
        for shape in [[array.shape[axis] for axis in order]]
    )
    return partial(np.matmul, matrix, lines, out_lines)
