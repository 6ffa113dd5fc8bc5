"""The frames that the network sees at once, small, side by side: the newest at the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnngui.capture.frame import Moment, Window
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors, number_font, with_font
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.pictures import draw_picture, fitted, paint_region, plain_image
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.widgets.spoken import SpokenItem
from cnngui.gui.words.moments import frame_labels
from cnngui.spec.layers import INPUT_ID

_HEIGHT = 40
_LABEL_PIXELS = 10
_GAP = 2
_LEAST_WIDTH = 16
"""Of narrower frames nothing would be seen: several have one picture then."""
_FINENESS = 2
"""So many pixels of a frame for each of the screen are enough for a small picture of it."""


class Filmstrip(QWidget):
    """Frames with their times; those that a number looked at can see are outlined.

    A click chooses the moment that the input's maps are looked at.
    """

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._window: Window | None = None
        self._labels: tuple[str, ...] = ()
        self._images: dict[int, QImage] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The frames that the network sees"))
        state.regions_changed.connect(self.update)
        state.changed.connect(self.update)

    @property
    def labels(self) -> tuple[str, ...]:
        """The frames' times, the newest last; fewer than places while the window fills."""
        return self._labels

    @property
    def count_words(self) -> str:
        """How many frames there are of how many, while there are not all; else nothing."""
        window = self._window
        if window is None or window.is_full:
            return ""
        words = self.tr("{have} of {need}")
        return words.format(have=len(window.moments), need=window.input.frames)

    def show_window(self, window: Window | None) -> None:
        """Show what there is of a window; None shows nothing."""
        self._window = window
        self._labels = frame_labels(window) if window is not None and window.moments else ()
        self.setAccessibleDescription(self.count_words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, with_font(_HEIGHT) + self._label_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._images = {}

    def cell_rect(self, place: int) -> QRect:
        """Return where a frame is, of as many places as the network sees frames."""
        count = self._count
        room = self.width() - 2 * SPACE_S
        left = SPACE_S + room * place // count
        right = SPACE_S + room * (place + 1) // count - _GAP
        return QRect(left, 0, max(right - left, 1), self.height() - self._label_height)

    def item_count(self) -> int:
        """Return how many frames there are."""
        return len(self._labels)

    def item_at(self, item: int) -> SpokenItem:
        """Return a frame as it is told of."""
        place = self._first + item
        is_chosen = place == self._chosen
        return SpokenItem(self._words(item), self.cell_rect(place), is_chosen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event)
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._state.look_back(self._count - 1 - place)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = next(
                (at for at in range(self._count) if self.cell_rect(at).contains(event.pos())), None
            )
            words = ""
            if place is not None and place >= self._first and self._labels:
                words = self._words(place - self._first)
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        window = self._window
        if window is None:
            return
        painter = QPainter(self)
        font = number_font(self.font())
        font.setPixelSize(_LABEL_PIXELS)
        painter.setFont(font)
        scheme, seen = colors(), self._state.regions.get(INPUT_ID, ())
        self._images = self._known(window.moments)
        for place, cell in self._pictured():
            painter.fillRect(cell, QColor(scheme.canvas))
            at = place - self._first
            if at >= 0:
                image = self._images[window.moments[at].key]
                target = fitted(image.size(), cell)
                draw_picture(painter, target, image)
                if len(seen) == 4 and place in seen[1]:
                    size = QSize(window.input.width, window.input.height)
                    part = QRectF(seen[3].start, seen[2].start, len(seen[3]), len(seen[2]))
                    paint_region(painter, target, size, part)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(scheme.border), 1))
            painter.drawRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5))
        if self._chosen >= self._first:
            painter.setPen(QPen(ACCENT, 2))
            chosen = QRectF(self.cell_rect(self._chosen))
            painter.drawRect(chosen.adjusted(0.5, 0.5, -0.5, -0.5))
        self._paint_labels(painter)

    def _pictured(self) -> list[tuple[int, QRect]]:
        """Return the frames of which there is a picture, and where it is; all, if there is room.

        Of several together it is the one that is chosen, or else the newest.
        """
        width = self.cell_rect(0).width() + _GAP
        together = -(-_LEAST_WIDTH // width) if width < _LEAST_WIDTH else 1
        found = []
        for newest in range(self._count - 1, -1, -together):
            oldest = max(newest - together + 1, 0)
            place = self._chosen if oldest <= self._chosen <= newest else newest
            found.append((place, self.cell_rect(oldest).united(self.cell_rect(newest))))
        return found

    def _paint_labels(self, painter: QPainter) -> None:
        """Write the times, of many frames only some; and how many there are while it fills."""
        metrics, middle = painter.fontMetrics(), int(Qt.AlignmentFlag.AlignCenter)
        painter.setPen(QColor(colors().muted))
        top = self.height() - self._label_height
        widest = max((metrics.horizontalAdvance(label) for label in self._labels), default=1)
        step = -(-(widest + SPACE_S) // max(self.cell_rect(0).width() + _GAP, 1))
        for at, label in enumerate(self._labels):
            if (len(self._labels) - 1 - at) % step:
                continue
            cell = self.cell_rect(self._first + at)
            room = QRect(0, top, max(cell.width(), widest), self._label_height)
            room.moveLeft(cell.center().x() - room.width() // 2)
            room.moveRight(min(room.right(), self.width() - 1))
            if room.left() < 0:
                continue  # half a time is another time
            painter.drawText(room, middle, label)
        if self._first:
            painter.setPen(QColor(colors().text))
            empty = self.cell_rect(0).united(self.cell_rect(self._first - 1))
            needed = metrics.horizontalAdvance(self.count_words) + SPACE_M
            empty.setWidth(max(empty.width(), needed))
            back = QRectF(0, 0, needed, metrics.height())
            back.moveCenter(QRectF(empty).center())
            painter.fillRect(back, QColor(colors().panel))
            painter.drawText(empty, middle, self.count_words)

    @property
    def _label_height(self) -> int:
        return _LABEL_PIXELS + SPACE_S

    @property
    def _count(self) -> int:
        return self._window.input.frames if self._window is not None else 1

    @property
    def _first(self) -> int:
        """The first place that holds a frame."""
        return self._count - len(self._labels)

    @property
    def _chosen(self) -> int:
        return self._count - 1 - self._state.moments_back

    def _words(self, item: int) -> str:
        label = self._labels[item]
        if item == len(self._labels) - 1:
            return self.tr("{time}, the newest frame").format(time=label)
        return self.tr("frame {time}").format(time=label)

    def _place_at(self, event: QMouseEvent) -> int | None:
        point = event.position().toPoint()
        places = range(self._first, self._count)
        return next((at for at in places if self.cell_rect(at).contains(point)), None)

    def _known(self, moments: Sequence[Moment]) -> dict[int, QImage]:
        """Return a small picture of each frame; only new ones are made."""
        cell, ratio = self.cell_rect(0), self.devicePixelRatioF()
        wanted = _FINENESS * ratio * cell.height(), _FINENESS * ratio * cell.width()
        made = {}
        for moment in moments:
            known = self._images.get(moment.key)
            if known is None:
                height, width, _ = moment.pixels.shape
                step = max(int(max(height / wanted[0], width / wanted[1])), 1)
                known = plain_image(np.ascontiguousarray(moment.pixels[::step, ::step]))
            made[moment.key] = known
        return made
