"""Normalisations, and dropout: what keeps numbers in bounds and learning steady."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from cnngui.spec.layers.arguments import argument
from cnngui.spec.layers.base import (
    Arithmetic,
    Box,
    LayerSpec,
    MenuGroup,
    ParametricSpec,
    Shape,
)


@dataclass(frozen=True, kw_only=True)
class Normalisation(ParametricSpec):
    """Shifts and scales values to a mean of 0 and a variance of 1, then by two learned numbers."""

    menu_group: ClassVar[MenuGroup] = "norm"
    arithmetic: ClassVar[Arithmetic] = "normalise"
    keeps_channels: ClassVar[bool] = True

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


@dataclass(frozen=True, kw_only=True)
class BatchNorm2d(BatchNorm):
    """Batch normalisation of images."""

    rank: ClassVar[int] = 2


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
