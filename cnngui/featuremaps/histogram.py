"""How the values of one map are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.statistics import measure
from cnngui.opencv import cv2


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of finite values in bins of equal width.

    Attributes
    ----------
    counts : int64 ``(bins,)``.
    edges : float32 ``(bins + 1,)``, ascending; the last bin includes its upper edge.
    """

    counts: NDArray[np.int64]
    edges: NDArray[np.float32]


def histogram(values: NDArray[np.float32], bins: int = 64) -> Histogram:
    """Count the values of one map, from its smallest to its largest finite one.

    Parameters
    ----------
    values : float32 ``(H, W)``. A map of one value alone has it in a bin around it.
    """
    statistics = measure(values[None])
    low, high = float(statistics.minimum[0]), float(statistics.maximum[0])
    if high - low <= 1e-6 * max(abs(low), abs(high)):
        margin = max(abs(low), 1.0) / 2
        low, high = low - margin, high + margin
    # calcHist leaves its upper limit out, and is many times faster than numpy.histogram.
    beyond = high + (high - low) * 1e-6
    edges = np.linspace(low, high, bins + 1).astype(np.float32)
    finite = np.ascontiguousarray(values)
    if statistics.non_finite[0]:
        # calcHist counts infinity somewhere inside.
        finite = values[np.isfinite(values)][None, :]
    if finite.size == 0:
        return Histogram(np.zeros(bins, np.int64), edges)
    counts = cv2.calcHist([finite], [0], None, [bins], [low, beyond])
    return Histogram(counts.ravel().astype(np.int64), edges)
