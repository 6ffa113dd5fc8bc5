"""What is drawn over the wall: numbers and names of channels, marks, outlines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnngui.gui.theme import ACCENT, SPACE_S, colors, number_font

_LABEL_PIXELS = 11
_SMALL_LABEL_PIXELS = 9
_SMALL_TILE = 64
"""Logical pixels: lower tiles have small labels, so that something of their maps is seen."""
_LABEL_BACK = QColor(0, 0, 0, 150)
_LABEL_TEXT = QColor(255, 255, 255, 235)
_HATCH = QColor(160, 160, 160, 130)


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the moments that are side by side in a tile.

    Attributes
    ----------
    rect : in the coordinates of what is painted on.
    label : what the moment is called; empty where another tile says it.
    is_chosen : it is the moment looked at.
    """

    rect: QRectF
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """One channel's place and marks.

    Attributes
    ----------
    rect : in the coordinates of what is painted on.
    label : the channel's number, or number and name.
    is_dead : the channel is zero everywhere.
    is_selected, is_hovered : by the person.
    cells : moments side by side; none where the tile is one map.
    """

    rect: QRectF
    label: str
    is_dead: bool = False
    is_selected: bool = False
    is_hovered: bool = False
    cells: tuple[Cell, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether a label of the usual size would hide too much."""
        return self.rect.height() < _SMALL_TILE


class WallOverlay(QGraphicsItem):
    """Tiles in the coordinates of the view.

    Qt keeps the drawing as a pixmap: it is made anew when the tiles change, not for every frame.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._tiles: Sequence[Tile] = ()
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(1)

    def show_tiles(self, bounds: QRectF, tiles: Sequence[Tile]) -> None:
        """Show these tiles, of which only the part within ``bounds`` is seen."""
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._tiles = tiles
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        _paint_tiles(painter, self._bounds, self._tiles)


def labelled_picture(picture: QImage, tiles: Iterable[Tile]) -> QImage:
    """Return a picture of a wall with these tiles drawn over it, on the canvas colour."""
    labelled = QImage(picture.size(), QImage.Format.Format_RGB32)
    labelled.fill(QColor(colors().canvas))
    painter = QPainter(labelled)
    painter.drawImage(0, 0, picture)
    _paint_tiles(painter, QRectF(labelled.rect()), tiles)
    painter.end()
    return labelled


def _paint_tiles(painter: QPainter, bounds: QRectF, tiles: Iterable[Tile]) -> None:
    """Draw labels, marks and outlines over the pictures of those tiles that are within bounds."""
    font = number_font(QGuiApplication.font())
    for tile in tiles:
        seen = tile.rect & bounds
        if seen.isEmpty():
            continue
        font.setPixelSize(_SMALL_LABEL_PIXELS if tile.is_small else _LABEL_PIXELS)
        painter.setFont(font)
        if tile.is_dead:
            _paint_dead_mark(painter, seen, with_word=not tile.is_small)
        if tile.is_selected or tile.is_hovered:
            _paint_outline(painter, tile)
        for cell in tile.cells:
            _paint_cell(painter, cell, with_outline=tile.is_selected)
        _paint_label(painter, seen, tile)


def _paint_outline(painter: QPainter, tile: Tile) -> None:
    width = 2 if tile.is_selected else 1
    pen = QPen(ACCENT if tile.is_selected else QColor(colors().text), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    out = width / 2
    painter.drawRect(tile.rect.adjusted(-out, -out, out, out))


def _paint_cell(painter: QPainter, cell: Cell, *, with_outline: bool) -> None:
    """Draw a moment's name at the foot of its map, and an outline around the one looked at."""
    metrics = painter.fontMetrics()
    width = metrics.horizontalAdvance(cell.label) + SPACE_S
    if cell.label and width < cell.rect.width() and cell.rect.height() > 3 * metrics.height():
        pill = QRectF(0, 0, width, metrics.height())
        pill.moveBottomRight(cell.rect.bottomRight() - QPointF(1, 1))
        _paint_pill(painter, pill, cell.label, ACCENT if cell.is_chosen else _LABEL_BACK)
    if with_outline and cell.is_chosen:
        painter.setPen(QPen(ACCENT, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(cell.rect)


def _paint_label(painter: QPainter, seen: QRectF, tile: Tile) -> None:
    inset, padding = (1, 2) if tile.is_small else (3, SPACE_S)
    metrics = painter.fontMetrics()
    room = int(seen.width()) - 2 * (inset + padding)
    text = metrics.elidedText(tile.label, Qt.TextElideMode.ElideRight, room)
    if room < metrics.horizontalAdvance(tile.label[:2]) or seen.height() < 2 * metrics.height():
        return
    width = metrics.horizontalAdvance(text) + 2 * padding
    pill = QRectF(seen.x() + inset, seen.y() + inset, width, metrics.height())
    _paint_pill(painter, pill, text, ACCENT if tile.is_selected else _LABEL_BACK)


def _paint_dead_mark(painter: QPainter, seen: QRectF, *, with_word: bool) -> None:
    painter.fillRect(seen, QBrush(_HATCH, Qt.BrushStyle.BDiagPattern))
    text = QGuiApplication.translate("WallOverlay", "zero")
    metrics = painter.fontMetrics()
    width = metrics.horizontalAdvance(text) + 2 * SPACE_S
    height = metrics.height() + 1
    if with_word and width < seen.width() and 3 * height < seen.height():
        pill = QRectF(0, 0, width, height)
        pill.moveCenter(seen.center())
        _paint_pill(painter, pill, text, _LABEL_BACK)


def _paint_pill(painter: QPainter, pill: QRectF, text: str, back: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawRoundedRect(pill, 3, 3)
    painter.setPen(_LABEL_TEXT)
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
