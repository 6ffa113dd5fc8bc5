"""A small picture of a layer, for the strip of all layers. Cheap: it looks at every n-th value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.bars import draw_bars
from cnngui.featuremaps.scaling import BACKGROUND_CODE, Ranges, value_ranges
from cnngui.featuremaps.statistics import Extremes, find_extremes
from cnngui.featuremaps.wall import WallLayout, compose_wall, plan_wall

RangesOf = Callable[[NDArray[np.float32], Extremes], Ranges]
"""Chooses low and high of maps ``(C, H, W)`` that have these extremes."""

_CHANNELS = 4
_GAP = 2


def sample_for_thumbnail(shape: Sequence[int], width: int, height: int) -> tuple[int, int]:
    """Return how many channels of a layer ``(C, H, W)`` a thumbnail shows, and a step.

    Of their maps every so-many-th row and column is enough for it.
    """
    count, map_height, map_width = shape
    layout = plan_wall(min(count, _CHANNELS), map_height, map_width, width, height, gap=_GAP)
    # Twice as many values as pixels leave shrinking something to average.
    step = min(map_height // layout.tile_height, map_width // layout.tile_width) // 2
    return _CHANNELS, max(step, 1)


def tiles_on_thumbnail(
    shape: Sequence[int], width: int, height: int
) -> list[tuple[int, int, int, int]]:
    """Return where on a thumbnail the maps of a layer ``(C, H, W)`` are: x, y, width, height."""
    shown, step = sample_for_thumbnail(shape, width, height)
    sides = (-(-side // step) for side in shape[1:])
    layout = plan_wall(min(shown, shape[0]), *sides, width, height, gap=_GAP)
    top, left = _margins(layout, width, height)
    tiles = (layout.tile_rect(slot) for slot in range(layout.shown))
    return [(left + x, top + y, across, down) for x, y, across, down in tiles]


def thumbnail(
    view: NDArray[np.float32],
    width: int,
    height: int,
    signed: bool,
    ranges_of: RangesOf | None = None,
    least: float = 0.0,
) -> NDArray[np.uint8]:
    """Draw the first channels of a layer, or its values as bars.

    Parameters
    ----------
    view : float32 ``(C, H, W)`` or ``(F,)``, of any strides; or the sample of it that is enough.
    width, height : pixels, at least 1.
    signed : whether the layer's output may be negative.
    ranges_of : says what is drawn with the first and the last colour; None takes all of each map.
    least : how far apart the ends of bars are at least.

    Returns
    -------
    uint8 ``(height, width)``, fresh: codes as in ``scaling``, background 0.
    """
    if view.ndim == 1:
        return draw_bars(view, width, height, signed, least)
    shown, step = sample_for_thumbnail(view.shape, width, height)
    maps = np.ascontiguousarray(view[:shown, ::step, ::step])
    layout = plan_wall(*maps.shape, width, height, gap=_GAP)
    extremes = find_extremes(maps)
    if ranges_of is None:
        low, high = value_ranges(extremes, signed, "map")
    else:
        low, high = ranges_of(maps, extremes)
    channels = np.arange(layout.shown)
    wall = compose_wall(maps, layout, channels, low, high)
    picture = np.full((height, width), BACKGROUND_CODE, np.uint8)
    wall = wall[:height, :width]
    top, left = _margins(layout, width, height)
    picture[top : top + wall.shape[0], left : left + wall.shape[1]] = wall
    return picture


def _margins(layout: WallLayout, width: int, height: int) -> tuple[int, int]:
    """Return what is left free above and on the left."""
    return (height - min(layout.height, height)) // 2, (width - min(layout.width, width)) // 2
