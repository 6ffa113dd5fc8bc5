"""Matrix multiplication in blocks of the size that BLAS does best."""

from __future__ import annotations

from functools import lru_cache, partial
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from cnngui.engine.parallel import multiplies_where_they_lie

Array = NDArray[np.float32]

_SMALL_PRODUCT = 1_000_000
"""Up to so many multiply-adds OpenBLAS multiplies matrices where they lie, without rearranging them
first, if it knows how to: on AVX-512. That is 15 to 25 percent faster for matrices that are in the
cache anyway."""
_SMALL_MATRIX = 50_000
"""Values on the right that stay in the cache while block after block reads them."""
_VECTOR = 16  # floats in an AVX-512 register: blocks of other widths waste part of each
_FEWEST_ROWS = 8


def multiply(a: Array, b: Array, out: Array) -> partial[object]:
    """Bind ``out = a @ b`` for stacks of matrices ``(..., m, k)`` and ``(..., k, n)``.

    ``b`` should be contiguous along n: multiplying with a transposed matrix takes up to twice as
    long.
    """
    depth = a.shape[-1]
    if not multiplies_where_they_lie() or depth * b.shape[-1] > _SMALL_MATRIX:
        return partial(np.matmul, a, b, out)
    rows, columns = _block_size(a.shape[-2], depth, b.shape[-1])
    return partial(
        np.matmul,
        _blocks(a, rows, depth),
        _blocks(b, depth, columns),
        _blocks(out, rows, columns),
    )


def _blocks(matrices: Array, rows: int, columns: int) -> Array:
    """See ``(..., m, n)`` as ``(..., m / rows, n / columns, rows, columns)``."""
    *outer, height, width = matrices.shape
    *strides, row, column = matrices.strides
    return as_strided(
        matrices,
        (*outer, height // rows, width // columns, rows, columns),
        (*strides, rows * row, columns * column, row, column),
    )


@lru_cache(maxsize=1024)
def _block_size(rows: int, depth: int, columns: int) -> tuple[int, int]:
    """Return how many rows and columns one multiplication should do: as many as are small."""
    if rows * depth * columns <= _SMALL_PRODUCT:
        return rows, columns
    candidates = [
        (some_rows, some_columns)
        for some_rows in _divisors(rows, 1)
        for some_columns in _divisors(columns, _VECTOR)
        if some_rows >= _FEWEST_ROWS and some_rows * depth * some_columns <= _SMALL_PRODUCT
    ]
    return max(candidates, key=prod, default=(rows, columns))


def _divisors(length: int, multiple: int) -> list[int]:
    return [part for part in range(multiple, length + 1, multiple) if length % part == 0]
