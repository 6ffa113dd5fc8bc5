"""Poolings: layers that make one number of many in the same map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar, cast

from cnngui.errors import text
from cnngui.spec.layers.arguments import argument, sizes
from cnngui.spec.layers.base import (
    Arithmetic,
    Box,
    LayerSpec,
    MenuGroup,
    MisfitError,
    Pair,
    Shape,
    Triple,
    shape_text,
    whole,
)
from cnngui.spec.layers.windows import Pads, dilated, kernel_too_large, padded_sides, windows_reach

Sizes = TypeVar("Sizes", bound=tuple[int, ...])


class Pooling(LayerSpec):
    """What all poolings have in common: nothing to learn, no new sign, each map for itself."""

    menu_group: ClassVar[MenuGroup] = "pooling"
    keeps_channels: ClassVar[bool] = True
    id_stem: ClassVar[str] = "pool"

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)


@dataclass(frozen=True, kw_only=True)
class WindowPooling(Pooling, Generic[Sizes]):
    """Pooling over windows that slide, of any rank."""

    kernel_size: Sizes = sizes(2)
    stride: Sizes = sizes(2)
    padding: Sizes = sizes(0, minimum=0)
    ceil_mode: bool = argument(False, "bool")

    @property
    def pads(self) -> Pads:
        """How much is put before and after, for each axis."""
        return tuple((number, number) for number in self.padding)

    def usual(self, name: str) -> object:
        return self.kernel_size if name == "stride" else super().usual(name)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        (shape,) = sources
        if any(2 * pad > size for pad, size in zip(self.padding, self.kernel_size, strict=True)):
            rule = text("must be at most half the kernel {size}", size=shape_text(self.kernel_size))
            raise MisfitError("padding", rule, shape_text(self.padding))
        padded = padded_sides(shape, self.pads)
        rank = len(self.kernel_size)
        counts = tuple(
            _window_count(*numbers, ceil_mode=self.ceil_mode)
            for numbers in zip(
                shape[-rank:],
                dilated(self.kernel_size, self.spacing),
                self.stride,
                self.padding,
                strict=True,
            )
        )
        if min(counts) < 1:
            raise kernel_too_large(padded, self.kernel_size, self.spacing)
        self._require_values(shape, counts)
        return *shape[:-rank], *counts

    def _require_values(self, shape: Shape, counts: Shape) -> None:
        """Raise a MisfitError if all values of a window lie in the padding."""
        for side, count, size, step, distance, before in zip(
            shape[-len(counts) :],
            counts,
            self.kernel_size,
            self.stride,
            self.spacing,
            self.padding,
            strict=True,
        ):
            for start in (place * step - before for place in range(count)):
                skipped = max(-(start // distance), 0)
                if skipped >= size or start + skipped * distance >= side:
                    rule = text("must leave each window a value beside the padding")
                    raise MisfitError("dilation", rule, shape_text(self.spacing))

    @property
    def spacing(self) -> Sizes:
        """How far apart the values of a window are, along each axis."""
        return cast("Sizes", (1,) * len(self.kernel_size))

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        (source,) = sources
        window = (self.kernel_size, self.stride, self.spacing)
        return [(part[0], *windows_reach(part[1:], source, *window, self.pads))]


def _window_count(side: int, size: int, step: int, pad: int, *, ceil_mode: bool) -> int:
    count = (side + 2 * pad - size + (step - 1 if ceil_mode else 0)) // step + 1
    # A last window that would begin in the far padding is left out.
    return count - 1 if ceil_mode and (count - 1) * step >= side + pad else count


@dataclass(frozen=True, kw_only=True)
class MaxPooling(WindowPooling[Sizes]):
    """The largest value of each window, of any rank."""

    arithmetic: ClassVar[Arithmetic] = "max"
    argument_order: ClassVar[tuple[str, ...]] = ("kernel_size", "stride", "padding", "dilation")

    dilation: Sizes = sizes(1, since=2)

    @property
    def spacing(self) -> Sizes:
        return self.dilation


@dataclass(frozen=True, kw_only=True)
class AvgPooling(WindowPooling[Sizes]):
    """The mean of each window, of any rank."""

    arithmetic: ClassVar[Arithmetic] = "sum"

    count_include_pad: bool = argument(True, "bool", affects_shape=False)


class MaxPool2d(MaxPooling[Pair]):
    """The largest value of each window."""

    rank: ClassVar[int] = 2


class AvgPool2d(AvgPooling[Pair]):
    """The mean of each window."""

    rank: ClassVar[int] = 2


class GlobalPooling(Pooling):
    """Makes one number of each whole map: ``(C, *sides)`` to ``(C, 1, ...)``.

    A type of rank 2 makes one of each moment.
    """

    rank: ClassVar[int]

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return *sources[0][: -self.rank], *(1 for _ in range(self.rank))

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [(*part[: -self.rank], *whole(sources[0][-self.rank :]))]


@dataclass(frozen=True, kw_only=True)
class AdaptivePooling(Pooling, Generic[Sizes]):
    """Pooling into a given number of windows, of any rank; they differ in size by one at most."""

    since: ClassVar[int] = 2

    output_size: Sizes = sizes(2)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return *sources[0][: -len(self.output_size)], *self.output_size

    def windows(self, axis: int, side: int) -> list[range]:
        """Return what each window lies over along one axis (0 for the first of a map's)."""
        return [self._window(axis, side, place) for place in range(self.output_size[axis])]

    def _window(self, axis: int, side: int, place: int) -> range:
        count = self.output_size[axis]
        return range(place * side // count, -(-(place + 1) * side // count))

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        rank = len(self.output_size)
        found = list(part[:-rank])
        for axis, (places, side) in enumerate(zip(part[-rank:], sources[0][-rank:], strict=True)):
            first = self._window(axis, side, places.start)
            last = self._window(axis, side, places.stop - 1)
            found.append(range(first.start, last.stop))
        return [tuple(found)]


class GlobalAvgPool2d(GlobalPooling):
    """The mean of each whole map: ``(C, H, W)`` to ``(C, 1, 1)``."""

    rank: ClassVar[int] = 2
    arithmetic: ClassVar[Arithmetic] = "sum"


class GlobalMaxPool2d(GlobalPooling):
    """The largest value of each whole map: ``(C, H, W)`` to ``(C, 1, 1)``."""

    rank: ClassVar[int] = 2
    arithmetic: ClassVar[Arithmetic] = "max"
    since: ClassVar[int] = 2


class AdaptiveAvgPool2d(AdaptivePooling[Pair]):
    """The mean of each of ``output_size`` windows."""

    rank: ClassVar[int] = 2
    arithmetic: ClassVar[Arithmetic] = "sum"


class AdaptiveMaxPool2d(AdaptivePooling[Pair]):
    """The largest value of each of ``output_size`` windows."""

    rank: ClassVar[int] = 2
    arithmetic: ClassVar[Arithmetic] = "max"


class MaxPool3d(MaxPooling[Triple]):
    """The largest value of each window, which reaches over several moments."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3


class AvgPool3d(AvgPooling[Triple]):
    """The mean of each window, which reaches over several moments."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3


class GlobalAvgPool3d(GlobalPooling):
    """The mean of each map over all of its moments: ``(C, T, H, W)`` to ``(C, 1, 1, 1)``."""

    rank: ClassVar[int] = 3
    arithmetic: ClassVar[Arithmetic] = "sum"
    since: ClassVar[int] = 3


class AdaptiveAvgPool3d(AdaptivePooling[Triple]):
    """The mean of each of ``output_size`` windows, which reach over several moments."""

    rank: ClassVar[int] = 3
    arithmetic: ClassVar[Arithmetic] = "sum"
    since: ClassVar[int] = 3
