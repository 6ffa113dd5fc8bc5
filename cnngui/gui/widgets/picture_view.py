"""A picture that fills a widget."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import SPACE_M, colors
from cnngui.gui.widgets.pictures import draw_picture, fitted, paint_region


class Picture(QWidget):
    """One picture, undistorted, on the canvas colour; ``empty_text`` before there is one."""

    def __init__(self, empty_text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._empty_text = empty_text
        self._mark: QRectF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 72)

    def sizeHint(self) -> QSize:
        return QSize(240, 180)

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def mark(self, part: QRectF | None) -> None:
        """Outline a part of the picture, in its own pixels; None outlines nothing."""
        if part != self._mark:
            self._mark = part
            self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colors().canvas)
        if self._image is not None:
            target = fitted(self._image.size(), self.rect())
            draw_picture(painter, target, self._image)
            if self._mark is not None:
                paint_region(painter, target, self._image.size(), self._mark)
            return
        painter.setPen(colors().muted)
        inner: QRect = self.rect().adjusted(SPACE_M, SPACE_M, -SPACE_M, -SPACE_M)
        wrap = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(inner, wrap, self._empty_text)
