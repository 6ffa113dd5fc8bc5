"""A veil over what still shows the last result, while the next one cannot be computed yet."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import SPACE_L, SPACE_M, colors

_OPACITY = 150


class Veil(QWidget):
    """Lies over the whole of another widget and dims it; the pointer goes through it.

    Parameters
    ----------
    over : what it lies over, whose child it becomes.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._over = over
        self._words = ""
        over.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        """What is written on it."""
        return self._words

    def cover(self, words: str = "") -> None:
        """Dim what is below, and write on it why; "" writes nothing."""
        self._words = words
        self.setAccessibleName(words)
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self.setGeometry(self._over.rect())
        return False

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        dim = QColor(colors().window)
        dim.setAlpha(_OPACITY)
        painter.fillRect(self.rect(), dim)
        if not self._words:
            return
        metrics = painter.fontMetrics()
        room = max(self.width() - 2 * SPACE_L, 1)
        wrapped = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        needed = metrics.boundingRect(0, 0, room, self.height(), wrapped, self._words)
        card = QRectF(needed).adjusted(-SPACE_L, -SPACE_M, SPACE_L, SPACE_M)
        card.moveCenter(QRectF(self.rect()).center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors().border))
        painter.setBrush(QColor(colors().panel))
        painter.drawRoundedRect(card, 4, 4)
        painter.setPen(QColor(colors().text))
        painter.drawText(card, wrapped, self._words)
