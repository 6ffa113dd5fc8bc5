"""Functions of each value alone. ``out`` may be ``x`` itself."""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, elementwise
from cnngui.engine.ops.scratch import Scratch

Array = NDArray[np.float32]

# Numbers as arrays: a Python float would be converted anew at every call.
_ONE = np.ones((), np.float32)
# exp of more than 88 is infinite in float32; sigmoid is 0 to all its digits long before.
_EXP_LIMIT = np.array(87, np.float32)


def relu(x: Array, out: Array) -> Calls:
    """max(0, x)."""
    return [elementwise.bind(np.maximum, x, _line_of_zeros(x), out=out)]


def leaky_relu(x: Array, out: Array, negative_slope: float, scratch: Scratch) -> Calls:
    """Leave x where it is positive, take ``negative_slope`` times x elsewhere."""
    slope = np.array(negative_slope, np.float32)
    scaled = _like(x, scratch)
    # Of x and slope * x the wanted one is the larger for slopes up to 1, the smaller above.
    choose = np.maximum if negative_slope <= 1 else np.minimum
    return [
        elementwise.bind(np.multiply, x, slope, out=scaled),
        elementwise.bind(choose, x, scaled, out=out),
    ]


def sigmoid(x: Array, out: Array) -> Calls:
    """1 / (1 + exp(-x))."""
    return [*_one_plus_exp_of_minus(x, out), elementwise.bind(np.divide, _ONE, out, out=out)]


def silu(x: Array, out: Array, scratch: Scratch) -> Calls:
    """Divide x by 1 + exp(-x)."""
    divisor = _like(x, scratch)
    return [*_one_plus_exp_of_minus(x, divisor), elementwise.bind(np.divide, x, divisor, out=out)]


def tanh(x: Array, out: Array) -> Calls:
    """Hyperbolic tangent."""
    return [elementwise.bind(np.tanh, x, out=out)]


def softmax(x: Array, out: Array, scratch: Scratch) -> Calls:
    """exp(x) over axis 1, made to sum to 1. The maximum goes off first, so nothing overflows."""
    images, _, height, width = x.shape
    total = scratch.take(images, 1, height, width)
    return [
        partial(np.maximum.reduce, x, axis=1, keepdims=True, out=total),
        elementwise.bind(np.subtract, x, total, out=out),
        elementwise.bind(np.exp, out, out=out),
        partial(np.add.reduce, out, axis=1, keepdims=True, out=total),
        elementwise.bind(np.divide, out, total, out=out),
    ]


def _one_plus_exp_of_minus(x: Array, out: Array) -> Calls:
    return [
        elementwise.bind(np.negative, x, out=out),
        elementwise.bind(np.minimum, out, _EXP_LIMIT, out=out),
        elementwise.bind(np.exp, out, out=out),
        elementwise.bind(np.add, out, _ONE, out=out),
    ]


_LINE = 256  # floats: long enough to make up for its beginning, short enough for the first cache


def _line_of_zeros(x: Array) -> Array:
    """Return zeros to compare x with, that lie as one line of x does.

    NumPy compares two arrays with vector instructions, but not an array with a single number:
    that takes two to three times as long.
    """
    order = _memory_order(x)
    shape = [1] * x.ndim
    for axis in reversed(order):
        if prod(shape) >= _LINE:
            break
        shape[axis] = x.shape[axis]
    zeros = np.zeros([shape[axis] for axis in order], np.float32)
    return zeros.transpose(np.argsort(order))


def _like(x: Array, scratch: Scratch) -> Array:
    """Scratch memory of x's shape, its axes in x's order, so that both are walked the same way."""
    order = _memory_order(x)
    taken = scratch.take(*(x.shape[axis] for axis in order))
    return taken.transpose(np.argsort(order))


def _memory_order(x: Array) -> list[int]:
    """Return x's axes, the one of the longest strides first."""
    return sorted(range(x.ndim), key=lambda axis: -x.strides[axis])
