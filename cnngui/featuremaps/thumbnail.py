"""A small picture of a layer, for the strip of all layers. Cheap: it looks at every n-th value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.bars import draw_bars
from cnngui.featuremaps.scaling import BACKGROUND_CODE, value_ranges
from cnngui.featuremaps.statistics import measure
from cnngui.featuremaps.wall import compose_wall, plan_wall

_CHANNELS = 4
_GAP = 2


def thumbnail(
    view: NDArray[np.float32], width: int, height: int, signed: bool
) -> NDArray[np.uint8]:
    """Draw the first channels of a layer, or its values as bars.

    Parameters
    ----------
    view : float32 ``(C, H, W)`` or ``(F,)``, of any strides.
    width, height : pixels, at least 1.
    signed : whether the layer's output may be negative.

    Returns
    -------
    uint8 ``(height, width)``, fresh: codes as in ``scaling``, background 0.
    """
    if view.ndim == 1:
        return draw_bars(view, width, height, signed)
    maps = view[:_CHANNELS]
    count, map_height, map_width = maps.shape
    layout = plan_wall(count, map_height, map_width, width, height, gap=_GAP)
    # Twice as many values as pixels leave shrinking something to average.
    step = min(map_height // layout.tile_height, map_width // layout.tile_width) // 2
    if step > 1:
        maps = np.ascontiguousarray(maps[:, ::step, ::step])
        count, map_height, map_width = maps.shape
        layout = plan_wall(count, map_height, map_width, width, height, gap=_GAP)
    low, high = value_ranges(measure(maps), signed, "map")
    channels = np.arange(layout.shown)
    wall = compose_wall(maps, layout, channels, low, high)
    picture = np.full((height, width), BACKGROUND_CODE, np.uint8)
    wall = wall[:height, :width]
    top, left = (height - wall.shape[0]) // 2, (width - wall.shape[1]) // 2
    picture[top : top + wall.shape[0], left : left + wall.shape[1]] = wall
    return picture
