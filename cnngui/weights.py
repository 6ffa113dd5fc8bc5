"""What weights are while they pass between files, engine and document: shared, and never changed.

A sealed array is read-only, and so is the memory that it is a view of: whoever has it may keep it
without a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, Mapping[str, NDArray[np.float32]]]
"""Layer id to parameter name (PyTorch's: ``weight``, ``bias``, ...) to array."""


def seal(weights: Weights) -> Weights:
    """Make arrays that nobody else has read-only, and return them."""
    for parameters in weights.values():
        for array in parameters.values():
            array.flags.writeable = False
    return weights


def sealed_float32(array: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return the array itself if it is sealed float32, and else a sealed float32 copy."""
    if array.dtype == np.float32 and _is_sealed(array):
        return cast("NDArray[np.float32]", array)
    copy = array.astype(np.float32)
    copy.flags.writeable = False
    return copy


def _is_sealed(array: NDArray[np.generic]) -> bool:
    if array.flags.writeable:
        return False
    return array.base is None or (isinstance(array.base, np.ndarray) and _is_sealed(array.base))
