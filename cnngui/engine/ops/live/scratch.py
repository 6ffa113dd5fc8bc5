"""Memory for what exists only while a band is computed."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

_ALIGNMENT = 16  # floats: one cache line, one AVX-512 register


class Scratch:
    """Hands out parts of one buffer, from its beginning again after each ``reset``.

    What was handed out before a reset shares memory with what is handed out after it. Bands that
    one thread computes one after the other so reuse the same lines of the cache.
    """

    def __init__(self) -> None:
        self._buffer = np.empty(0, np.float32)
        self._used = 0

    def take(self, *shape: int) -> NDArray[np.float32]:
        """Return an uninitialised C-contiguous float32 array."""
        size = prod(shape)
        first, last = self._used, self._used + size
        if last > self._buffer.size:
            # Arrays handed out so far keep the old buffer alive.
            self._buffer = _aligned_empty(2 * last)
        self._used = -(-last // _ALIGNMENT) * _ALIGNMENT
        return self._buffer[first:last].reshape(shape)

    def reset(self) -> None:
        """Begin again: the next band overwrites what the one before has used."""
        self._used = 0


def _aligned_empty(size: int) -> NDArray[np.float32]:
    line = _ALIGNMENT * 4
    raw = np.empty(size * 4 + line, np.uint8)
    start = -raw.ctypes.data % line
    return raw[start : start + size * 4].view(np.float32)
