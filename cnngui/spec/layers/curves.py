"""Functions of one number, and how each is written, for people who take a number apart.

They are computed with Python's floats, one number at a time, and use nothing of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Facts: TypeAlias = Mapping[str, float]
"""A layer's arguments and parameters by name."""


@dataclass(frozen=True)
class Curve:
    """A function of one number, by the formula of PyTorch's documentation.

    Attributes
    ----------
    formula : how it is written; ``x`` and the names of facts stand in it.
    value : computes it, of x and the facts.
    facts : the arguments that it takes.
    parameters : the parameters that it takes, one number of each for every channel.
    """

    formula: str
    value: Callable[[float, Facts], float]
    facts: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x))."""
    if x < -700:  # exp would overflow; the result is 0 to all digits of float32
        return 0.0
    return 1.0 / (1.0 + math.exp(-x))


def gelu(x: float, facts: Facts) -> float:
    """Return x times the share of a normal distribution that lies below x."""
    return x * 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def gelu_tanh(x: float, facts: Facts) -> float:
    """Return nearly the same by a formula with tanh."""
    return x * 0.5 * (1.0 + math.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


def softplus(x: float, facts: Facts) -> float:
    """Return log(1 + exp(beta * x)) / beta, x itself above the threshold."""
    scaled = facts["beta"] * x
    if scaled > min(facts["threshold"], 700.0):  # exp would overflow
        return x
    return math.log1p(math.exp(scaled)) / facts["beta"]


def clipped(x: float, low: float, high: float) -> float:
    """Return x, not below ``low`` and not above ``high``."""
    return min(max(x, low), high)
