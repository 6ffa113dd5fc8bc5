"""Activations: a function of each value by itself, and Softmax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cnngui.spec.layers.arguments import argument
from cnngui.spec.layers.base import Arithmetic, Box, LayerSpec, MenuGroup, Shape


@dataclass(frozen=True, kw_only=True)
class Activation(LayerSpec):
    """A function of each value by itself; a type says what it does to signs."""

    menu_group: ClassVar[MenuGroup] = "activation"
    arithmetic: ClassVar[Arithmetic] = "function"
    rank: ClassVar[int | None] = None
    keeps_channels: ClassVar[bool] = True

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return sources[0]

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [part]


class _NeverNegative(Activation):
    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return False


class _KeepsSign(Activation):
    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)


@dataclass(frozen=True, kw_only=True)
class ReLU(_NeverNegative):
    """max(0, x)."""


@dataclass(frozen=True, kw_only=True)
class LeakyReLU(Activation):
    """x where positive, ``negative_slope`` times x elsewhere."""

    negative_slope: float = argument(0.01, "float", minimum=0.0, maximum=10.0, affects_shape=False)

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return self.negative_slope > 0 and any(signed)


@dataclass(frozen=True, kw_only=True)
class SiLU(_KeepsSign):
    """x times sigmoid(x)."""


@dataclass(frozen=True, kw_only=True)
class Sigmoid(_NeverNegative):
    """1 / (1 + exp(-x))."""


@dataclass(frozen=True, kw_only=True)
class Tanh(_KeepsSign):
    """Hyperbolic tangent."""


@dataclass(frozen=True, kw_only=True)
class Softmax(_NeverNegative):
    """exp(x) over channels, made to sum to 1 (at each position of a map)."""

    arithmetic: ClassVar[Arithmetic] = "softmax"

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [(range(shape[0]), *part[1:])]
