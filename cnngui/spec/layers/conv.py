"""Convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Generic, Literal, TypeVar

from cnngui.errors import text
from cnngui.spec.layers.arguments import argument, count, sizes
from cnngui.spec.layers.base import (
    Arithmetic,
    Box,
    MenuGroup,
    MisfitError,
    Pair,
    ParametricSpec,
    Shape,
    shape_text,
)
from cnngui.spec.layers.windows import (
    Pads,
    dilated,
    kernel_too_large,
    padded_sides,
    same_padding,
    windows_reach,
)

Sizes = TypeVar("Sizes", bound=tuple[int, ...])


def _padding() -> Any:
    return argument(0, "padding", minimum=0, maximum=4096)


@dataclass(frozen=True, kw_only=True)
class Convolution(ParametricSpec, Generic[Sizes]):
    """Convolution (cross-correlation) of any rank; a type says only which.

    Parameters ``weight`` ``(out_channels, in_channels / groups, *kernel_size)`` and ``bias``
    ``(out_channels,)``.

    Attributes
    ----------
    padding : one number per axis for both its sides, "same" or "valid".
    """

    menu_group: ClassVar[MenuGroup] = "convolution"
    arithmetic: ClassVar[Arithmetic] = "sum"
    keeps_channels: ClassVar[bool] = False
    has_kernels: ClassVar[bool] = True
    size_argument: ClassVar[str] = "out_channels"
    id_stem: ClassVar[str] = "conv"

    out_channels: int = count(8)
    kernel_size: Sizes = sizes(3)
    stride: Sizes = sizes(1)
    padding: Sizes | Literal["same", "valid"] = _padding()
    dilation: Sizes = sizes(1)
    groups: int = count(1)
    bias: bool = argument(True, "bool")

    @property
    def pads(self) -> Pads:
        """How many zeros are put before and after, for each axis."""
        if self.padding == "same":
            return same_padding(self.kernel_size, self.dilation)
        if self.padding == "valid":
            return ((0, 0),) * len(self.kernel_size)
        return tuple((number, number) for number in self.padding)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        (shape,) = sources
        if self.padding == "same" and set(self.stride) != {1}:
            rule = text("same needs a stride of 1")
            raise MisfitError("padding", rule, shape_text(self.stride))
        if shape[0] % self.groups:
            rule = text("must divide the {count} channels it reads", count=shape[0])
            raise MisfitError("groups", rule, str(self.groups))
        if self.out_channels % self.groups:
            rule = text("must divide the {count} out_channels", count=self.out_channels)
            raise MisfitError("groups", rule, str(self.groups))
        padded = padded_sides(shape, self.pads)
        reach = dilated(self.kernel_size, self.dilation)
        if any(size > room for size, room in zip(reach, padded, strict=True)):
            raise kernel_too_large(padded, self.kernel_size, self.dilation)
        places = zip(padded, reach, self.stride, strict=True)
        return self.out_channels, *((room - size) // step + 1 for room, size, step in places)

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        weight = (self.out_channels, sources[0][0] // self.groups, *self.kernel_size)
        return {"weight": weight} | ({"bias": (self.out_channels,)} if self.bias else {})

    def multiply_adds(self, sources: Sequence[Shape], shape: Shape) -> int:
        return prod(shape[1:]) * prod(self.parameter_shapes(sources)["weight"])

    def fans(self, weight: Shape) -> tuple[int, int]:
        out_channels, in_channels, *kernel_size = weight
        return in_channels * prod(kernel_size), out_channels * prod(kernel_size)

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return True

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (source,) = sources
        channels = self.channels_read(part[0], source[0])
        sizes = (self.kernel_size, self.stride, self.dilation)
        return [(channels, *windows_reach(part[1:], source, *sizes, self.pads))]

    def channels_read(self, outputs: range, in_channels: int) -> range:
        """Return the channels that some output channels are made of: those of their groups."""
        made, read = self.out_channels // self.groups, in_channels // self.groups
        return range(outputs.start // made * read, ((outputs.stop - 1) // made + 1) * read)


@dataclass(frozen=True, kw_only=True)
class Conv2d(Convolution[Pair]):
    """Convolution of images."""

    rank: ClassVar[int] = 2
