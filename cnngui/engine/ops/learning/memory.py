"""Where the arrays of a training step lie: in memory that is taken once and used in every step."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import DTypeLike, NDArray

_ALIGNMENT = 64
"""Bytes of a cache line and of the widest vector register."""


class Memory:
    """Hands out arrays of one buffer; without a buffer it only finds out how large that must be.

    Arrays are of two kinds. What is *kept* holds its values for the whole step. *Scratch* is taken
    by everyone from the same place, so it holds values only while one operation works.

    Parameters
    ----------
    buffer : uint8, at least ``nbytes`` long as a measuring memory has found; None to measure.
        The arrays of a measuring memory have shapes but no room of their own: making views of them
        is all that may be done with them.
    scratch_bytes : how much of the buffer's beginning is scratch.
    """

    def __init__(self, buffer: NDArray[np.uint8] | None = None, scratch_bytes: int = 0) -> None:
        self._buffer = buffer
        self._kept_bytes = 0
        self._scratch_limit = scratch_bytes
        self.scratch_bytes = 0

    @property
    def nbytes(self) -> int:
        """All that was handed out until now, with room for aligning the buffer itself."""
        return _ALIGNMENT + self.scratch_bytes + self._kept_bytes

    def keep(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        """Return an array that belongs to the taker alone."""
        start = self._scratch_limit + self._kept_bytes
        self._kept_bytes += _aligned(_size(shape, dtype))
        return self._array(start, shape, dtype)

    def scratch(self, *wanted: tuple[tuple[int, ...], DTypeLike]) -> list[NDArray]:
        """Return arrays of these shapes and types that overlap those of every other taker."""
        arrays, start = [], 0
        for shape, dtype in wanted:
            arrays.append(self._array(start, shape, dtype))
            start += _aligned(_size(shape, dtype))
        self.scratch_bytes = max(self.scratch_bytes, start)
        return arrays

    def _array(self, start: int, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        if self._buffer is None:
            return np.broadcast_to(np.zeros((), dtype), shape)
        start += -self._buffer.ctypes.data % _ALIGNMENT
        return self._buffer[start : start + _size(shape, dtype)].view(dtype).reshape(shape)


class Recycled:
    """Arrays that are used again by the next taker when they are given back.

    Takers are made ready in the order in which they will work.
    """

    def __init__(self, memory: Memory, dtype: DTypeLike) -> None:
        self._memory, self._dtype = memory, dtype
        self._lines: dict[int, NDArray] = {}
        """What each array that is in use was cut from, by the array's identity."""
        self._free: list[NDArray] = []

    def take(self, shape: tuple[int, ...]) -> NDArray:
        """Return an array whose content is of no use to anybody any more."""
        size = prod(shape)
        fitting = [line for line in self._free if line.size >= size]
        if fitting:
            line = min(fitting, key=lambda line: line.size)
            self._free = [other for other in self._free if other is not line]
        else:
            line = self._memory.keep((size,), self._dtype)
        array = line[:size].reshape(shape)
        self._lines[id(array)] = line
        return array

    def give_back(self, array: NDArray) -> None:
        """Let an array that was taken be used again."""
        self._free.append(self._lines.pop(id(array)))


def _size(shape: tuple[int, ...], dtype: DTypeLike) -> int:
    return prod(shape) * np.dtype(dtype).itemsize


def _aligned(nbytes: int) -> int:
    return -(-nbytes // _ALIGNMENT) * _ALIGNMENT
