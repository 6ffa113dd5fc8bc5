"""The wall: every channel of a layer as one picture of codes, one tile per channel.

``plan_wall`` decides where the tiles are, without any picture; ``compose_wall`` fills them. Small
maps are magnified without smoothing, by a whole number where that costs little room, so that every
value is a square of equal pixels; large ones are shrunk. A layer of more channels than fit at a
readable size is spread over pages. Where maps have moments, a tile can hold those of a channel side
by side: channels go down, time goes across.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.scaling import BACKGROUND_CODE, encode
from cnngui.images.opencv import cv2
from cnngui.images.shrinking import shrink

MIN_TILE = 40
"""Pixels: about the longer side of the smallest tile; more channels than that allows make pages."""

MAX_WALL = 4096
"""Pixels: the longest side of a wall that was zoomed into."""

MOST_PER_PAGE = 256

MIN_SIDE = 16
"""Pixels: a map much longer than wide would else have a tile too thin to be seen or pointed at."""

MOMENT_GAP = 2
"""Pixels between the moments of one channel: less than between channels, which they belong to."""

# So many values of float32 stay in a core's own cache from one pass over them to the next.
_VALUES_AT_ONCE = 50_000

# Equal squares are worth a tenth of the room, not more: a wall should fill its window.
_WORTHWHILE = 0.9


@dataclass(frozen=True, slots=True)
class WallLayout:
    """Where the tiles of one page are. A slot is a tile's number on the page, row by row.

    Attributes
    ----------
    count : channels of the layer, on all pages together.
    map_height, map_width : values.
    columns, rows : tiles of a full page.
    tile_height, tile_width, gap : pixels.
    per_page : channels on a full page.
    page, pages : which one of how many, from 0.
    moments : maps of a channel that are side by side in its tile, the oldest first.
    """

    count: int
    map_height: int
    map_width: int
    columns: int
    rows: int
    tile_height: int
    tile_width: int
    gap: int
    per_page: int
    page: int = 0
    moments: int = 1

    @property
    def pages(self) -> int:
        """How many pages show all channels."""
        return -(-self.count // self.per_page)

    @property
    def first(self) -> int:
        """Place of slot 0 in the order of all channels."""
        return self.page * self.per_page

    @property
    def shown(self) -> int:
        """How many slots of this page hold a channel."""
        return min(self.per_page, self.count - self.first)

    @property
    def width(self) -> int:
        """Pixels of the whole wall. There is a gap between tiles, none around them."""
        return self.columns * (self.tile_width + self.gap) - self.gap

    @property
    def height(self) -> int:
        """Pixels of the whole wall, the empty places of a last page with it."""
        return self.rows * (self.tile_height + self.gap) - self.gap

    @property
    def moment_width(self) -> int:
        """Pixels of one map, of which a tile holds as many as there are moments."""
        return (self.tile_width - (self.moments - 1) * MOMENT_GAP) // self.moments

    def tile_rect(self, slot: int) -> tuple[int, int, int, int]:
        """Return ``(x, y, width, height)`` of a tile, in pixels of the wall."""
        row, column = divmod(slot, self.columns)
        return (
            column * (self.tile_width + self.gap),
            row * (self.tile_height + self.gap),
            self.tile_width,
            self.tile_height,
        )

    def moment_rect(self, slot: int, moment: int) -> tuple[int, int, int, int]:
        """Return ``(x, y, width, height)`` of one map in a tile, in pixels of the wall."""
        x, y, _, height = self.tile_rect(slot)
        width = self.moment_width
        return x + moment * (width + MOMENT_GAP), y, width, height

    def locate(self, x: float, y: float) -> tuple[int, int, int, int] | None:
        """Return ``(slot, moment, row, column)`` of the value at a point; None beside the maps."""
        column, across = divmod(int(x // 1), self.tile_width + self.gap)
        row, down = divmod(int(y // 1), self.tile_height + self.gap)
        slot = row * self.columns + column
        if not (0 <= column < self.columns and row >= 0 and slot < self.shown):
            return None
        moment, across = divmod(across, self.moment_width + MOMENT_GAP)
        if moment >= self.moments or across >= self.moment_width or down >= self.tile_height:
            return None
        return (
            slot,
            moment,
            down * self.map_height // self.tile_height,
            across * self.map_width // self.moment_width,
        )

    def on_page(self, order: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return, of all channels in the order wanted, those in the slots of this page."""
        return order[self.first : self.first + self.shown]


@lru_cache(maxsize=64)
def plan_wall(
    count: int,
    map_height: int,
    map_width: int,
    width: int,
    height: int,
    zoom: float = 1.0,
    page: int = 0,
    most: int = MOST_PER_PAGE,
    gap: int = 4,
    moments: int = 1,
) -> WallLayout:
    """Choose columns, rows and tile size so that the tiles are as large as the window allows.

    Parameters
    ----------
    count : channels, at least 1.
    map_height, map_width : values, at least 1.
    width, height : pixels of the window; the wall fits into them (at least one pixel per tile).
    zoom : tiles this many times larger in the same columns and rows, the wall bounded by
        ``MAX_WALL``; below 1 counts as 1.
    page : brought into the range of pages that there are.
    most : channels on one page at most.
    gap : pixels between tiles.
    moments : maps of one channel side by side.
    """
    width, height = max(width, 1), max(height, 1)
    fitting = _tiles_of_min_size(map_height, map_width, width, height, gap, moments)
    pages = -(-count // max(min(fitting, most), 1))
    per_page = -(-count // pages)
    layout = max(
        (
            _sized(count, map_height, map_width, columns, per_page, width, height, gap, moments)
            for columns in range(1, per_page + 1)
        ),
        key=lambda made: (made.tile_width * made.tile_height, -made.rows * made.columns),
    )
    if zoom > 1.0:
        layout = _zoomed(layout, zoom, width, height)
    return replace(layout, page=min(max(page, 0), layout.pages - 1))


def plan_true_wall(
    count: int,
    map_height: int,
    map_width: int,
    input_size: tuple[int, int],
    width: int,
    height: int,
    zoom: float = 1.0,
    page: int = 0,
    gap: int = 4,
    moments: int = 1,
) -> WallLayout:
    """Lay tiles out at their size relative to the input, which would take half of each side.

    So the tiles of all layers have one scale, and what a stride or a pooling does to their size is
    seen. Parameters as of ``plan_wall``; ``input_size`` is the input's (height, width).
    """
    width, height = max(width, 1), max(height, 1)
    scale = min(height / 2 / input_size[0], width / 2 / input_size[1])
    tile_height = min(max(round(map_height * scale), 1), height)
    moment_width = min(max(round(map_width * scale), 1), width)
    tile_width = _joined(moment_width, moments)
    columns = min(max((width + gap) // (tile_width + gap), 1), count)
    rows = max((height + gap) // (tile_height + gap), 1)
    per_page = min(columns * rows, count, MOST_PER_PAGE)
    layout = WallLayout(
        count,
        map_height,
        map_width,
        columns,
        -(-per_page // columns),
        tile_height,
        tile_width,
        gap,
        per_page,
        moments=moments,
    )
    if zoom > 1.0:
        layout = _zoomed(layout, zoom, layout.width, layout.height)
    return replace(layout, page=min(max(page, 0), layout.pages - 1))


def compose_wall(
    maps: NDArray[np.float32],
    layout: WallLayout,
    channels: NDArray[np.intp],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Draw one page of the wall.

    Parameters
    ----------
    maps : float32 ``(C, H, W)``, of any strides; ``(C, T, H, W)`` for moments side by side.
    layout : planned for maps of this size and so many moments.
    channels : the channel in each slot, see ``WallLayout.on_page``.
    low, high : float32 ``(C,)``, see ``scaling.value_ranges``.

    Returns
    -------
    uint8 ``(layout.height, layout.width)``, fresh: codes, 0 between and beside the tiles.
    """
    maps = maps if maps.ndim == 4 else maps[:, np.newaxis]
    size = layout.moment_width, layout.tile_height
    small = min(layout.map_width, size[0]), min(layout.map_height, size[1])
    wall = np.full((layout.height, layout.width), BACKGROUND_CODE, np.uint8)
    at_once = max(_VALUES_AT_ONCE // (small[0] * small[1] * layout.moments), 1)
    for first in range(0, len(channels), at_once):
        some = channels[first : first + at_once]
        shown = np.empty((len(some), layout.moments, small[1], small[0]), np.float32)
        for place, channel in enumerate(some):
            for moment in range(layout.moments):
                shown[place, moment] = shrink(maps[channel, moment], *small)
        codes = encode(shown, low[some, np.newaxis], high[some, np.newaxis])
        for slot, of_channel in enumerate(codes, first):
            for moment, tile in enumerate(of_channel):
                x, y, width, height = layout.moment_rect(slot, moment)
                target = wall[y : y + height, x : x + width]
                if small == size:
                    target[:] = tile
                else:
                    cv2.resize(tile, size, dst=target, interpolation=cv2.INTER_NEAREST)
    return wall


def _tiles_of_min_size(
    map_height: int, map_width: int, width: int, height: int, gap: int, moments: int
) -> int:
    """How many tiles of the smallest readable size fit into the window."""
    scale = MIN_TILE / max(map_height, map_width)
    if scale > 1.0:
        # A map only a little smaller than that is not shown at twice its size.
        scale = math.ceil(scale - 0.2)
    tile_width = _joined(tile_side(map_width, scale, width), moments)
    tile_height = tile_side(map_height, scale, height)
    return ((width + gap) // (tile_width + gap)) * ((height + gap) // (tile_height + gap))


def _sized(
    count: int,
    map_height: int,
    map_width: int,
    columns: int,
    per_page: int,
    width: int,
    height: int,
    gap: int,
    moments: int,
) -> WallLayout:
    """Return the layout of that many columns with the largest tiles that fit."""
    rows = -(-per_page // columns)
    room_x = max((width + gap) // columns - gap, 1)
    room_x = max((room_x + MOMENT_GAP) // moments - MOMENT_GAP, 1)
    room_y = max((height + gap) // rows - gap, 1)
    scale = min(room_x / map_width, room_y / map_height)
    if scale > 1.0 and math.floor(scale) >= _WORTHWHILE * scale:
        scale = math.floor(scale)
    return WallLayout(
        count=count,
        map_height=map_height,
        map_width=map_width,
        columns=columns,
        rows=rows,
        tile_height=tile_side(map_height, scale, room_y),
        tile_width=_joined(tile_side(map_width, scale, room_x), moments),
        gap=gap,
        per_page=per_page,
        moments=moments,
    )


def _zoomed(layout: WallLayout, zoom: float, width: int, height: int) -> WallLayout:
    """Return the layout with larger tiles in the same places, as if the window were larger."""
    return _sized(
        layout.count,
        layout.map_height,
        layout.map_width,
        layout.columns,
        layout.per_page,
        max(min(int(width * zoom), MAX_WALL), width),
        max(min(int(height * zoom), MAX_WALL), height),
        layout.gap,
        layout.moments,
    )


def _joined(moment_width: int, moments: int) -> int:
    """Return the width of a tile that holds so many maps."""
    return moments * (moment_width + MOMENT_GAP) - MOMENT_GAP


def tile_side(values: int, scale: float, room: int) -> int:
    """Return the pixels of a tile's side, at most ``room``."""
    wanted = min(max(values * scale, MIN_SIDE), room)
    return max(int(wanted + 1e-6), 1)
