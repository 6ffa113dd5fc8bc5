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


_CURVES: dict[type[LayerSpec], Curve] = {
    spec.ReLU: Curve("max(0, x)", lambda x, _: max(0.0, x)),
    spec.LeakyReLU: Curve(
        "x if x > 0 else negative_slope · x",
        lambda x, facts: x if x > 0 else facts["negative_slope"] * x,
        ("negative_slope",),
    ),
    spec.Sigmoid: Curve("1 / (1 + exp(−x))", lambda x, _: _sigmoid(x)),
    spec.Tanh: Curve("tanh(x)", lambda x, _: math.tanh(x)),
    spec.SiLU: Curve("x / (1 + exp(−x))", lambda x, _: x * _sigmoid(x)),
}


def curve_of(layer: Any) -> Curve:
    """Return the curve of an elementwise layer; KeyError if it is none."""
    return _CURVES[type(layer)]


def has_curve(layer: LayerSpec) -> bool:
    """Return whether a layer is a function of each value alone."""
    return type(layer) in _CURVES
