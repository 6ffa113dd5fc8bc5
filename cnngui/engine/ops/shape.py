"""Layers that move values to other places and change none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind_copy
from cnngui.engine.ops.formula import Array, Recipe, Room, Seen, Unary
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec
from cnngui.spec.layers import Shape


@formula(spec.Flatten)
class Flatten(Unary[spec.Flatten]):
    """``(N, C, H, W)`` to ``(N, C * H * W)``: channel by channel, moment by moment, row by row."""

    splits_rows = False
    reads_same_rows = False

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [bind_copy(_as_maps(out, x.shape), x)]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return [bind_copy(d_x, _as_maps(d_out, d_x.shape))]


@formula(spec.Reshape)
class Reshape(Unary[spec.Reshape]):
    """The same numbers in the same order, channel by channel and row by row."""

    splits_rows = False
    reads_same_rows = False

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return _reshaped(x, out, room)

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return _reshaped(d_out, d_x, room)


def _reshaped(x: Array, out: Array, room: Room) -> Calls:
    if prod(x.shape[2:]) == 1:
        return [bind_copy(out, _as_maps(x, out.shape))]
    if prod(out.shape[2:]) == 1:
        return [bind_copy(_as_maps(out, x.shape), x)]
    between = room.line(x, *x.shape)
    return [bind_copy(between, x), bind_copy(out, between.reshape(out.shape))]


@formula(spec.Slice)
class Slice(Unary[spec.Slice]):
    """Some of the channels (or units), moments, rows or columns."""

    reads_same_rows = False
    splits_moments = True

    _moments = slice(None)

    def recipe(self, moment: int, sources: Sequence[Shape]) -> Recipe:
        return Recipe(None, ((0, self.layer.picked(sources[0][1])[moment]),))

    def of_moments(self, moments: range) -> Slice:
        part = Slice(self.layer, self.parameters)
        part._moments = slice(moments.start, moments.stop)
        return part

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [bind_copy(out, self._picked(x, rows))]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        rows = range(d_out.shape[-2])
        return [partial(d_x.fill, 0), bind_copy(self._picked(d_x, rows), d_out)]

    def _picked(self, x: Array, rows: range) -> Array:
        """See what some rows of the output are made of."""
        axis = self.layer.axis(x.shape[1:])
        places = [slice(None)] * (x.ndim - 1)
        places[-2] = slice(rows.start, rows.stop)
        if axis < len(places):  # else it picks all moments, each of which is an image here
            picked = self.layer.picked(x.shape[axis + 1])
            if axis == len(places) - 2:
                picked = picked[places[-2]]
            elif self.layer.dim == "time":
                picked = picked[self._moments]
            places[axis] = slice(picked.start, picked.stop, picked.step)
        return x[:, *places]


def _as_maps(flat: Array, shape: tuple[int, ...]) -> Array:
    """See a flat tensor ``(N, F, 1, 1)`` as maps of as many values."""
    return flat.reshape(flat.shape[:2]).reshape(shape)
