"""The picture of the wall as an item of Qt's graphics scenes."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class WallPicture(QGraphicsItem):
    """All maps in one indexed image, magnified without smoothing.

    A new frame or another colour map costs one image, whose colours Qt looks up while painting;
    as a ``QGraphicsPixmapItem`` it would be converted first, which takes half as long again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()

    def show_image(self, image: QImage) -> None:
        """Show another image; its pixels are the item's coordinates."""
        if image.size() != self._image.size():
            self.prepareGeometryChange()
        self._image = image
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._image.rect())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        painter.drawImage(0, 0, self._image)
