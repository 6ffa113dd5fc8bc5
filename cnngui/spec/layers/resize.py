"""Layers that make maps larger or smaller and learn nothing: upsampling and padding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from struct import pack, unpack
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Self, TypeVar

from cnngui.errors import text
from cnngui.spec.layers.arguments import argument, arguments_of
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
)
from cnngui.spec.layers.windows import Pads, clipped, pads_of

Sizes = TypeVar("Sizes", bound=tuple[int, ...])
Factors = TypeVar("Factors", bound=tuple[float, ...])
Sides = TypeVar("Sides", bound=tuple[int, ...])


class _Resizing(LayerSpec):
    rank: ClassVar[int]
    menu_group: ClassVar[MenuGroup] = "shape"
    keeps_channels: ClassVar[bool] = True
    since: ClassVar[int] = 2


class Tap(NamedTuple):
    """What one output row or column is made of: ``(1 - share)`` of one, ``share`` of another."""

    near: int
    far: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Upsampling(_Resizing, Generic[Sizes, Factors]):
    """Maps made larger: each value repeated, or values in between laid on straight lines.

    Attributes
    ----------
    size, scale_factor : the sides of the result, or how many times as large it is; one of them is
        None.
    mode : "nearest", or straight lines along each axis, of which the last choice tells.
    align_corners : with straight lines only: whether the outermost values stay at the very corners.
    """

    arithmetic: ClassVar[Arithmetic] = "sum"

    size: Sizes | None = argument(None, "sizes", minimum=1, maximum=4096, is_optional=True)
    scale_factor: Factors | None = argument(
        2.0, "factors", minimum=0.01, maximum=64.0, is_optional=True
    )
    mode: str = argument("nearest", "choice", choices=("nearest",), affects_shape=False)
    align_corners: bool = argument(False, "bool", affects_shape=False)

    @property
    def kind(self) -> Arithmetic:
        return "copy" if self.mode == "nearest" else self.arithmetic

    def edited(self, **arguments: Any) -> Self:
        """Size and scale_factor exclude each other, and nearest has no corners to align."""
        if arguments.get("size") is not None:
            arguments = {"scale_factor": None} | arguments
        elif arguments.get("scale_factor") is not None:
            arguments = {"size": None} | arguments
        elif "size" in arguments:
            arguments = {"scale_factor": 2.0} | arguments
        if arguments.get("mode") == "nearest":
            arguments = {"align_corners": False} | arguments
        return super().edited(**arguments)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        kept, sides = sources[0][: -self.rank], sources[0][-self.rank :]
        if self.align_corners and self.mode == "nearest":
            lines = arguments_of(type(self))["mode"].choices[-1]
            raise MisfitError("align_corners", text("needs the mode {mode}", mode=lines), self.mode)
        if self.size is not None and self.scale_factor is not None:
            raise MisfitError("size", text("must not be given beside a scale_factor"))
        if self.size is not None:
            return *kept, *self.size
        if self.scale_factor is None:
            raise MisfitError("scale_factor", text("must be given where no size is"))
        grown = tuple(
            floor(side * factor) for side, factor in zip(sides, self.scale_factor, strict=True)
        )
        if min(grown) < 1:
            rule = text("must leave something of the {size} maps", size=shape_text(sides))
            found = " x ".join(f"{factor:g}" for factor in self.scale_factor)
            raise MisfitError("scale_factor", rule, found)
        return *kept, *grown

    def taps(self, axis: int, side: int, out_side: int) -> list[Tap]:
        """Return what each place along one axis (0 for the first that grows) is made of.

        PyTorch computes places in float32, and so it is done here: of two equally near values the
        same is taken.
        """
        step = self._step(axis, side, out_side)
        return [self._tap(step, side, place) for place in range(out_side)]

    def _step(self, axis: int, side: int, out_side: int) -> float:
        """Return how far apart in the source neighbours of the result are."""
        if self.align_corners:
            return _float32((side - 1) / (out_side - 1) if out_side > 1 else 0.0)
        return _float32(1 / self.scale_factor[axis] if self.scale_factor else side / out_side)

    def _tap(self, step: float, side: int, place: int) -> Tap:
        if self.mode == "nearest":
            near = min(floor(_float32(place * step)), side - 1)
            return Tap(near, near, 0.0)
        offset = 0.0 if self.align_corners else 0.5
        position = max(_float32(_float32((place + offset) * step) - offset), 0.0)
        near = min(floor(position), side - 1)
        far = min(near + 1, side - 1)
        share = min(max(position - near, 0.0), 1.0) if far > near else 0.0
        return Tap(near, far if share else near, share)

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        found = list(part[: -self.rank])
        sides = zip(sources[0][-self.rank :], shape[-self.rank :], strict=True)
        for axis, (places, (side, out_side)) in enumerate(
            zip(part[-self.rank :], sides, strict=True)
        ):
            step = self._step(axis, side, out_side)
            first, last = (self._tap(step, side, at) for at in (places.start, places.stop - 1))
            found.append(range(first.near, last.far + 1))
        return [tuple(found)]


@dataclass(frozen=True, kw_only=True)
class Upsample(Upsampling[Pair, tuple[float, float]]):
    """Images made larger."""

    rank: ClassVar[int] = 2

    mode: Literal["nearest", "bilinear"] = argument(
        "nearest", "choice", choices=("nearest", "bilinear"), affects_shape=False
    )


@dataclass(frozen=True, kw_only=True)
class Upsample3d(Upsampling[Triple, tuple[float, float, float]]):
    """Video made larger, and longer: what PyTorch's ``Upsample`` does with an axis for time."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3

    mode: Literal["nearest", "trilinear"] = argument(
        "nearest", "choice", choices=("nearest", "trilinear"), affects_shape=False
    )


def _float32(value: float) -> float:
    (rounded,) = unpack("f", pack("f", value))
    return float(rounded)


@dataclass(frozen=True, kw_only=True)
class Padding(_Resizing, Generic[Sides]):
    """Maps with something around them.

    Attributes
    ----------
    padding : how much on each side, in the order of ``F.pad``: left, right, top, bottom, first and
        last moment.
    mode : "constant" puts ``value`` there, "reflect" what a mirror at the edge would show,
        "replicate" the value at the edge.
    """

    arithmetic: ClassVar[Arithmetic] = "copy"

    padding: Sides = argument(1, "sides", minimum=0, maximum=4096)
    mode: Literal["constant", "reflect", "replicate"] = argument(
        "constant", "choice", choices=("constant", "reflect", "replicate")
    )
    value: float = argument(0.0, "float", minimum=-1e6, maximum=1e6, affects_shape=False)

    @property
    def pads(self) -> Pads:
        """How much before and after along each axis: ``((top, bottom), (left, right))``."""
        return pads_of(self.padding, self.rank)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        kept, sides = sources[0][: -self.rank], sources[0][-self.rank :]
        if self.mode == "reflect" and any(
            max(pad) >= side for pad, side in zip(self.pads, sides, strict=True)
        ):
            rule = text("must be smaller than the maps it mirrors, {size}", size=shape_text(sides))
            raise MisfitError("padding", rule, shape_text(self.padding))
        return *kept, *(side + sum(pad) for pad, side in zip(self.pads, sides, strict=True))

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed) or (self.mode == "constant" and self.value < 0)

    def source_of(self, place: int, side: int) -> int:
        """Return which value of an axis of that length is repeated at a place before or after it.

        Parameters
        ----------
        place : from the first value of the axis on; below 0 before it. Not for "constant".
        """
        if self.mode == "replicate":
            return min(max(place, 0), side - 1)
        return side - 1 - abs(side - 1 - abs(place))

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        found = list(part[: -self.rank])
        axes = zip(part[-self.rank :], sources[0][-self.rank :], self.pads, strict=True)
        for places, side, (before, _) in axes:
            start, stop = places.start - before, places.stop - before
            if self.mode == "constant":
                found.append(clipped(start, stop, side))
            else:
                turns = [place for place in (0, side - 1) if start <= place < stop]
                read = [self.source_of(place, side) for place in (start, *turns, stop - 1)]
                found.append(range(min(read), max(read) + 1))
        return [tuple(found)]


class Pad2d(Padding[tuple[int, int, int, int]]):
    """Images with something around them."""

    rank: ClassVar[int] = 2


class Pad3d(Padding[tuple[int, int, int, int, int, int]]):
    """Video with something around it, before it and after it."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3
