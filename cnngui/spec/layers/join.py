"""Layers that read several others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from cnngui.errors import Words, text
from cnngui.spec.layers.base import (
    Arithmetic,
    Box,
    LayerSpec,
    MenuGroup,
    MisfitError,
    Shape,
    shape_text,
)
from cnngui.spec.layers.windows import clipped


class Joining(LayerSpec):
    """What all layers that read several have in common: no value that none of them has."""

    menu_group: ClassVar[MenuGroup] = "join"
    rank: ClassVar[int | None] = None
    input_count: ClassVar[tuple[int, int]] = (2, 16)

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)


class ValueByValue(Joining):
    """Joins values at the same place. A side of 1 fits any: its one value is used all along it."""

    keeps_channels: ClassVar[bool] = True

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        if len({(shape[0], len(shape)) for shape in sources}) > 1:
            rule = text("must all have as many channels")
            if len(set(map(len, sources))) > 1:
                rule = text("must all be maps of one moment, of several, or flat")
            raise MisfitError("inputs", rule, _listed(sources))
        sides = list(zip(*sources, strict=True))
        if any(len({*along, 1}) > 2 for along in sides[1:]):
            rule = text("must all have one height and width, or 1 there")
            if len(sides) == 4:
                rule = text("must all have as many moments, one height and width, or 1 there")
            raise MisfitError("inputs", rule, _listed(sources))
        return tuple(map(max, sides))

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [
            tuple(
                places if side == most else range(1)
                for places, side, most in zip(part, source, shape, strict=True)
            )
            for source in sources
        ]


class Add(ValueByValue):
    """The sum of tensors, value by value; to all of a map one number may be added."""

    arithmetic: ClassVar[Arithmetic] = "sum"


class Multiply(ValueByValue):
    """The product of tensors, value by value; maps may be multiplied by one number each."""

    arithmetic: ClassVar[Arithmetic] = "product"
    since: ClassVar[int] = 2


class Concat(Joining):
    """The channels of several tensors, one after the other."""

    arithmetic: ClassVar[Arithmetic] = "copy"
    keeps_channels: ClassVar[bool] = False

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        if len({source[1:] for source in sources}) > 1:
            rule = text("must all have one height and width")
            if max(map(len, sources)) == 4:
                rule = text("must all have as many moments and one height and width")
            raise MisfitError("inputs", rule, _listed(sources))
        return sum(source[0] for source in sources), *sources[0][1:]

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        found = []
        first = 0
        for channels, *_ in sources:
            read = clipped(part[0].start - first, part[0].stop - first, channels)
            found.append((read, *part[1:]))
            first += channels
        return found


def _listed(shapes: Sequence[Shape]) -> Words:
    """Return shapes as people list them: ``8x18x22 and 3x20x24``."""
    listed: Words = shape_text(shapes[0])
    for shape in shapes[1:]:
        listed = text("{these} and {this}", these=listed, this=shape_text(shape))
    return listed
