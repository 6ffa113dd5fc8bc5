"""The map that a number is part of: where the number stands, and how far the kernel has come."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.pictures import draw_picture, fitted, indexed_image, paint_region
from cnngui.pipeline.lenses.number import MapPicture

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class MapView(QWidget):
    """Draws a map; clicking, dragging and the arrows choose a place on it.

    Where maps have moments it is that of the number. ``place_chosen`` carries row and column.
    """

    place_chosen = Signal(int, int)

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._map: MapPicture | None = None
        self._filled: int | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(96)
        self.setAccessibleName(self.tr("The map that the numbers make"))
        self.setAccessibleDescription(self.tr("Arrows choose a place"))
        self.setToolTip(self.tr("Click or drag to choose a place; the arrows move it by one"))
        state.place_changed.connect(self.update)
        state.colormaps_changed.connect(self.update)

    def show_map(self, picture: MapPicture | None, filled: int | None) -> None:
        """Draw a map, of which only the first ``filled`` numbers are there; None: all."""
        changed = (picture is None) != (self._map is None) or (
            picture is not None
            and self._map is not None
            and (picture.height, picture.width) != (self._map.height, self._map.width)
        )
        self._map, self._filled = picture, filled
        if changed:
            self.updateGeometry()
        self.update()

    def place_rect(self) -> QRectF:
        """Return where the chosen number is on the widget."""
        place = self._state.place[-2:]
        if self._map is None or len(place) != 2:
            return QRectF()
        target = self._target()
        across, down = target.width() / self._map.width, target.height() / self._map.height
        return QRectF(target.x() + place[1] * across, target.y() + place[0] * down, across, down)

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(280))

    def heightForWidth(self, width: int) -> int:
        if self._map is None:
            return 96
        return max(min(width * self._map.height // self._map.width, width), 96)

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, tuple(_STEPS)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        place = self._state.place[-2:]
        if step is None or len(place) != 2:
            super().keyPressEvent(event)
            return
        self.place_chosen.emit(place[0] + step[0], place[1] + step[1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event.position())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._map is None:
            painter.setPen(QColor(colors().muted))
            center = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect(), center, self.tr("A flat layer has no map"))
            return
        target = self._target()
        colormap = self._state.colormap(self._map.signed)
        image = indexed_image(self._map.codes, colormap, self._map.signed)
        draw_picture(painter, target, image)
        self._paint_empty(painter, target)
        painter.setPen(QColor(colors().border))
        painter.drawRect(target.adjusted(0, 0, -1, -1))
        self._paint_mark(painter)

    def _paint_empty(self, painter: QPainter, target: QRectF) -> None:
        """Cover what the kernel has not made yet."""
        if self._filled is None or self._map is None:
            return
        across, down = target.width() / self._map.width, target.height() / self._map.height
        row, column = divmod(self._filled, self._map.width)
        ground = QColor(colors().canvas)
        rest = QRectF(
            target.x() + column * across,
            target.y() + row * down,
            target.width() - column * across,
            down,
        )
        painter.fillRect(rest, ground)
        below = QRectF(target)
        below.setTop(target.y() + (row + 1) * down)
        if below.height() > 0:
            painter.fillRect(below, ground)

    def _paint_mark(self, painter: QPainter) -> None:
        place = self._state.place[-2:]
        if self._map is not None and len(place) == 2:
            size = QSize(self._map.width, self._map.height)
            paint_region(painter, self._target(), size, QRectF(place[1], place[0], 1, 1))

    def _target(self) -> QRectF:
        if self._map is None:
            return QRectF()
        return fitted(QSize(self._map.width, self._map.height), self.rect())

    def _choose(self, point: QPointF) -> None:
        if self._map is None:
            return
        target = self._target()
        row = int((point.y() - target.y()) * self._map.height / max(target.height(), 1))
        column = int((point.x() - target.x()) * self._map.width / max(target.width(), 1))
        self.place_chosen.emit(row, column)
