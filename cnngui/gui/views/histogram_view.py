"""How the values of one channel are spread, painted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors, number_font
from cnngui.gui.words.numbers import number_text


class HistogramView(QWidget):
    """Counts as upright bars over the values' range; heights are square roots of the counts.

    Feature maps are mostly zero: on a plain scale one bar would leave nothing of the others.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights: list[float] = []
        self._low = 0.0
        self._high = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Histogram"))
        self.setToolTip(
            self.tr(
                "How many values of the map are how large.\nHeights are square roots of counts."
            )
        )

    def sizeHint(self) -> QSize:
        return QSize(240, 64 + self.fontMetrics().height() + SPACE_S)

    def show_counts(self, counts: NDArray[np.int64], edges: NDArray[np.float32]) -> None:
        """Show counts ``(bins,)`` between edges ``(bins + 1,)``."""
        roots = np.sqrt(counts)
        self._heights = (roots / max(float(roots.max(initial=0.0)), 1.0)).tolist()
        self._low, self._high = float(edges[0]), float(edges[-1])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = number_font(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        line = painter.fontMetrics().height()
        area = QRectF(self.rect().adjusted(0, 0, 0, -line - SPACE_S))
        painter.fillRect(area, QColor(colors().canvas))
        if not self._heights:
            return
        bar_width = area.width() / len(self._heights)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ACCENT)
        for place, share in enumerate(self._heights):
            height = share * (area.height() - SPACE_S)
            left = area.x() + place * bar_width
            painter.drawRect(
                QRectF(left, area.bottom() - height, max(bar_width - 0.5, 0.5), height)
            )
        self._paint_axis(painter, area, line)

    def _paint_axis(self, painter: QPainter, area: QRectF, line: int) -> None:
        texts = QRectF(area.x(), area.bottom() + SPACE_S, area.width(), line)
        low, high = number_text(self._low), number_text(self._high)
        painter.setPen(QColor(colors().muted))
        painter.drawText(texts, int(Qt.AlignmentFlag.AlignLeft), low)
        painter.drawText(texts, int(Qt.AlignmentFlag.AlignRight), high)
        if not self._low < 0 < self._high:
            return
        zero = area.x() - self._low / (self._high - self._low) * area.width()
        painter.drawLine(int(zero), int(area.top()), int(zero), int(area.bottom()))
        metrics = painter.fontMetrics()
        clear_left = metrics.horizontalAdvance(low) + SPACE_M
        clear_right = area.width() - metrics.horizontalAdvance(high) - SPACE_M
        if clear_left < zero < clear_right:
            painter.drawText(
                QRectF(zero - 10, texts.y(), 20, line), int(Qt.AlignmentFlag.AlignHCenter), "0"
            )
