"""Fully-connected layers."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.kernels import Calls

Array = NDArray[np.float32]


def linear(x: Array, weight: Array, bias: Array | None, out: Array) -> Calls:
    """``x @ weight.T + bias``; x ``(N, in)``, weight ``(units, in)``, out ``(N, units)``."""
    calls: Calls = [partial(np.matmul, x, weight.T, out=out)]
    if bias is not None:
        calls.append(partial(np.add, out, bias, out=out))
    return calls
