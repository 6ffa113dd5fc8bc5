"""The lengths of gradients, and keeping them short."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.arrays import Arrays, each_of


def length(arrays: Iterable[NDArray[Any]]) -> float:
    """Return the square root of the sum of all squares; NaN or infinite only if a number is."""
    arrays = list(arrays)
    with np.errstate(over="ignore", invalid="ignore"):
        total = sum(float(np.dot(flat, flat)) for flat in (array.reshape(-1) for array in arrays))
        if not isfinite(total):
            # Squares of float32 leave its range long before the numbers themselves do.
            total = sum(float(np.sum(np.square(array, dtype=np.float64))) for array in arrays)
    return sqrt(total)


def lengths_by_layer(arrays: Arrays) -> dict[str, float]:
    """Return the length of each layer's arrays taken together."""
    return {layer_id: length(of_layer.values()) for layer_id, of_layer in arrays.items()}


def clip_by_norm(gradients: Arrays, most: float) -> float:
    """Make all gradients together at most that long, in place, and keep their direction.

    Parameters
    ----------
    gradients : by layer and parameter.
    most : above 0.

    Returns
    -------
    The length before. Gradients of which it is not finite stay as they are.
    """
    before = length(each_of(gradients))
    if isfinite(before) and before > most:
        for gradient in each_of(gradients):
            gradient *= most / before
    return before
