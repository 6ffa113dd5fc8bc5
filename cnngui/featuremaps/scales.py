"""How the maps of a network become colours at one moment: the same on the screen and in files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.bars import bar_ends
from cnngui.featuremaps.bulk import find_bulk
from cnngui.featuremaps.scaling import Range, Ranges, Scaling, value_ranges
from cnngui.featuremaps.statistics import Extremes

LEAST_SHARE = 0.05
"""A scale does not fall below this share of the widest range seen."""

ROUNDING = 1e-6
"""A narrower range of values is what float32 arithmetic leaves where nothing differs."""

Widths = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scales:
    """What decides about colours.

    Attributes
    ----------
    scaling : which values share a range; see ``scaling.value_ranges``.
    clips : whether a map's bulk sets its range, and what is stronger is cut off there.
    locked : ranges by layer id, used while the scaling is locked.
    widest : by layer id, float64 ``(C,)``: how wide each map's range was at most. So the rounding
        noise of a picture that stands still does not fill the colours.
    """

    scaling: Scaling = "map"
    clips: bool = False
    locked: Mapping[str, Range] = field(default_factory=dict)
    widest: Mapping[str, Widths] = field(default_factory=dict)

    def ranges(
        self, layer_id: str, maps: NDArray[np.float32], extremes: Extremes, signed: bool
    ) -> Ranges:
        """Return low and high of each map ``(C, ...)`` of a layer, always ``low < high``."""
        locked = self.locked.get(layer_id)
        if self.scaling == "locked" and locked is not None:
            return value_ranges(extremes, signed, "locked", locked)
        ends = find_bulk(maps, extremes) if self.clips else extremes
        return value_ranges(ends, signed, self.scaling, least=self._least(layer_id, ends, signed))

    def least_of_bars(self, layer_id: str, values: NDArray[np.float32], signed: bool) -> float:
        """Return how far apart the ends of the bars ``(F,)`` of a flat layer are at least."""
        return float(self._least(layer_id, bar_ends(values), signed)[0])

    def _least(self, layer_id: str, ends: Extremes, signed: bool) -> Widths:
        own = widths(ends, signed)
        return least_widths(wider(own, self.widest.get(layer_id, own))[: len(own)])


def widths(ends: Extremes, signed: bool) -> Widths:
    """Return how wide the range of each map is by itself, float64 ``(C,)``; 0 if all is one."""
    low, high = ends.minimum.astype(np.float64), ends.maximum.astype(np.float64)
    return 2 * np.maximum(np.abs(low), np.abs(high)) if signed else high - low


def wider(some: Widths, others: Widths) -> Widths:
    """Return the wider of both for every map; one of them may know of fewer maps."""
    found = np.zeros(max(len(some), len(others)))
    found[: len(some)] = some
    found[: len(others)] = np.maximum(found[: len(others)], others)
    return found


def least_widths(widest: Widths) -> Widths:
    """Return how wide ranges must be that were at most so wide; 0 where nothing ever differed."""
    return np.where(widest > 0, np.maximum(LEAST_SHARE * widest, ROUNDING), 0.0)
