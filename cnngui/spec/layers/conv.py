"""Convolutions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Generic, Literal, TypeVar

from cnngui.errors import text
from cnngui.spec import limits
from cnngui.spec.layers.arguments import argument, count, sizes
from cnngui.spec.layers.base import (
    Arithmetic,
    Box,
    MenuGroup,
    MisfitError,
    Pair,
    ParametricSpec,
    Shape,
    Triple,
    shape_text,
)
from cnngui.spec.layers.windows import (
    Pads,
    clipped,
    dilated,
    kernel_too_large,
    padded_sides,
    pads_of,
    same_padding,
    windows_reach,
)

Sizes = TypeVar("Sizes", bound=tuple[int, ...])
Sides = TypeVar("Sides", bound=tuple[int, ...])


@dataclass(frozen=True, kw_only=True)
class KernelLayer(ParametricSpec, Generic[Sizes]):
    """What convolutions of every rank have in common, and transposed ones too.

    Parameters ``weight`` and ``bias`` ``(out_channels,)``.
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
    padding: Any = sizes(0, minimum=0)
    dilation: Sizes = sizes(1)
    groups: int = count(1)
    bias: bool = argument(True, "bool")

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        weight = self.weight_shape(sources[0][0])
        return {"weight": weight} | ({"bias": (self.out_channels,)} if self.bias else {})

    @abstractmethod
    def weight_shape(self, in_channels: int) -> Shape:
        """Return the shape of ``weight`` for a number of channels that it reads."""

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return True

    def channels_read(self, outputs: range, in_channels: int) -> range:
        """Return the channels that some output channels are made of: those of their groups."""
        made, read = self.out_channels // self.groups, in_channels // self.groups
        return range(outputs.start // made * read, ((outputs.stop - 1) // made + 1) * read)

    def require_groups(self, in_channels: int) -> None:
        """Raise a MisfitError if the channels cannot be divided into that many groups."""
        if in_channels % self.groups:
            rule = text("must divide the {count} channels it reads", count=in_channels)
            raise MisfitError("groups", rule, str(self.groups))
        if self.out_channels % self.groups:
            rule = text("must divide the {count} out_channels", count=self.out_channels)
            raise MisfitError("groups", rule, str(self.groups))


@dataclass(frozen=True, kw_only=True)
class Convolution(KernelLayer[Sizes], Generic[Sizes, Sides]):
    """Convolution (cross-correlation) of any rank; a type says only which.

    ``weight`` is ``(out_channels, in_channels / groups, *kernel_size)``.

    Attributes
    ----------
    padding : "same", "valid", one number per axis for both its sides, or one number for each side
        in the order of ``F.pad``: left, right, top, bottom, first and last moment.
    """

    suggested: ClassVar[Mapping[str, object]] = {"padding": "same"}

    padding: Sizes | Sides | Literal["same", "valid"] = argument(
        0, "padding", minimum=0, maximum=4096
    )

    @property
    def pads(self) -> Pads:
        """How many zeros are put before and after, for each axis."""
        if self.padding == "same":
            return same_padding(self.kernel_size, self.dilation)
        rank = len(self.kernel_size)
        return pads_of((0,) * rank if self.padding == "valid" else self.padding, rank)

    @property
    def format_version(self) -> int:
        is_named = isinstance(self.padding, str)
        has_own_sides = not is_named and len(self.padding) == 2 * len(self.kernel_size)
        return max(super().format_version, 2 if has_own_sides else 1)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        (shape,) = sources
        if self.padding == "same" and set(self.stride) != {1}:
            rule = text("same needs a stride of 1")
            raise MisfitError("padding", rule, shape_text(self.stride))
        self.require_groups(shape[0])
        padded = padded_sides(shape, self.pads)
        reach = dilated(self.kernel_size, self.dilation)
        if any(size > room for size, room in zip(reach, padded, strict=True)):
            raise kernel_too_large(padded, self.kernel_size, self.dilation)
        places = zip(padded, reach, self.stride, strict=True)
        counts = ((room - size) // step + 1 for room, size, step in places)
        return self.out_channels, *shape[1 : -len(reach)], *counts

    def weight_shape(self, in_channels: int) -> Shape:
        return self.out_channels, in_channels // self.groups, *self.kernel_size

    def multiply_adds(self, sources: Sequence[Shape], shape: Shape) -> int:
        return prod(shape[1:]) * prod(self.weight_shape(sources[0][0]))

    def fans(self, weight: Shape) -> tuple[int, int]:
        out_channels, in_channels, *kernel_size = weight
        return in_channels * prod(kernel_size), out_channels * prod(kernel_size)

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (source,) = sources
        channels = self.channels_read(part[0], source[0])
        window = (self.kernel_size, self.stride, self.dilation)
        return [(channels, *windows_reach(part[1:], source, *window, self.pads))]


@dataclass(frozen=True, kw_only=True)
class TransposedConvolution(KernelLayer[Sizes]):
    """Transposed convolution of any rank: each input number lays its kernel into the output.

    ``weight`` is ``(in_channels, out_channels / groups, *kernel_size)``.

    Attributes
    ----------
    stride : how far apart the kernels are laid: 2 makes maps twice as large.
    padding : how much is cut off on each side of the result.
    output_padding : how much is added below and on the right.
    """

    argument_order: ClassVar[tuple[str, ...]] = (
        *("out_channels", "kernel_size", "stride", "padding", "output_padding"),
        *("groups", "bias", "dilation"),
    )
    suggested: ClassVar[Mapping[str, object]] = {"kernel_size": 2, "stride": 2}
    since: ClassVar[int] = 2

    padding: Sizes = sizes(0, minimum=0)
    output_padding: Sizes = sizes(0, minimum=0)

    @property
    def groups_of_inputs(self) -> int:
        return self.groups

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        (shape,) = sources
        self.require_groups(shape[0])
        for extra, step, distance in zip(
            self.output_padding, self.stride, self.dilation, strict=True
        ):
            if extra >= max(step, distance):
                rule = text("must be smaller than stride or dilation")
                raise MisfitError("output_padding", rule, shape_text(self.output_padding))
        reach = dilated(self.kernel_size, self.dilation)
        rank = len(reach)
        laid = tuple(
            (side - 1) * step + size + extra
            for side, step, size, extra in zip(
                shape[-rank:], self.stride, reach, self.output_padding, strict=True
            )
        )
        values = self.out_channels * prod(shape[1:-rank]) * prod(laid)
        if values > limits.most_values():
            raise MisfitError(self.size_argument, limits.values_rule(), f"{values:,}")
        cut = tuple(side - 2 * pad for side, pad in zip(laid, self.padding, strict=True))
        if min(cut) < 1:
            rule = text("must leave something of the output {size}", size=shape_text(laid))
            raise MisfitError("padding", rule, shape_text(self.padding))
        return self.out_channels, *shape[1:-rank], *cut

    def weight_shape(self, in_channels: int) -> Shape:
        return in_channels, self.out_channels // self.groups, *self.kernel_size

    def multiply_adds(self, sources: Sequence[Shape], shape: Shape) -> int:
        return prod(sources[0][1:]) * prod(self.weight_shape(sources[0][0]))

    def fans(self, weight: Shape) -> tuple[int, int]:
        in_channels, out_channels, *kernel_size = weight
        # Of the kernels laid with a stride, so many lie over one output number on the average.
        laid = in_channels // self.groups * prod(kernel_size) // prod(self.stride)
        return max(laid, 1), out_channels * prod(kernel_size)

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (source,) = sources
        reaches = dilated(self.kernel_size, self.dilation)
        rank = len(reaches)
        found = [self.channels_read(part[0], source[0]), *part[1:-rank]]
        for places, side, reach, step, pad in zip(
            part[-rank:], source[-rank:], reaches, self.stride, self.padding, strict=True
        ):
            # The kernel of input i lies over the outputs from i * step - pad on.
            first = -((reach - 1 - pad - places.start) // step)
            last = (places.stop - 1 + pad) // step
            found.append(clipped(first, last + 1, side))
        return [tuple(found)]


class Conv2d(Convolution[Pair, tuple[int, int, int, int]]):
    """Convolution of images."""

    rank: ClassVar[int] = 2


class ConvTranspose2d(TransposedConvolution[Pair]):
    """Transposed convolution of images."""

    rank: ClassVar[int] = 2


class Conv3d(Convolution[Triple, tuple[int, int, int, int, int, int]]):
    """Convolution of video: kernels that also span time."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3


class ConvTranspose3d(TransposedConvolution[Triple]):
    """Transposed convolution of video."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3
