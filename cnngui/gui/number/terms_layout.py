"""Where the terms of a number stand: maps, cells, subtotals, and bars for what has no cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetrics

from cnngui.gui.number.groups import Group
from cnngui.gui.number.shown import Shown
from cnngui.gui.theme import SPACE_M, SPACE_S
from cnngui.gui.words.numbers import number_text
from cnngui.pipeline.lenses.number import MOST_PICTURES

OPERATOR = 18
CAPTION = 16
_THUMB, _SMALL_THUMB = QSize(108, 81), QSize(72, 54)
_NARROW = 700
"""Pixels: below this width maps are drawn small, to leave room for digits in the cells."""
_NO_THUMBS = 420
"""Pixels: up to this width no maps are drawn."""
_SUM_WIDTH = 92
_BAR_HEIGHT = 22
_LARGEST_CELL, _SMALLEST_CELL = 58, 5
_NUMBER_PIXELS = (12, 11, 10, 9)
_MAP_TOTAL = 24
"""Pixels: what the subtotal of a map takes that is read at several moments."""
_MOST_CELLS = 256
"""Terms of one group that may have numbers: larger windows are read by their colours."""


@dataclass(frozen=True, eq=False)
class Row:
    """A group as it stands on the page.

    Attributes
    ----------
    group : its place among all groups.
    thumb : the map it reads, with the window on it.
    grids : the cells of window, weights and products; which there are depends on the arithmetic.
    total : its subtotal.
    map_total : the subtotal of its map, below the last of several moments; empty elsewhere.
    """

    group: int
    thumb: QRectF
    grids: dict[str, QRectF]
    total: QRectF
    map_total: QRectF

    @property
    def bounds(self) -> QRectF:
        """All of it, with what is written above the grids."""
        whole = self.thumb.united(self.total).united(self.map_total)
        for grid in self.grids.values():
            whole = whole.united(grid)
        return whole.adjusted(0, -CAPTION, 0, 0)


@dataclass(frozen=True, eq=False)
class TermsLayout:
    """Everything in its place.

    Attributes
    ----------
    rows : groups whose cells are drawn.
    bars : maps that are only a bar, by their places; -1 is all the others together.
    height : of the whole, in pixels.
    font : the largest digits that fit the cells; None where none do.
    """

    rows: tuple[Row, ...] = ()
    bars: tuple[tuple[int, QRectF], ...] = ()
    height: int = 0
    font: QFont | None = None


EMPTY = TermsLayout()


def laid_out(shown: Shown, chosen: int, width: int, scale: float, font: QFont) -> TermsLayout:
    """Put the terms of a number in their places.

    Parameters
    ----------
    chosen : the map whose cells are drawn where those of all would be too many.
    width : there is, in pixels.
    scale : how many times as large digits and cells are drawn.
    font : what digits are written in, of any size.
    """
    return _Placing(shown, width, scale).layout(chosen, font)


def cell_in(grid: QRectF, group: Group, place: int) -> QRectF:
    """Return where a term's cell is in a grid of its group, by its place among the terms."""
    rows, columns = group.grid
    width, height = grid.width() / columns, grid.height() / rows
    return QRectF(
        grid.x() + int(group.columns[place]) * width,
        grid.y() + int(group.rows[place]) * height,
        width,
        height,
    )


def term_at(rows: Sequence[Row], shown: Shown, point: QPointF) -> tuple[int | None, str]:
    """Return the term whose cell is there, and of which grid it is; (None, "") beside all."""
    for row in rows:
        for name, grid in row.grids.items():
            if not grid.contains(point):
                continue
            group = shown.groups[row.group]
            row_at = int((point.y() - grid.y()) / grid.height() * group.grid[0])
            column_at = int((point.x() - grid.x()) / grid.width() * group.grid[1])
            found = np.flatnonzero((group.rows == row_at) & (group.columns == column_at))
            return (int(group.terms[found[0]]), name) if found.size else (None, "")
    return None, ""


class _Placing:
    """Sizes that follow from a number and the room for it."""

    def __init__(self, shown: Shown, width: int, scale: float) -> None:
        self._shown, self._width, self._scale = shown, width, scale
        is_sum = shown.number.question.kind == "sum"
        self._names = ("window", "weight", "product") if is_sum else ("window",)
        self._is_sum = is_sum

    def layout(self, chosen: int, font: QFont) -> TermsLayout:
        shown = self._shown
        every = range(len(shown.groups))
        drawn = list(shown.maps[chosen] if shown.lists else every)
        narrowest = min(self._cell_width(place) for place in drawn)
        digits = self._fitting(font, drawn, narrowest)
        y = float(CAPTION)
        rows, bars = [], []
        for place in drawn:
            row = self._row(place, y, digits is not None)
            rows.append(row)
            y = row.bounds.bottom() + SPACE_M + CAPTION
        if shown.lists:
            for place in (*shown.strongest[: MOST_PICTURES - 1], -1):
                bars.append((place, QRectF(0, y, self._width, _BAR_HEIGHT)))
                y += _BAR_HEIGHT
        return TermsLayout(tuple(rows), tuple(bars), round(y), digits)

    def _row(self, place: int, y: float, shows_numbers: bool) -> Row:
        shown = self._shown
        rows, columns = shown.groups[place].grid
        thumb = self._thumb_size(place)
        width = self._cell_width(place)
        height = 26.0 * self._scale if shows_numbers else min(width, 24.0)
        grids = {}
        x = self._left(thumb)
        for name in self._names:
            grids[name] = QRectF(x, y, width * columns, height * rows)
            x += width * columns + OPERATOR
        tall = max(height * rows, float(thumb.height()))
        room = max(self._width - x, 60)
        total = QRectF(x, y, room, min(tall, 64))
        of_map = shown.maps[shown.map_of(place)]
        map_total = QRectF()
        if len(of_map) > 1 and place == of_map[-1] and self._is_sum:
            map_total = QRectF(x, y + tall, room, _MAP_TOTAL * self._scale)
        return Row(place, QRectF(0, y, thumb.width(), thumb.height()), grids, total, map_total)

    def _thumb_size(self, place: int) -> QSize:
        """Return how large a group's map is drawn: not at all where there is no room for it."""
        group = self._shown.groups[place]
        drawn = {key[:2] for key in self._shown.result.sources}
        if group.key not in drawn or self._width <= _NO_THUMBS:
            return QSize(0, 0)
        is_small = self._width < _NARROW or group.moment is not None
        return _SMALL_THUMB if is_small else _THUMB

    def _left(self, thumb: QSize) -> float:
        return float(thumb.width() + SPACE_M) if thumb.width() else 0.0

    def _cell_width(self, place: int) -> float:
        count = len(self._names)
        columns = self._shown.groups[place].grid[1]
        left = self._left(self._thumb_size(place))
        room = self._width - left - _SUM_WIDTH - OPERATOR * count
        return min(max(room / (count * columns), _SMALLEST_CELL), _LARGEST_CELL * self._scale)

    def _fitting(self, font: QFont, places: Sequence[int], width: float) -> QFont | None:
        """Return the largest digits that fit all cells of some groups; None if none do."""
        shown = self._shown
        longest = "−0.000"
        if self._is_sum:
            for place in places:
                terms = shown.groups[place].terms
                if len(terms) <= _MOST_CELLS:
                    weights = map(number_text, shown.number.weights[terms].tolist())
                    longest = max((*shown.products_text(place)[0], *weights, longest), key=len)
        fitting = QFont(font)
        for pixels in _NUMBER_PIXELS:
            fitting.setPixelSize(round(pixels * self._scale))
            if QFontMetrics(fitting).horizontalAdvance(longest) + SPACE_S <= width:
                return fitting
        return None
