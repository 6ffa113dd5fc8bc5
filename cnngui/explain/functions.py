"""Curves in float64, one number at a time, and how each is written.

The formulas are those of PyTorch's documentation and use nothing of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnngui.spec import layers as spec
from cnngui.spec.layers import LayerSpec

Facts = Mapping[str, float]


@dataclass(frozen=True)
class Curve:
    """A function of one number.

    Attributes
    ----------
    formula : how it is written; ``x`` and the names of facts stand in it.
    value : computes it, of x and the layer's arguments and parameters by name.
    facts : the arguments that stand in the formula.
    parameters : the parameters that stand in it, one number of each for every channel.
    """

    formula: str
    value: Callable[[float, Facts], float]
    facts: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def _sigmoid(x: float) -> float:
    if x < -700:  # exp would overflow; the result is 0 to all digits of float32
        return 0.0
    return 1.0 / (1.0 + math.exp(-x))


def _gelu(x: float, facts: Facts) -> float:
    return x * 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def _gelu_tanh(x: float, facts: Facts) -> float:
    return x * 0.5 * (1.0 + math.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


def _softplus(x: float, facts: Facts) -> float:
    scaled = facts["beta"] * x
    if scaled > min(facts["threshold"], 700.0):  # exp would overflow
        return x
    return math.log1p(math.exp(scaled)) / facts["beta"]


def _clipped(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


_CURVES: dict[type[LayerSpec], Curve] = {
    spec.ReLU: Curve("max(0, x)", lambda x, _: max(0.0, x)),
    spec.LeakyReLU: Curve(
        "x if x > 0 else negative_slope · x",
        lambda x, facts: x if x > 0 else facts["negative_slope"] * x,
        ("negative_slope",),
    ),
    spec.Sigmoid: Curve("1 / (1 + exp(−x))", lambda x, _: _sigmoid(x)),
    spec.Tanh: Curve("tanh(x)", lambda x, _: math.tanh(x)),
    spec.PReLU: Curve(
        "x if x > 0 else weight · x",
        lambda x, facts: x if x > 0 else facts["weight"] * x,
        parameters=("weight",),
    ),
    spec.ELU: Curve(
        "x if x > 0 else alpha · (exp(x) − 1)",
        lambda x, facts: x if x > 0 else facts["alpha"] * math.expm1(x),
        ("alpha",),
    ),
    spec.ReLU6: Curve("min(max(0, x), 6)", lambda x, _: _clipped(x, 0.0, 6.0)),
    spec.Hardtanh: Curve(
        "min(max(min_val, x), max_val)",
        lambda x, facts: _clipped(x, facts["min_val"], facts["max_val"]),
        ("min_val", "max_val"),
    ),
    spec.Hardsigmoid: Curve(
        "min(max(0, x + 3), 6) / 6", lambda x, _: _clipped(x + 3.0, 0.0, 6.0) / 6.0
    ),
    spec.Hardswish: Curve(
        "x · min(max(0, x + 3), 6) / 6", lambda x, _: x * _clipped(x + 3.0, 0.0, 6.0) / 6.0
    ),
    spec.Softplus: Curve("log(1 + exp(beta · x)) / beta", _softplus, ("beta", "threshold")),
    spec.SiLU: Curve("x / (1 + exp(−x))", lambda x, _: x * _sigmoid(x)),
}


_GELU_BY = {
    "none": Curve("x · (1 + erf(x / √2)) / 2", _gelu),
    "tanh": Curve("x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2", _gelu_tanh),
}


def curve_of(layer: Any) -> Curve:
    """Return the curve of an elementwise layer.

    Raises
    ------
    KeyError
        The layer is none.
    """
    if isinstance(layer, spec.GELU):
        return _GELU_BY[layer.approximate]
    return _CURVES[type(layer)]
