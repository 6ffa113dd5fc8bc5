"""The numbers of Winograd's convolution F(4, 3): what six values are mixed by, and tiles of four.

Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015. How they are used is told
where they are: ``live.winograd``, ``live.winograd_tiles`` and ``learning.tiles``.
"""

from __future__ import annotations

from math import prod

import numpy as np

TILE = 4
"""Output rows of one tile."""
INPUT_ROWS = 6
"""Input rows, and so products, of one tile."""

# Lines are those of the points 0, a, -a, b, -b and infinity. Usual are 1 and 2; a = 3/4 and b = 3/2
# round a third as much, and a matrix that BLAS multiplies by need not have simple numbers.
_A, _B = 3 / 4, 3 / 2
_POINTS = (0, _A, -_A, _B, -_B)
MIX_INPUT = np.array(
    [
        [_A**2 * _B**2, 0, -(_A**2) - _B**2, 0, 1, 0],
        [0, -_A * _B**2, -(_B**2), _A, 1, 0],
        [0, _A * _B**2, -(_B**2), -_A, 1, 0],
        [0, -_B * _A**2, -(_A**2), _B, 1, 0],
        [0, _B * _A**2, -(_A**2), -_B, 1, 0],
        [0, _A**2 * _B**2, 0, -(_A**2) - _B**2, 0, 1],
    ],
    np.float32,
)
MIX_WEIGHT = np.array(
    [
        *(
            np.array([1, point, point**2])
            / prod(point - other for other in _POINTS if other != point)
            for point in _POINTS
        ),
        [0, 0, 1],
    ],
    np.float64,
)
MIX_OUTPUT = np.array(
    [[*(point**row for point in _POINTS), row == 3] for row in range(4)], np.float32
)


def tile_runs(length: int) -> list[tuple[int, int, int]]:
    """Return (first, number of tiles, how much of each) of the whole tiles, and of the last."""
    whole, rest = divmod(length, TILE)
    runs = [(0, whole, TILE), (whole * TILE, 1, rest)]
    return [run for run in runs if run[1] and run[2]]
