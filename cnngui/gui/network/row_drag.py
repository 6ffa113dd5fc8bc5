"""What is seen while a row is dragged: its picture under the pointer, a line where it would go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.network.row import Row
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors

_LINE = 6


class RowDrag(QWidget):
    """An overlay on the list's content, there only while a row is dragged."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self._content = content
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture = QPixmap()
        self._slot: int | None = None
        self._line_y = 0
        self._pointer_y = 0
        self.hide()

    @property
    def slot(self) -> int | None:
        """Between which rows the dragged one would go, 0 before the first; None: no drag."""
        return self._slot

    def move_to(self, row: Row, rows: Sequence[QWidget], pointer: QPoint) -> None:
        """Follow the pointer.

        Parameters
        ----------
        row : the one that is dragged.
        rows : all that it may go between, in their order.
        pointer : its global position.
        """
        if self._slot is None:
            self._picture = _picture_of(row)
            self.setGeometry(self._content.rect())
            self.raise_()
            self.show()
        self._pointer_y = self.mapFromGlobal(pointer).y()
        self._slot = sum(other.geometry().center().y() < self._pointer_y for other in rows)
        last = rows[-1].geometry().bottom() + 1
        self._line_y = rows[self._slot].y() - 1 if self._slot < len(rows) else last
        self.update()

    def finish(self) -> int | None:
        """End the drag and return its last ``slot``, None if it was cancelled before."""
        slot, self._slot = self._slot, None
        self.hide()
        return slot

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = self._picture.deviceIndependentSize()
        card = QRectF(QPointF(SPACE_M, self._pointer_y - size.height() / 2), size)
        painter.setPen(QPen(QColor(colors().border), 1))
        painter.setBrush(QColor(colors().panel))
        painter.setOpacity(0.9)
        painter.drawRoundedRect(card, 7, 7)
        painter.drawPixmap(card.topLeft(), self._picture)
        painter.setOpacity(1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ACCENT)
        line = QRect(SPACE_S, self._line_y - 1, self.width() - 2 * SPACE_S, 2)
        painter.drawRect(line)
        painter.drawEllipse(QRect(line.left() - 1, self._line_y - _LINE // 2, _LINE, _LINE))


def _picture_of(row: Row) -> QPixmap:
    picture = QPixmap(row.header.size() * row.devicePixelRatioF())
    picture.setDevicePixelRatio(row.devicePixelRatioF())
    picture.fill(Qt.GlobalColor.transparent)
    row.header.render(picture, renderFlags=QWidget.RenderFlag.DrawChildren)
    return picture
