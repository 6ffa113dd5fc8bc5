"""Where the bulk of a map's values ends, found from a sample: a few strong ones set no scale."""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.statistics import Extremes

BULK_SHARE = 0.99
"""This share of a map's values that are not zero is its bulk; what is stronger lies beyond."""

_FEWEST = ceil(1 / (1 - BULK_SHARE))
"""Of fewer values the strongest is no exception."""

# Sorting the sample then takes about as long as finding smallest and largest of all values.
_MOST_IN_ALL = 2**18
_MOST_OF_A_MAP, _LEAST_OF_A_MAP = 2048, 256


def find_bulk(maps: NDArray[np.float32], extremes: Extremes) -> Extremes:
    """Return extremes without the strongest values, on either side of zero.

    Zeros do not count: most of a map behind a ReLU may be zero, and the rest is what it shows. Of a
    map with few values, or of which a sample catches few that are not zero, nothing lies beyond.

    Parameters
    ----------
    maps : float32 ``(C, ...)``, at least one value each.
    extremes : theirs.

    Returns
    -------
    As wide as ``extremes`` or less wide. Each end is a value of the map, or that of ``extremes``.
    """
    values = maps.reshape(len(maps), -1)
    size = values.shape[1]
    sample = np.abs(values[:, :: _step(size, len(maps), maps.shape[-1])])
    sample.sort(axis=1)
    # Not a number comes last, after infinity.
    if not np.isfinite(sample[:, -1]).all():
        sample[~np.isfinite(sample)] = 0
        sample.sort(axis=1)
    taken = sample.shape[1]
    counted = np.count_nonzero(sample, axis=1)
    beyond = counted - 1 - np.ceil(BULK_SHARE * (counted - 1)).astype(np.intp)
    ends = sample[np.arange(len(sample)), taken - 1 - np.maximum(beyond, 0)]
    if taken < size:
        ends = np.where(counted < _FEWEST, np.float32(np.inf), ends)
    return Extremes(np.maximum(extremes.minimum, -ends), np.minimum(extremes.maximum, ends))


def _step(size: int, maps: int, row: int) -> int:
    """Return a step through a map's values that does not return to the same columns."""
    wanted = min(max(_MOST_IN_ALL // maps, _LEAST_OF_A_MAP), _MOST_OF_A_MAP)
    step = max(round(size / wanted), 1)
    while gcd(step, row) > 1:
        step += 1
    return step
