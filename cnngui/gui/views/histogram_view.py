"""How the values of one channel are spread, painted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.featuremaps.colormaps import NON_FINITE
from cnngui.gui.crashes import guarded
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
        self._left_out = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Histogram"))
        self.setToolTip(
            self.tr(
                "How many values of the map are how large.\nHeights are square roots of counts."
            )
        )

    @property
    def left_out_words(self) -> str:
        """How many values are in no bar; empty where all are."""
        words = self.tr("{0} left out: NaN or ∞")
        return words.format(f"{self._left_out:,}") if self._left_out else ""

    def sizeHint(self) -> QSize:
        return QSize(240, 64 + self.fontMetrics().height() + SPACE_S)

    def show_counts(
        self, counts: NDArray[np.int64], edges: NDArray[np.float32], left_out: int = 0
    ) -> None:
        """Show counts ``(bins,)`` between edges ``(bins + 1,)``, and how many are in none."""
        self._left_out = left_out
        self.setAccessibleDescription(self.left_out_words)
        roots = np.sqrt(counts)
        self._heights = (roots / max(float(roots.max(initial=0.0)), 1.0)).tolist()
        self._low, self._high = float(edges[0]), float(edges[-1])
        self.update()

    @guarded
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
        if self._left_out:
            self._paint_left_out(painter, area, line)
        if any(self._heights):
            self._paint_axis(painter, area, line)

    def _paint_left_out(self, painter: QPainter, area: QRectF, line: int) -> None:
        words = self.left_out_words
        width = painter.fontMetrics().horizontalAdvance(words)
        mark = QRectF(area.right() - width - line, area.top() + SPACE_S, line / 2, line / 2)
        painter.fillRect(
            mark.adjusted(-SPACE_S, 0, width + line, line / 2), QColor(colors().canvas)
        )
        painter.setBrush(QColor(*NON_FINITE))
        painter.drawRect(mark)
        painter.setPen(QColor(colors().text))
        place = QRectF(mark.right() + SPACE_S, mark.center().y() - line / 2, width + 1, line)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), words)

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
