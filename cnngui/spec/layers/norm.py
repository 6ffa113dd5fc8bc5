"""Normalisations, and dropout: what keeps numbers in bounds and learning steady."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from cnngui.errors import text
from cnngui.spec.layers.arguments import argument, count
from cnngui.spec.layers.base import (
    Arithmetic,
    Box,
    LayerSpec,
    MenuGroup,
    MisfitError,
    ParametricSpec,
    Shape,
    whole,
)


@dataclass(frozen=True, kw_only=True)
class Normalisation(ParametricSpec):
    """Shifts and scales values to a mean of 0 and a variance of 1, then by two learned numbers."""

    menu_group: ClassVar[MenuGroup] = "norm"
    arithmetic: ClassVar[Arithmetic] = "normalise"
    keeps_channels: ClassVar[bool] = True
    first_weights: ClassVar[tuple[str, ...]] = ()

    eps: float = argument(1e-5, "float", minimum=1e-12, maximum=1.0, affects_shape=False)

    @property
    def constants(self) -> Mapping[str, float]:
        return {"weight": 1.0, "bias": 0.0}

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return sources[0]

    def multiply_adds(self, sources: Sequence[Shape], shape: Shape) -> int:
        return prod(shape)

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class BatchNorm(Normalisation):
    """Normalises each channel by its running mean and variance, then scales and shifts it.

    Parameters ``weight``, ``bias``, ``running_mean``, ``running_var``, each ``(C,)``; drawn ones
    are 1, 0, 0, 1 whatever the initializer. A type says only for which rank.
    """

    id_stem: ClassVar[str] = "bn"
    measured: ClassVar[tuple[str, ...]] = ("running_mean", "running_var")

    momentum: float = argument(0.1, "float", minimum=0.0, maximum=1.0, affects_shape=False)

    @property
    def constants(self) -> Mapping[str, float]:
        return {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0}

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return dict.fromkeys(("weight", "bias", *self.measured), sources[0][:1])

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [part]


class BatchNorm2d(BatchNorm):
    """Batch normalisation of images."""

    rank: ClassVar[int] = 2


class BatchNorm3d(BatchNorm):
    """Batch normalisation of video: all moments count alike."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3


@dataclass(frozen=True, kw_only=True)
class GroupNorm(Normalisation):
    """Normalises each group of channels by what it is like in this very picture.

    Parameters ``weight`` and ``bias`` ``(C,)``, unless ``affine`` is False.
    """

    rank: ClassVar[int | None] = None
    argument_order: ClassVar[tuple[str, ...]] = ("num_groups",)
    id_stem: ClassVar[str] = "gn"
    since: ClassVar[int] = 2

    num_groups: int = count(1)
    affine: bool = argument(True, "bool")

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        if sources[0][0] % self.num_groups:
            rule = text("must divide the {count} channels it reads", count=sources[0][0])
            raise MisfitError("num_groups", rule, str(self.num_groups))
        return sources[0]

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return dict.fromkeys(("weight", "bias"), sources[0][:1]) if self.affine else {}

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        size = shape[0] // self.num_groups
        first, last = part[0].start // size, (part[0].stop - 1) // size
        return [(range(first * size, (last + 1) * size), *whole(shape[1:]))]


@dataclass(frozen=True, kw_only=True)
class InstanceNorm(Normalisation):
    """Normalises each map by its own mean and variance in this very picture.

    As with PyTorch's ``track_running_stats=False``. Parameters ``weight`` and ``bias`` ``(C,)`` if
    ``affine`` is True. A type says only over how many axes.
    """

    rank: ClassVar[int]
    id_stem: ClassVar[str] = "in"

    affine: bool = argument(False, "bool")

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return dict.fromkeys(("weight", "bias"), sources[0][:1]) if self.affine else {}

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [(*part[: -self.rank], *whole(shape[-self.rank :]))]


class InstanceNorm2d(InstanceNorm):
    """Normalises each map, of each moment by itself."""

    rank: ClassVar[int] = 2
    since: ClassVar[int] = 2


class InstanceNorm3d(InstanceNorm):
    """Normalises each map over all of its moments together."""

    rank: ClassVar[int] = 3
    since: ClassVar[int] = 3


@dataclass(frozen=True, kw_only=True)
class LayerNorm(Normalisation):
    """Normalises all values together, or at each position of the maps those of all channels.

    Parameters ``weight`` and ``bias`` unless ``elementwise_affine`` or ``bias`` is False.

    Attributes
    ----------
    normalized_shape : over which axes. "maps" is all of ``(C, H, W)``, as PyTorch normalises with
        these sizes; "channels" is each position by itself, as PyTorch does with channels last.
        Parameters have the shape of those axes.
    """

    rank: ClassVar[int | None] = None
    argument_order: ClassVar[tuple[str, ...]] = ("normalized_shape",)
    id_stem: ClassVar[str] = "ln"
    since: ClassVar[int] = 2

    normalized_shape: Literal["channels", "maps"] = argument(
        "channels", "choice", choices=("channels", "maps")
    )
    elementwise_affine: bool = argument(True, "bool")
    bias: bool = argument(True, "bool")

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        over = sources[0] if self.normalized_shape == "maps" else sources[0][:1]
        names = ("weight", "bias") if self.bias else ("weight",)
        return dict.fromkeys(names, over) if self.elementwise_affine else {}

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        if self.normalized_shape == "maps":
            return [whole(shape)]
        return [(range(shape[0]), *part[1:])]


@dataclass(frozen=True, kw_only=True)
class Dropout(LayerSpec):
    """Drops units with probability ``p`` in training; passes everything otherwise."""

    menu_group: ClassVar[MenuGroup] = "norm"
    arithmetic: ClassVar[Arithmetic] = "copy"
    rank: ClassVar[int | None] = None
    keeps_channels: ClassVar[bool] = True

    p: float = argument(0.5, "float", minimum=0.0, maximum=0.99, affects_shape=False)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return sources[0]

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [part]
