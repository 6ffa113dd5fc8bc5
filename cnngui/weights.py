"""The type under which weights pass between files, engine and document."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, Mapping[str, NDArray[np.float32]]]
"""Layer id to parameter name (PyTorch's: ``weight``, ``bias``, ...) to array."""
