"""Fully-connected layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from cnngui.spec.layers.arguments import argument, count
from cnngui.spec.layers.base import Arithmetic, Box, MenuGroup, ParametricSpec, Shape, whole


@dataclass(frozen=True, kw_only=True)
class Linear(ParametricSpec):
    """Fully connected; reads a flat tensor.

    Parameters ``weight`` ``(out_features, in_features)`` and ``bias`` ``(out_features,)``.
    """

    menu_group: ClassVar[MenuGroup] = "dense"
    arithmetic: ClassVar[Arithmetic] = "sum"
    rank: ClassVar[int] = 0
    keeps_channels: ClassVar[bool] = False
    is_dense: ClassVar[bool] = True
    size_argument: ClassVar[str] = "out_features"

    out_features: int = count(10)
    bias: bool = argument(True, "bool")

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return (self.out_features,)

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        weight = (self.out_features, sources[0][0])
        return {"weight": weight} | ({"bias": (self.out_features,)} if self.bias else {})

    def multiply_adds(self, sources: Sequence[Shape], shape: Shape) -> int:
        return prod(self.parameter_shapes(sources)["weight"])

    def fans(self, weight: Shape) -> tuple[int, int]:
        out_features, in_features = weight
        return in_features, out_features

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return True

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [whole(sources[0])]
