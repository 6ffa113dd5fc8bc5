"""The normal distribution's share below a number, which NumPy has no function for."""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Room

_BEND = 3.0
"""Where half of the polynomial's range lies; found to need the fewest terms."""

_DEGREES = {np.dtype(np.float32): 10, np.dtype(np.float64): 22}
"""Relative errors of the polynomial: 2e-8 and 6e-14."""


def share_below(x: Array, out: Array, room: Room) -> Calls:
    """Bind ``erfc(-x / sqrt(2)) / 2``, exact to the last digits of the dtype also far below zero.

    With ``t = 3 / (3 + z)``, ``erfc(z)`` is ``exp(-z * z)`` times t times a polynomial of t.
    ``out`` must not be x.
    """
    z, t = room.like(x), room.like(x)

    def number(value: float) -> Array:
        return np.array(value, x.dtype)

    first, *others = _coefficients(_DEGREES[x.dtype])[::-1]
    calls: Calls = [
        bind(np.absolute, x, out=z),
        bind(np.multiply, z, number(math.sqrt(0.5)), out=z),
        bind(np.add, z, number(_BEND), out=t),
        bind(np.divide, number(_BEND), t, out=t),
        bind(np.multiply, z, z, out=z),
        bind(np.negative, z, out=z),
        bind(np.exp, z, out=z),
        bind(np.multiply, z, t, out=z),
        # The polynomial's variable goes from -1 to 1.
        bind(np.multiply, t, number(2), out=t),
        bind(np.subtract, t, number(1), out=t),
        partial(out.fill, first),
    ]
    for coefficient in others:
        calls += [
            bind(np.multiply, out, t, out=out),
            bind(np.add, out, number(coefficient), out=out),
        ]
    is_above = t
    return [
        *calls,
        bind(np.multiply, out, z, out=out),
        bind(np.multiply, out, number(0.5), out=out),
        # What lies beyond |x| is known: below zero that is it, above zero it is what is missing.
        bind(np.greater, x, number(0), out=is_above, casting="unsafe"),
        bind(np.subtract, is_above, out, out=out),
        bind(np.absolute, out, out=out),
    ]


@cache
def _coefficients(degree: int) -> list[float]:
    """Return the polynomial's, the constant first: it meets ``erfc`` at Chebyshev's points."""
    points = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    values = [_scaled_erfc(_BEND / t - _BEND) / t for t in (points + 1) / 2]
    # A package of its own, for which few networks have a use.
    from numpy.polynomial import chebyshev

    return [float(c) for c in chebyshev.cheb2poly(chebyshev.chebfit(points, values, degree))]


def _scaled_erfc(z: float) -> float:
    """Return ``exp(z * z) * erfc(z)``, by its asymptotic series where erfc runs out of digits."""
    if z < 25:
        return math.erfc(z) * math.exp(z * z)
    term = total = 1.0
    for k in range(1, 12):
        term *= -(2 * k - 1) / (2 * z * z)
        total += term
    return total / (z * math.sqrt(math.pi))
