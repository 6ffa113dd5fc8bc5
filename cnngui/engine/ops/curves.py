"""What curves are made of: constants, lines to compare with, clipping, powers."""

from __future__ import annotations

from functools import lru_cache, partial
from math import floor, prod
from typing import Any

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import as_lines, bind, memory_order
from cnngui.engine.ops.formula import Array, Room


def number(value: float, like: Array) -> Array:
    """Return a number as an array: a Python float would be converted anew at every call."""
    return np.array(value, like.dtype)


def one_plus_exp_of_minus(x: Array, out: Array) -> Calls:
    """Bind ``1 + exp(-x)``."""
    # Where exp of it would be infinite, sigmoid has long become 0 to all its digits.
    most = floor(np.log(np.finfo(x.dtype).max)) - 1
    return [
        bind(np.negative, x, out=out),
        *clip(out, -np.inf, most, out),
        bind(np.exp, out, out=out),
        bind(np.add, out, number(1, x), out=out),
    ]


def clip(x: Array, low: float, high: float, out: Array) -> Calls:
    """Bind ``min(max(x, low), high)``: one pass, where a maximum and a minimum are two."""
    lines, out_lines = as_lines(x, out)
    return [partial(lines.clip, number(low, x), number(high, x), out=out_lines)]


def find_between(x: Array, low: float, high: float, is_inside: Array, room: Room) -> Calls:
    """Bind the finding of values between both, neither of them included."""
    is_below = room.like(x, bool)
    return [
        bind(np.greater, x, number(low, x), out=is_inside),
        bind(np.less, x, number(high, x), out=is_below),
        bind(np.logical_and, is_inside, is_below, out=is_inside),
    ]


_LINE = 1024  # values: long enough to make up for its beginning, short enough for the first cache


def line_of(value: float, x: Array) -> Array:
    """Return a number to compare x with, as often as it stands in one line of x.

    NumPy compares two arrays with vector instructions, but not an array with a single number:
    that takes two to three times as long.
    """
    order = memory_order(x)
    shape = [1] * x.ndim
    for axis in reversed(order):
        if prod(shape) >= _LINE:
            break
        shape[axis] = x.shape[axis]
    line = _line(value, tuple(shape[axis] for axis in order), x.dtype)
    return line.transpose(np.argsort(order))


@lru_cache(maxsize=256)
def _line(value: float, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return an array full of a number, which all share who compare with it."""
    line = np.full(shape, value, dtype)
    line.flags.writeable = False
    return line
