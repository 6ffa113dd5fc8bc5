"""How one thumbnail of the layer strip is painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnngui.gui.theme import SPACE_M, SPACE_S, colors
from cnngui.gui.views.strip_model import (
    BLOCK_ROLE,
    BYPASSED_ROLE,
    CAPTION_ROLE,
    MOMENTS_ROLE,
    REGIONS_ROLE,
    THUMBNAIL_HEIGHT,
    THUMBNAIL_WIDTH,
)
from cnngui.gui.widgets.pictures import draw_picture, fitted, paint_outline, paint_region

_MARK_HEIGHT = 5
"""Pixels at the foot of a thumbnail that tell of moments."""
_BYPASSED_OPACITY = 0.35
_Index = QModelIndex | QPersistentModelIndex


class TileDelegate(QStyledItemDelegate):
    """Draws one layer: its picture, its id and its output's shape."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(THUMBNAIL_WIDTH + 2 * SPACE_M, SPACE_M + THUMBNAIL_HEIGHT + SPACE_S + 2 * line)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        scheme = colors()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        cell: QRect = option.rect
        frame = QRect(cell.x() + SPACE_M, cell.y() + SPACE_M, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
        painter.save()
        if index.data(BYPASSED_ROLE):
            painter.setOpacity(_BYPASSED_OPACITY)
        if index.data(BLOCK_ROLE):
            painter.setPen(QColor(scheme.border))
            for back in (6, 3):  # a pile
                painter.fillRect(frame.translated(back, -back), scheme.panel)
                painter.drawRect(frame.translated(back, -back).adjusted(0, 0, -1, -1))
        painter.fillRect(frame, scheme.canvas)
        image: QImage | None = index.data(Qt.ItemDataRole.DecorationRole)
        if image is not None:
            draw_picture(painter, fitted(image.size(), frame), image)
        _paint_moments(painter, frame, *index.data(MOMENTS_ROLE))
        for tile, region in index.data(REGIONS_ROLE) or ():
            paint_region(painter, tile.translated(frame.topLeft()), *region)
        paint_outline(painter, frame, option.state)
        line = option.fontMetrics.height()
        below = QRect(frame.x(), frame.bottom() + 1 + SPACE_S, frame.width(), line)
        self._draw_text(painter, option, below, index.data(), scheme.text, bold=is_selected)
        below.translate(0, line)
        self._draw_text(painter, option, below, index.data(CAPTION_ROLE), scheme.muted)
        painter.restore()

    def _draw_text(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        text: str,
        color: str,
        *,
        bold: bool = False,
    ) -> None:
        font = option.font
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(color)
        # The end of a long name tells the layers of a block apart.
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideLeft, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), elided)


def _paint_moments(painter: QPainter, frame: QRect, place: int, count: int) -> None:
    """Mark at the foot of a thumbnail that there are several moments, and which one it shows."""
    if count < 2:
        return
    gap = 1 if count <= frame.width() // 4 else 0
    foot = QRect(frame.x(), frame.bottom() + 1 - _MARK_HEIGHT, frame.width(), _MARK_HEIGHT)
    painter.fillRect(foot, QColor(0, 0, 0, 170))
    for moment in range(count):
        left = frame.x() + frame.width() * moment // count
        right = frame.x() + frame.width() * (moment + 1) // count - gap
        mark = QRect(left, foot.y() + 1, max(right - left, 1), _MARK_HEIGHT - 2)
        painter.fillRect(mark, QColor("#ffffff") if moment == place else QColor(255, 255, 255, 80))
