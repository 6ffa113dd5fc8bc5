"""Activations that bend smoothly, and Softmax. ``activation_pieces`` has the others.

Where the gradient follows from the result alone, that may take the place of what it is made from.
"""

from __future__ import annotations

from functools import partial
from math import pi, sqrt
from typing import ClassVar

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.curves import line_of, number, one_plus_exp_of_minus
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Curve, Reads, Room, Seen, Unary
from cnngui.engine.ops.normal import share_below
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec


@formula(spec.ELU)
class ELU(Curve[spec.ELU]):
    """x where positive, ``alpha`` times (exp(x) - 1) elsewhere."""

    passes = 2
    keeps_zeros = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        negative = room.like(x)
        return [
            bind(np.minimum, x, line_of(0, x), out=negative),
            bind(np.expm1, negative, out=negative),
            bind(np.multiply, negative, number(self.layer.alpha, x), out=negative),
            bind(np.maximum, x, line_of(0, x), out=out),
            bind(np.add, out, negative, out=out),
        ]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        # Below zero the slope is alpha more than the result.
        factor, is_there = room.like(seen), room.like(seen, bool)
        zero = number(0, seen)
        return [
            bind(np.minimum, seen, line_of(0, seen), out=factor),
            bind(np.add, factor, number(self.layer.alpha, seen), out=factor),
            bind(np.less_equal, seen, zero, out=is_there),
            bind(np.multiply, factor, is_there, out=factor),
            bind(np.greater, seen, zero, out=is_there),
            bind(np.add, factor, is_there, out=factor),
            bind(np.multiply, d_out, factor, out=d_x),
        ]


@formula(spec.GELU)
class GELU(Curve[spec.GELU]):
    """x times the share of a normal distribution that lies below x, or a formula near that."""

    passes = 8
    keeps_zeros = True
    reads: ClassVar[Reads] = "input"

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        share = room.like(x)
        bind_share = share_below if self.layer.approximate == "none" else _tanh_share_below
        return [*bind_share(x, share, room), bind(np.multiply, x, share, out=out)]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        share, bend = room.like(seen), room.like(seen)
        if self.layer.approximate == "none":
            density = 1 / sqrt(2 * pi)
            calls = [
                *share_below(seen, share, room),
                bind(np.multiply, seen, seen, out=bend),
                bind(np.multiply, bend, number(-0.5, seen), out=bend),
                bind(np.exp, bend, out=bend),
                bind(np.multiply, bend, number(density, seen), out=bend),
            ]
        else:
            # With T = 2 share - 1, the slope of the share is (1 - T * T) / 2 times the slope of
            # what T is the hyperbolic tangent of.
            left = room.like(seen)
            calls = [
                *_tanh_share_below(seen, share, room),
                bind(np.subtract, number(1, seen), share, out=left),
                bind(np.multiply, left, share, out=left),
                bind(np.multiply, seen, seen, out=bend),
                bind(np.multiply, bend, number(3 * _CUBIC, seen), out=bend),
                bind(np.add, bend, number(1, seen), out=bend),
                bind(np.multiply, bend, number(2 * sqrt(2 / pi), seen), out=bend),
                bind(np.multiply, bend, left, out=bend),
            ]
        return [
            *calls,
            bind(np.multiply, bend, seen, out=bend),
            bind(np.add, bend, share, out=bend),
            bind(np.multiply, d_out, bend, out=d_x),
        ]


@formula(spec.SiLU)
class SiLU(Curve[spec.SiLU]):
    """x / (1 + exp(-x))."""

    passes = 2
    keeps_zeros = True
    reads: ClassVar[Reads] = "input"

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        divisor = room.like(x)
        return [*one_plus_exp_of_minus(x, divisor), bind(np.divide, x, divisor, out=out)]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        gate, rest = room.like(seen), room.like(seen)
        return [
            *one_plus_exp_of_minus(seen, gate),
            bind(np.divide, number(1, seen), gate, out=gate),
            bind(np.subtract, number(1, seen), gate, out=rest),
            bind(np.multiply, rest, seen, out=rest),
            bind(np.add, rest, number(1, seen), out=rest),
            bind(np.multiply, rest, gate, out=rest),
            bind(np.multiply, d_out, rest, out=d_x),
        ]


@formula(spec.Softplus)
class Softplus(Curve[spec.Softplus]):
    """log(1 + exp(beta * x)) / beta; x itself where beta * x is above ``threshold``."""

    passes = 4
    reads: ClassVar[Reads] = "input"

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        # max(0, x) + log(1 + exp(-|beta * x|)) / beta, in which nothing overflows.
        rest, is_bent = room.like(x), room.like(x, bool)
        beta = number(self.layer.beta, x)
        return [
            bind(np.multiply, x, beta, out=rest),
            bind(np.less_equal, rest, number(self.layer.threshold, x), out=is_bent),
            bind(np.absolute, rest, out=rest),
            bind(np.negative, rest, out=rest),
            bind(np.exp, rest, out=rest),
            bind(np.log1p, rest, out=rest),
            bind(np.divide, rest, beta, out=rest),
            bind(np.multiply, rest, is_bent, out=rest),
            bind(np.maximum, x, line_of(0, x), out=out),
            bind(np.add, out, rest, out=out),
        ]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        scaled, factor, is_straight = room.like(seen), room.like(seen), room.like(seen, bool)
        return [
            bind(np.multiply, seen, number(self.layer.beta, seen), out=scaled),
            *one_plus_exp_of_minus(scaled, factor),
            bind(np.divide, number(1, seen), factor, out=factor),
            bind(np.greater, scaled, number(self.layer.threshold, seen), out=is_straight),
            # A sigmoid is below 1, so the larger of both is 1 where the curve is straight.
            bind(np.maximum, factor, is_straight, out=factor),
            bind(np.multiply, d_out, factor, out=d_x),
        ]


@formula(spec.Sigmoid)
class Sigmoid(Curve[spec.Sigmoid]):
    """1 / (1 + exp(-x))."""

    passes = 2

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return [*one_plus_exp_of_minus(x, out), bind(np.divide, number(1, x), out, out=out)]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        factor = room.like(seen)
        return [
            bind(np.subtract, number(1, seen), seen, out=factor),
            bind(np.multiply, factor, seen, out=factor),
            bind(np.multiply, d_out, factor, out=d_x),
        ]


@formula(spec.Tanh)
class Tanh(Curve[spec.Tanh]):
    """Hyperbolic tangent."""

    keeps_zeros = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return [bind(np.tanh, x, out=out)]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        factor = room.like(seen)
        return [
            bind(np.multiply, seen, seen, out=factor),
            bind(np.subtract, number(1, seen), factor, out=factor),
            bind(np.multiply, d_out, factor, out=d_x),
        ]


@formula(spec.Softmax)
class Softmax(Unary[spec.Softmax]):
    """exp(x) over channels, made to sum to 1. The maximum goes off first, so nothing overflows."""

    in_place = True
    reads: ClassVar[Reads] = "output"

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        total = room.like(x[:, :1])
        return [
            partial(np.maximum.reduce, x, axis=1, keepdims=True, out=total),
            bind(np.subtract, x, total, out=out),
            bind(np.exp, out, out=out),
            partial(np.add.reduce, out, axis=1, keepdims=True, out=total),
            bind(np.divide, out, total, out=out),
        ]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        product, total = room.like(seen.out), room.like(seen.out[:, :1])
        return [
            bind(np.multiply, d_out, seen.out, out=product),
            partial(np.add.reduce, product, axis=1, keepdims=True, out=total),
            bind(np.subtract, d_out, total, out=d_x),
            bind(np.multiply, d_x, seen.out, out=d_x),
        ]


_CUBIC = 0.044715
"""Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016."""


def _tanh_share_below(x: Array, out: Array, room: Room) -> Calls:
    """Bind ``(1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2``. ``out`` must not be x."""
    return [
        bind(np.multiply, x, x, out=out),
        bind(np.multiply, out, number(_CUBIC, x), out=out),
        bind(np.add, out, number(1, x), out=out),
        bind(np.multiply, out, x, out=out),
        bind(np.multiply, out, number(sqrt(2 / pi), x), out=out),
        bind(np.tanh, out, out=out),
        bind(np.add, out, number(1, x), out=out),
        bind(np.multiply, out, number(0.5, x), out=out),
    ]
