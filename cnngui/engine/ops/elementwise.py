"""Calls of NumPy's functions of each value alone, bound so that calling costs as little as it can.

NumPy calls such a function in 0.3 microseconds on arrays that are one line of memory, but needs
1.5 to find out how to walk over others. What lies like one line is therefore bound as one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.ops import Call

_OUT_BY_NAME = (np.maximum, np.minimum)  # others take it by position, which is faster


def bind(function: np.ufunc, *inputs: NDArray[Any], out: NDArray[Any], **options: str) -> Call:
    """Bind ``function(*inputs, out=out)``. Inputs may be repeated along axes, as NumPy does it."""
    *inputs_, out = as_lines(*inputs, out)
    if function in _OUT_BY_NAME:
        return partial(function, *inputs_, out=out, **options)
    return partial(function, *inputs_, out, **options)


def bind_copy(target: NDArray[Any], source: NDArray[Any]) -> Call:
    """Bind ``target[...] = source``."""
    source, target = as_lines(source, target)
    return partial(np.copyto, target, source)


def as_lines(*arrays: NDArray[Any]) -> list[NDArray[Any]]:
    """See arrays with as few axes as walk over the same values together.

    The order of axes is that of the last array's memory. The others are repeated to its shape.
    """
    shape, like = arrays[-1].shape, arrays[-1].strides
    arrays = tuple(np.broadcast_to(array, shape) for array in arrays[:-1]) + arrays[-1:]
    axes: list[tuple[int, list[int]]] = []  # (length, a stride per array), the longest ones first
    for axis in sorted(range(len(shape)), key=lambda axis: -like[axis]):
        length, strides = shape[axis], [array.strides[axis] for array in arrays]
        if length == 1:
            continue
        if axes and axes[-1][1] == [length * stride for stride in strides]:
            length *= axes.pop()[0]
        axes.append((length, strides))
    return [
        as_strided(
            array,
            [length for length, _ in axes],
            [strides[number] for _, strides in axes],
            writeable=array.flags.writeable,
        )
        for number, array in enumerate(arrays)
    ]


def like(
    array: NDArray[Any],
    take: Callable[[list[int]], NDArray[Any]],
    shape: tuple[int, ...] | None = None,
) -> NDArray[Any]:
    """Return memory of an array's shape, or another, with its axes in the same order.

    Both can so be walked alike. ``take`` gives contiguous memory of a shape.
    """
    order = memory_order(array)
    shape = array.shape if shape is None else shape
    return take([shape[axis] for axis in order]).transpose(np.argsort(order))


def memory_order(array: NDArray[Any]) -> list[int]:
    """Return an array's axes, the one of the longest strides first."""
    return sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
