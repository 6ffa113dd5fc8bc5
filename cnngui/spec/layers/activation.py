"""Activations: a function of each value by itself, and Softmax."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

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
)
from cnngui.spec.layers.curves import Curve, clipped, gelu, gelu_tanh, sigmoid, softplus


class Activation(LayerSpec):
    """A function of each value by itself; a type says which, and what it does to signs."""

    curve: ClassVar[Curve]

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


def _number(default: float, minimum: float, maximum: float) -> Any:
    return argument(default, "float", minimum=minimum, maximum=maximum, affects_shape=False)


class ReLU(_NeverNegative):
    """max(0, x)."""

    curve: ClassVar[Curve] = Curve("max(0, x)", lambda x, _: max(0.0, x))


@dataclass(frozen=True, kw_only=True)
class LeakyReLU(Activation):
    """x where positive, ``negative_slope`` times x elsewhere."""

    curve: ClassVar[Curve] = Curve(
        "x if x > 0 else negative_slope · x",
        lambda x, facts: x if x > 0 else facts["negative_slope"] * x,
        ("negative_slope",),
    )

    negative_slope: float = _number(0.01, 0.0, 10.0)

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return self.negative_slope > 0 and any(signed)


@dataclass(frozen=True, kw_only=True)
class PReLU(Activation, ParametricSpec):
    """x where positive, a learned number times x elsewhere.

    Parameter ``weight`` ``(num_parameters,)``, at first full of ``init``.

    Attributes
    ----------
    num_parameters : 1, or one for each channel that it reads.
    """

    curve: ClassVar[Curve] = Curve(
        "x if x > 0 else weight · x",
        lambda x, facts: x if x > 0 else facts["weight"] * x,
        parameters=("weight",),
    )

    first_weights: ClassVar[tuple[str, ...]] = ("init",)
    since: ClassVar[int] = 2

    num_parameters: int = count(1)
    init: float = _number(0.25, -10.0, 10.0)

    @property
    def constants(self) -> Mapping[str, float]:
        return {"weight": self.init}

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        channels = sources[0][0]
        if self.num_parameters not in (1, channels):
            rule = text("must be 1 or the {count} channels it reads", count=channels)
            raise MisfitError("num_parameters", rule, str(self.num_parameters))
        return sources[0]

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return {"weight": (self.num_parameters,)}

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return any(signed)


class ReLU6(_NeverNegative):
    """min(max(0, x), 6)."""

    curve: ClassVar[Curve] = Curve("min(max(0, x), 6)", lambda x, _: clipped(x, 0.0, 6.0))

    since: ClassVar[int] = 2


@dataclass(frozen=True, kw_only=True)
class ELU(_KeepsSign):
    """x where positive, ``alpha`` times (exp(x) - 1) elsewhere."""

    curve: ClassVar[Curve] = Curve(
        "x if x > 0 else alpha · (exp(x) − 1)",
        lambda x, facts: x if x > 0 else facts["alpha"] * math.expm1(x),
        ("alpha",),
    )

    since: ClassVar[int] = 2

    alpha: float = _number(1.0, 0.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class GELU(_KeepsSign):
    """x times the share of a normal distribution that lies below x.

    Attributes
    ----------
    approximate : "none" for that share itself, by the error function; "tanh" for a formula near it.
    """

    since: ClassVar[int] = 2

    approximate: Literal["none", "tanh"] = argument(
        "none", "choice", choices=("none", "tanh"), affects_shape=False
    )

    @property
    def curve(self) -> Curve:  # type: ignore[override]  # of this type, each layer has its own
        if self.approximate == "tanh":
            return Curve("x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2", gelu_tanh)
        return Curve("x · (1 + erf(x / √2)) / 2", gelu)


class SiLU(_KeepsSign):
    """x times sigmoid(x)."""

    curve: ClassVar[Curve] = Curve("x / (1 + exp(−x))", lambda x, _: x * sigmoid(x))


class Hardswish(_KeepsSign):
    """x times hardsigmoid(x)."""

    curve: ClassVar[Curve] = Curve(
        "x · min(max(0, x + 3), 6) / 6", lambda x, _: x * clipped(x + 3.0, 0.0, 6.0) / 6.0
    )

    since: ClassVar[int] = 2


@dataclass(frozen=True, kw_only=True)
class Softplus(_NeverNegative):
    """log(1 + exp(beta * x)) / beta; x itself where beta * x is above ``threshold``."""

    curve: ClassVar[Curve] = Curve("log(1 + exp(beta · x)) / beta", softplus, ("beta", "threshold"))

    since: ClassVar[int] = 2

    beta: float = _number(1.0, 0.001, 100.0)
    threshold: float = _number(20.0, 0.0, 1000.0)


class Sigmoid(_NeverNegative):
    """1 / (1 + exp(-x))."""

    curve: ClassVar[Curve] = Curve("1 / (1 + exp(−x))", lambda x, _: sigmoid(x))


class Hardsigmoid(_NeverNegative):
    """x / 6 + 1 / 2, not below 0 and not above 1."""

    curve: ClassVar[Curve] = Curve(
        "min(max(0, x + 3), 6) / 6", lambda x, _: clipped(x + 3.0, 0.0, 6.0) / 6.0
    )

    since: ClassVar[int] = 2


class Tanh(_KeepsSign):
    """Hyperbolic tangent."""

    curve: ClassVar[Curve] = Curve("tanh(x)", lambda x, _: math.tanh(x))


@dataclass(frozen=True, kw_only=True)
class Hardtanh(Activation):
    """x, not below ``min_val`` and not above ``max_val``."""

    curve: ClassVar[Curve] = Curve(
        "min(max(min_val, x), max_val)",
        lambda x, facts: clipped(x, facts["min_val"], facts["max_val"]),
        ("min_val", "max_val"),
    )

    since: ClassVar[int] = 2

    min_val: float = _number(-1.0, -1e6, 1e6)
    max_val: float = _number(1.0, -1e6, 1e6)

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        if self.max_val <= self.min_val:
            rule = text("must be above min_val {least:g}", least=self.min_val)
            raise MisfitError("max_val", rule, f"{self.max_val:g}")
        return sources[0]

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return self.max_val < 0 or (self.min_val < 0 and any(signed))


class Softmax(LayerSpec):
    """exp(x) over channels, made to sum to 1 (at each position of a map)."""

    menu_group: ClassVar[MenuGroup] = "activation"
    arithmetic: ClassVar[Arithmetic] = "softmax"
    rank: ClassVar[int | None] = None
    keeps_channels: ClassVar[bool] = True

    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        return sources[0]

    def gives_negative(self, signed: Sequence[bool]) -> bool:
        return False

    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        return [(range(shape[0]), *part[1:])]
