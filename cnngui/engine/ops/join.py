"""Several tensors into one, and one into another form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, elementwise

Array = NDArray[np.float32]


def add(inputs: Sequence[Array], out: Array) -> Calls:
    """The sum of two or more tensors of one shape."""
    first, second, *rest = inputs
    return [
        elementwise.bind(np.add, first, second, out=out),
        *(elementwise.bind(np.add, out, other, out=out) for other in rest),
    ]


def concat(inputs: Sequence[Array], out: Array) -> Calls:
    """The channels of all inputs, one after the other."""
    ends = np.cumsum([x.shape[1] for x in inputs])
    return [
        elementwise.bind_copy(out[:, end - x.shape[1] : end], x)
        for x, end in zip(inputs, ends, strict=True)
    ]


def flatten(x: Array, out: Array) -> Calls:
    """``(N, C, H, W)`` to ``(N, C * H * W)``: channel by channel, row by row."""
    return [elementwise.bind_copy(out.reshape(x.shape), x)]
