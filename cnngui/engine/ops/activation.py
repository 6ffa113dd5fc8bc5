"""Activations. Except for SiLU the gradient follows from the result alone."""

from __future__ import annotations

from functools import partial
from math import floor, prod
from typing import ClassVar

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind, memory_order
from cnngui.engine.ops.formula import Array, Curve, Reads, Room, Seen, Unary
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec


@formula(spec.ReLU)
class ReLU(Curve[spec.ReLU]):
    """max(0, x)."""

    keeps_zeros = True
    commutes_with_maxima = True
    is_positive_part = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return [bind(np.maximum, x, _line_of_zeros(x), out=out)]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        is_positive = room.like(seen, bool)
        return [
            bind(np.greater, seen, number(0, seen), out=is_positive),
            bind(np.multiply, d_out, is_positive, out=d_x),
        ]


@formula(spec.LeakyReLU)
class LeakyReLU(Curve[spec.LeakyReLU]):
    """x where positive, ``negative_slope`` times x elsewhere."""

    keeps_zeros = True
    commutes_with_maxima = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        scaled = room.like(x)
        # Of x and slope * x the wanted one is the larger for slopes up to 1, the smaller above.
        choose = np.maximum if self.layer.negative_slope <= 1 else np.minimum
        return [
            bind(np.multiply, x, number(self.layer.negative_slope, x), out=scaled),
            bind(choose, x, scaled, out=out),
        ]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        slope, factor = self.layer.negative_slope, room.like(seen)
        return [
            # A result is positive where x was: the slope is not negative.
            bind(np.greater, seen, number(0, seen), out=factor, casting="unsafe"),
            bind(np.multiply, factor, number(1 - slope, seen), out=factor),
            bind(np.add, factor, number(slope, seen), out=factor),
            bind(np.multiply, d_out, factor, out=d_x),
        ]


@formula(spec.Sigmoid)
class Sigmoid(Curve[spec.Sigmoid]):
    """1 / (1 + exp(-x))."""

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return [*_one_plus_exp_of_minus(x, out), bind(np.divide, number(1, x), out, out=out)]

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


@formula(spec.SiLU)
class SiLU(Curve[spec.SiLU]):
    """x / (1 + exp(-x))."""

    keeps_zeros = True
    reads: ClassVar[Reads] = "input"

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        divisor = room.like(x)
        return [*_one_plus_exp_of_minus(x, divisor), bind(np.divide, x, divisor, out=out)]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        gate, rest = room.like(seen), room.like(seen)
        return [
            *_one_plus_exp_of_minus(seen, gate),
            bind(np.divide, number(1, seen), gate, out=gate),
            bind(np.subtract, number(1, seen), gate, out=rest),
            bind(np.multiply, rest, seen, out=rest),
            bind(np.add, rest, number(1, seen), out=rest),
            bind(np.multiply, rest, gate, out=rest),
            bind(np.multiply, d_out, rest, out=d_x),
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


def number(value: float, like: Array) -> Array:
    """Return a number as an array: a Python float would be converted anew at every call."""
    return np.array(value, like.dtype)


def _one_plus_exp_of_minus(x: Array, out: Array) -> Calls:
    # Where exp of it would be infinite, sigmoid has long become 0 to all its digits.
    most = floor(np.log(np.finfo(x.dtype).max)) - 1
    return [
        bind(np.negative, x, out=out),
        bind(np.minimum, out, number(most, x), out=out),
        bind(np.exp, out, out=out),
        bind(np.add, out, number(1, x), out=out),
    ]


_LINE = 1024  # values: long enough to make up for its beginning, short enough for the first cache


def _line_of_zeros(x: Array) -> Array:
    """Return zeros to compare x with, that lie as one line of x does.

    NumPy compares two arrays with vector instructions, but not an array with a single number:
    that takes two to three times as long.
    """
    order = memory_order(x)
    shape = [1] * x.ndim
    for axis in reversed(order):
        if prod(shape) >= _LINE:
            break
        shape[axis] = x.shape[axis]
    zeros = np.zeros([shape[axis] for axis in order], x.dtype)
    return zeros.transpose(np.argsort(order))
