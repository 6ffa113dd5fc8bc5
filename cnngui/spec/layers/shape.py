"""Layers that move numbers to other places and change none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from cnngui.spec.layers.base import Arithmetic, Box, LayerSpec, MenuGroup, Shape


@dataclass(frozen=True, kw_only=True)
class Flatten(LayerSpec):
    """``(C, H, W)`` to ``(C * H * W,)``, channel by channel, row by row."""

    menu_group: ClassVar[MenuGroup] = "dense"
    arithmetic: ClassVar[Arithmetic] = "copy"
    rank: ClassVar[int | None] = None
    keeps_channels: ClassVar[bool] = True
    """Where each channel is one number; where not, there are more units than channels."""

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return (prod(sources[0]),)

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (units,) = part
        return [box_of(units, sources[0])]


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
