"""Fully-connected layers."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, elementwise

Array = NDArray[np.float32]


def linear(x: Array, weight: Array, bias: Array | None, out: Array) -> Calls:
    """``x @ weight.T + bias``; x ``(N, in)``, weight ``(units, in)``, out ``(N, units)``."""
    calls: Calls = [partial(np.matmul, x, weight.T, out)]
    if len(x) == 1 and x.flags.c_contiguous and out.flags.c_contiguous:
        # For one image; its call takes half as long.
        calls = [partial(np.dot, weight, x[0], out[0])]
    if bias is not None:
        calls.append(elementwise.bind(np.add, out, bias, out=out))
    return calls
