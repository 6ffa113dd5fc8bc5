"""The picture under the network, to be nudged by single pixels."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.explain.shift import MOST_PIXELS
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import colors
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.pictures import draw_picture, fitted

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ShiftPad(QWidget):
    """Shows the shifted picture; dragging and the arrows shift it.

    ``shifted`` carries the pixels down and to the right.
    """

    shifted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._by = (0, 0)
        self._press: tuple[QPointF, tuple[int, int]] | None = None
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(self.tr("The picture, to be shifted"))
        self.setAccessibleDescription(self.tr("Arrows shift it by one pixel"))

    @property
    def by(self) -> tuple[int, int]:
        """Pixels down and to the right."""
        return self._by

    def show_image(self, image: QImage) -> None:
        """Show what the network sees after the shift."""
        self._image = image
        self.update()

    def shift_to(self, down: int, right: int) -> None:
        """Shift the picture, at most so far as shifts go."""
        held = tuple(max(-MOST_PIXELS, min(step, MOST_PIXELS)) for step in (down, right))
        by = (held[0], held[1])
        if by != self._by:
            self._by = by
            self.shifted.emit(*by)

    def sizeHint(self) -> QSize:
        return self.minimumSize()  # it takes what room there is, and makes no page scroll for it

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, tuple(_STEPS)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.shift_to(self._by[0] + step[0], self._by[1] + step[1])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press = event.position(), self._by
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None or self._image.isNull():
            return
        start, by = self._press
        scale = self._image.width() / max(self._target().width(), 1)
        moved = event.position() - start
        self.shift_to(by[0] + round(moved.y() * scale), by[1] + round(moved.x() * scale))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._press = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors().canvas))
        if not self._image.isNull():
            draw_picture(painter, self._target(), self._image)

    def _target(self) -> QRectF:
        return fitted(self._image.size(), self.rect())
