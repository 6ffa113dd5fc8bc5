"""What rows of the list paint alike: their card, and texts at both ends of a line."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from cnngui.gui.theme import ACCENT, SPACE_M, colors, number_font

_CUT_AT_RIGHT = Qt.TextElideMode.ElideRight


def name_font(widget: QWidget) -> QFont:
    """Return what names are written in."""
    font = QFont(widget.font())
    font.setWeight(QFont.Weight.DemiBold)
    return font


def small_font(widget: QWidget) -> QFont:
    """Return what second lines are written in."""
    font = number_font(widget.font())
    font.setPointSizeF(0.9 * font.pointSizeF())
    return font


def paint_card(painter: QPainter, area: QRect, *, selected: bool, focused: bool) -> None:
    """Paint what stands out behind a row: selected, maybe with the keyboard, or pointed at."""
    card = QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5)
    fill = QColor(colors().panel if selected else colors().button)
    fill.setAlphaF(1.0 if selected else 0.5)
    border = ACCENT if focused else QColor(colors().border)
    painter.setPen(QPen(border, 1) if selected else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(card, 7, 7)


def paint_start(
    painter: QPainter,
    area: QRect,
    words: str,
    font: QFont,
    color: QColor,
    elide: Qt.TextElideMode = _CUT_AT_RIGHT,
) -> QRect:
    """Paint from the left, cut to fit; return what is left of the area."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(words, elide, area.width())
    painter.setFont(font)
    painter.setPen(color)
    align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, int(align), shown)
    return area.adjusted(metrics.horizontalAdvance(shown) + SPACE_M, 0, 0, 0)


def paint_end(painter: QPainter, area: QRect, words: str, font: QFont, color: QColor) -> QRect:
    """Paint at the right; return what is left of the area."""
    painter.setFont(font)
    painter.setPen(color)
    align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, int(align), words)
    return area.adjusted(0, 0, -QFontMetrics(font).horizontalAdvance(words) - SPACE_M, 0)
