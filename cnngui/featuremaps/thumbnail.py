"""A small picture of a layer, for the strip of all layers. Cheap: it looks at every n-th value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.scaling import (
    BACKGROUND_CODE,
    HIGHEST_CODE,
    LOWEST_CODE,
    encode,
    value_ranges,
)
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


def draw_bars(
    values: NDArray[np.float32], width: int, height: int, signed: bool
) -> NDArray[np.uint8]:
    """Draw one upright bar per value, coloured by it; signed ones from a line in the middle.

    Of more values than pixels only evenly spread ones are drawn.
    """
    shown = values[np.linspace(0, len(values) - 1, min(len(values), width)).astype(np.intp)]
    finite = np.where(np.isfinite(shown), shown, np.float32(0.0))
    low, high = value_ranges(measure(finite[None, None, :]), signed, "map")
    if not signed:
        low = np.minimum(low, np.float32(0.0))
    codes = encode(finite[None, :], low[0], high[0])[0]
    bar_of_column = np.arange(width) * len(shown) // width
    columns = codes[bar_of_column]
    zero = encode(np.zeros((1, 1), np.float32), low[0], high[0])[0, 0]

    def row_of(code: NDArray[np.uint8] | np.uint8) -> NDArray[np.int64]:
        from_top = (HIGHEST_CODE - np.asarray(code, np.int64)) * (height - 1)
        return from_top // (HIGHEST_CODE - LOWEST_CODE)

    tips, base = row_of(columns), row_of(zero)
    rows = np.arange(height)[:, None]
    inside = (rows >= np.minimum(tips, base)) & (rows <= np.maximum(tips, base))
    picture = np.where(inside, columns, np.uint8(BACKGROUND_CODE))
    wide_enough_for_gaps = width >= 4 * len(shown)
    if wide_enough_for_gaps:
        picture[:, 1:][:, np.diff(bar_of_column) > 0] = BACKGROUND_CODE
    return picture
