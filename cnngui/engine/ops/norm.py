"""Normalisation by running statistics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, elementwise

Array = NDArray[np.float32]


def scale_and_shift(
    weight: Array, bias: Array, running_mean: Array, running_var: Array, eps: float
) -> tuple[Array, Array]:
    """Return ``(scale, shift)``, each ``(C,)``: what batch normalisation does to a channel.

    Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 2. Computed in float64.
    """
    scale = weight / np.sqrt(running_var.astype(np.float64) + eps)
    shift = bias - running_mean * scale
    return scale.astype(np.float32), shift.astype(np.float32)


def batch_norm(x: Array, out: Array, scale: Array, shift: Array) -> Calls:
    """``x * scale + shift``, channel by channel. ``out`` may be ``x`` itself."""
    scale, shift = scale[:, None, None], shift[:, None, None]
    return [
        elementwise.bind(np.multiply, x, scale, out=out),
        elementwise.bind(np.add, out, shift, out=out),
    ]
