"""A layer's output as a picture to keep: every channel with its number under a heading."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.bars import bar_range, draw_bars
from cnngui.featuremaps.bulk import BULK_SHARE
from cnngui.featuremaps.colormaps import PAPER, Picture, colourise
from cnngui.featuremaps.scaling import HIGHEST_CODE, LOWEST_CODE, encode
from cnngui.featuremaps.wall import MOMENT_GAP, WallLayout, compose_wall, tile_side
from cnngui.images.opencv import cv2

_INK = (232, 234, 238)
_PALE_INK = (150, 156, 166)

_MARGIN = 16
_HEADING_HEIGHT = 56
_CAPTION_HEIGHT = 20
_LEAST_WIDTH = 480
_SMALLEST_TILE, _LARGEST_TILE = 64, 320
_LONGEST_SIDE = 8192
_NUMBER_WIDTH = 28
"""Pixels that a channel's number takes."""
_MOST_LABELLED_BARS = 64
_BAR_HEIGHT = 22
_STRIP_SIZE = (1024, 240)


def plan_sheet(count: int, map_height: int, map_width: int, moments: int = 1) -> WallLayout:
    """Lay out all channels on one page in a block of about 4:3, with room for captions.

    The moments of a channel are side by side: channels go down, time goes across.

    Tiles are as large as the maps as far as that is readable, and smaller where the whole would be
    too large for a picture.
    """
    longer = max(map_height, map_width)
    if longer < _SMALLEST_TILE:
        scale = float(math.ceil(_SMALLEST_TILE / longer))
    else:
        scale = min(1.0, _LARGEST_TILE / longer)
    most_per_side = math.isqrt(count) + 1
    room = max(_LONGEST_SIDE // most_per_side - _CAPTION_HEIGHT, 1)
    across = max((room + MOMENT_GAP) // moments - MOMENT_GAP, 1)
    scale = min(scale, room / longer, across / map_width)
    tile_width = moments * (tile_side(map_width, scale, across) + MOMENT_GAP) - MOMENT_GAP
    tile_height = tile_side(map_height, scale, room)
    place_width, place_height = tile_width + _CAPTION_HEIGHT, tile_height + _CAPTION_HEIGHT
    columns = round(math.sqrt(count * place_height / place_width * 4 / 3))
    columns = min(max(columns, 1), count, max(_LONGEST_SIDE // place_width, 1))
    return WallLayout(
        count=count,
        map_height=map_height,
        map_width=map_width,
        columns=columns,
        rows=-(-count // columns),
        tile_height=tile_height,
        tile_width=tile_width,
        gap=_CAPTION_HEIGHT,
        per_page=count,
        moments=moments,
    )


def draw_sheet(
    title: str,
    maps: NDArray[np.float32],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    colours: NDArray[np.uint8],
    clips: bool = False,
) -> Picture:
    """Draw every channel of a layer, each with its number above it, and moments with their names.

    Parameters
    ----------
    title : the layer's name.
    maps : float32 ``(C, H, W)`` or ``(C, T, H, W)``.
    low, high : float32 ``(C,)``.
    colours : uint8 ``(256, 4)``, see ``colormaps.lookup_table``.
    clips : whether some values lie beyond low and high; the heading says so.
    """
    count, *times, map_height, map_width = maps.shape
    layout = plan_sheet(count, map_height, map_width, times[0] if times else 1)
    wall = compose_wall(maps, layout, np.arange(count), low, high)
    top = _HEADING_HEIGHT + _CAPTION_HEIGHT
    picture = _sheet(layout.width, layout.height + _CAPTION_HEIGHT)
    picture[top : top + layout.height, _MARGIN : _MARGIN + layout.width] = colourise(wall, colours)
    for channel in range(count):
        x, y, _, _ = layout.tile_rect(channel)
        _write(picture, str(channel), _MARGIN + x, top + y - 6, _PALE_INK, 0.4)
        if times and channel < layout.columns:
            _write_moments(picture, layout, channel, top)
    shape = " x ".join(str(size) for size in maps.shape)
    _draw_heading(picture, title, shape, low, high, colours, clips)
    return picture


def _write_moments(picture: Picture, layout: WallLayout, slot: int, top: int) -> None:
    """Write over the maps of a channel how many moments before the newest each is."""
    for moment in range(layout.moments):
        back = layout.moments - 1 - moment
        label = f"t-{back}" if back else "t"
        x, y, width, _ = layout.moment_rect(slot, moment)
        (label_width, _), _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 1)
        number_width = 0 if moment else _NUMBER_WIDTH
        if label_width + number_width <= width:
            left = _MARGIN + x + width - label_width
            _write(picture, label, left, top + y - 6, _PALE_INK, 0.4)


def draw_vector(
    title: str,
    values: NDArray[np.float32],
    labels: Sequence[str],
    signed: bool,
    colours: NDArray[np.uint8],
    least: float = 0.0,
) -> Picture:
    """Draw the output of a layer without height and width: a labelled bar per unit.

    Parameters
    ----------
    values : float32 ``(F,)``; of many, only a strip of bars without labels is drawn.
    labels : a name per unit; empty for their numbers alone.
    least : how far apart the ends of the bars are at least.
    """
    low, high = bar_range(values, signed, least)
    if len(values) <= _MOST_LABELLED_BARS:
        picture = _labelled_bars(values, labels, float(low[0]), float(high[0]), colours)
    else:
        width, height = _STRIP_SIZE
        picture = _sheet(width, height)
        picture[_HEADING_HEIGHT : _HEADING_HEIGHT + height, _MARGIN : _MARGIN + width] = colourise(
            draw_bars(values, width, height, signed, least), colours
        )
    _draw_heading(picture, title, str(len(values)), low, high, colours)
    return picture


def _labelled_bars(
    values: NDArray[np.float32],
    labels: Sequence[str],
    low: float,
    high: float,
    colours: NDArray[np.uint8],
) -> Picture:
    label_width, bar_width, number_width = 160, 440, 88
    picture = _sheet(label_width + bar_width + number_width, len(values) * _BAR_HEIGHT)
    codes = encode(values[:, None, None], low, high)[:, 0, 0]
    left = _MARGIN + label_width

    def across(value: float) -> int:
        share = (min(max(value, low), high) - low) / (high - low)
        return left + round(share * (bar_width - 1))

    for unit, value in enumerate(values):
        top = _HEADING_HEIGHT + unit * _BAR_HEIGHT
        label = f"{unit}  {labels[unit][:20]}" if labels else str(unit)
        _write(picture, label, _MARGIN, top + 15, _INK, 0.42)
        ends = [left, left + bar_width - 1]  # of what is no number the whole track
        if np.isfinite(value):
            ends = sorted((across(0.0), across(float(value))))
        colour = tuple(int(part) for part in colours[codes[unit], :3])
        cv2.rectangle(picture, (ends[0], top + 4), (ends[1], top + 17), colour, cv2.FILLED)
        _write(picture, f"{value:.4g}", left + bar_width + 12, top + 15, _PALE_INK, 0.42)
    return picture


def _sheet(width: int, height: int) -> Picture:
    """Return empty paper with room for a content of that size below the heading."""
    size = (_HEADING_HEIGHT + height + _MARGIN, max(width + 2 * _MARGIN, _LEAST_WIDTH), 3)
    return np.full(size, PAPER, np.uint8)


def _draw_heading(
    picture: Picture,
    title: str,
    shape: str,
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    colours: NDArray[np.uint8],
    clips: bool = False,
) -> None:
    """Write title and shape, and at the right what the colours mean."""
    _write(picture, title, _MARGIN, 26, _INK, 0.62)
    _write(picture, shape, _MARGIN, 46, _PALE_INK, 0.42)
    shared = low.min() == low.max() and high.min() == high.max()
    if shared:
        beyond = ("<= " if clips and low[0] < 0 else "", ">= " if clips else "")
        ends = f"{beyond[0]}{low[0]:.4g}", f"{beyond[1]}{high[0]:.4g}"
    else:
        ends = "low", f"{BULK_SHARE:.0%} of each map" if clips else "high of each map"
    bar_width = 160
    left = picture.shape[1] - _MARGIN - bar_width
    ramp = np.linspace(LOWEST_CODE, HIGHEST_CODE, bar_width).astype(np.uint8)
    picture[14:28, left : left + bar_width] = colours[ramp, :3]
    _write(picture, ends[0], left, 46, _PALE_INK, 0.42)
    (end_width, _), _ = cv2.getTextSize(ends[1], cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)
    _write(picture, ends[1], left + bar_width - end_width, 46, _PALE_INK, 0.42)


def _write(
    picture: Picture, text: str, x: int, y: int, ink: tuple[int, int, int], size: float
) -> None:
    cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, ink, 1, cv2.LINE_AA)
