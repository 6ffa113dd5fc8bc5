"""Layers that pick numbers, or give them another shape, and change none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from cnngui.errors import text
from cnngui.spec.layers.arguments import argument
from cnngui.spec.layers.base import (
    Arithmetic,
    Box,
    LayerSpec,
    MenuGroup,
    MisfitError,
    Shape,
    shape_text,
)


class _Rearranging(LayerSpec):
    """Numbers at other places; what was channel i is channel i where there are as many."""

    arithmetic: ClassVar[Arithmetic] = "copy"
    rank: ClassVar[int | None] = None
    keeps_channels: ClassVar[bool] = True

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)


class Flatten(_Rearranging):
    """``(C, H, W)`` to ``(C * H * W,)``, channel by channel, moment by moment, row by row."""

    menu_group: ClassVar[MenuGroup] = "shape"

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return (prod(sources[0]),)

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (units,) = part
        return [box_of(units, sources[0])]


@dataclass(frozen=True, kw_only=True)
class Reshape(_Rearranging):
    """The same numbers in the same order, channel by channel and row by row, in another shape.

    Attributes
    ----------
    shape : one number for a flat tensor, channels, height and width, or channels, time, height and
        width; -1 stands for whatever is left, and may do so once.
    """

    menu_group: ClassVar[MenuGroup] = "shape"
    since: ClassVar[int] = 2

    shape: Shape = argument((-1, 1, 1), "shape", minimum=-1, maximum=1_000_000)

    @property
    def format_version(self) -> int:
        return max(super().format_version, 3 if len(self.shape) == 4 else 1)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        values = prod(sources[0])
        if self.shape.count(-1) > 1 or 0 in self.shape:
            rule = text("must be whole numbers from 1, or -1 once for what is left")
            raise MisfitError("shape", rule, shape_text(self.shape))
        told = abs(prod(self.shape))
        if values % told or (-1 not in self.shape and told != values):
            rule = text("must hold the {count:,} values it reads", count=values)
            raise MisfitError("shape", rule, shape_text(self.shape))
        return tuple(values // told if side == -1 else side for side in self.shape)

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (source,) = sources
        if [side for side in source if side > 1] == [side for side in shape if side > 1]:
            # Only axes of length 1 come or go: the others keep their places.
            kept = (places for places, side in zip(part, shape, strict=True) if side > 1)
            return [tuple(next(kept) if side > 1 else range(1) for side in source)]
        first = last = 0
        for places, side in zip(part, shape, strict=True):
            first, last = first * side + places.start, last * side + places.stop - 1
        return [box_of(range(first, last + 1), source)]


@dataclass(frozen=True, kw_only=True)
class Slice(_Rearranging):
    """Some of the channels (or units), moments, rows or columns, as Python slices a list.

    Attributes
    ----------
    dim : along which axis.
    start, stop : from which on and before which to end; numbers below 0 count from the end.
        Without a ``stop`` it goes on to the end.
    step : 2 takes every other.
    """

    menu_group: ClassVar[MenuGroup] = "shape"
    since: ClassVar[int] = 2

    dim: Literal["channels", "time", "rows", "columns"] = argument(
        "channels", "choice", choices=("channels", "time", "rows", "columns")
    )
    start: int = argument(0, "int", minimum=-1_000_000, maximum=1_000_000)
    stop: int | None = argument(
        None, "int", minimum=-1_000_000, maximum=1_000_000, is_optional=True
    )
    step: int = argument(1, "int", minimum=1, maximum=1_000_000)

    @property
    def format_version(self) -> int:
        return max(super().format_version, 3 if self.dim == "time" else 1)

    def axis(self, shape: Shape) -> int:
        """Return which axis of maps (or of a flat tensor) of that shape it picks from.

        It is ``len(shape)`` where they have none of that name.
        """
        if len(shape) == 4:
            return ("channels", "time", "rows", "columns").index(self.dim)
        axes = ("channels", "rows", "columns")[: len(shape)]
        return axes.index(self.dim) if self.dim in axes else len(shape)

    def picked(self, side: int) -> range:
        """Return which values it picks from an axis of that length."""
        return range(side)[self.start : self.stop : self.step]

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        (shape,) = sources
        axis = self.axis(shape)
        if axis == len(shape):
            rule = text("must be channels for a flat tensor")
            if len(shape) > 1:
                rule = text("must be channels, rows or columns for maps of one moment")
            raise MisfitError("dim", rule, self.dim)
        side = shape[axis]
        picked = self.picked(side)
        if not picked:
            rule = text("must leave something of the {count} {dim}", count=side, dim=self.dim)
            stop = "" if self.stop is None else self.stop
            raise MisfitError("start", rule, f"{self.start}:{stop}")
        return *shape[:axis], len(picked), *shape[axis + 1 :]

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (source,) = sources
        axis = self.axis(source)
        picked = self.picked(source[axis])[part[axis].start : part[axis].stop]
        read = range(picked[0], picked[-1] + 1)
        return [(*part[:axis], read, *part[axis + 1 :])]


def box_of(places: range, shape: Shape) -> Box:
    """Return the smallest part of a tensor that holds some of its values, counted row by row."""
    found = []
    first, last = places.start, places.stop - 1
    for axis in range(len(shape)):
        inner = prod(shape[axis + 1 :])
        (start, first), (end, last) = divmod(first, inner), divmod(last, inner)
        found.append(range(start, end + 1))
        if start != end:  # of what lies between, all of the inner axes is part
            return (*found, *map(range, shape[axis + 1 :]))
    return tuple(found)
