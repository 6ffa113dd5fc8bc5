"""A channel's kernel as small pictures, one for each input, and for each moment that it spans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors, number_font
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.pictures import indexed_image
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.widgets.spoken import SpokenItem, say_chosen

_PICTURE_SIZE = 44
_SLICE_GAP = 2
_LABEL_PIXELS = 10
_MOST_ROWS = 3
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class KernelPictures(QWidget):
    """Small pictures in rows; one of them is chosen, by click or arrows.

    Those of one input are side by side, the oldest moment first.

    Attributes
    ----------
    current, slice : the input and the moment chosen.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.current = 0
        self.slice = 0
        self._images: list[list[QImage]] = []
        self._names: tuple[str, ...] = ()
        self._slices: tuple[str, ...] = ()
        self._size = QSize(1, 1)
        self._tile = QSize(_PICTURE_SIZE, _PICTURE_SIZE)
        self._room = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Kernel, one picture per input channel"))

    def show_codes(
        self,
        codes: NDArray[np.uint8],
        names: tuple[str, ...],
        slices: tuple[str, ...],
        colormap: str,
    ) -> None:
        """Show pictures ``(n, kt, kh, kw)`` of codes."""
        self._images = [
            [indexed_image(picture, colormap, signed=True) for picture in of_input]
            for of_input in codes
        ]
        self._names, self._slices = names, slices
        count, depth, height, width = codes.shape
        self._size = QSize(width, height)
        self.current, self.slice = min(self.current, count - 1), min(self.slice, depth - 1)
        self._choose_size()
        self.updateGeometry()
        self.update()

    def fit_width(self, width: int) -> None:
        """Take the size with which the moments of an input fit beside each other, if any does."""
        self._room = width
        self._choose_size()

    def height_shown(self, width: int) -> int:
        """Take the height that all rows need; return that of the rows seen without scrolling."""
        height = self._tile.height() + SPACE_M
        self.setMinimumHeight(self._top + self._rows(width) * height)
        return self._top + min(self._rows(width), _MOST_ROWS) * height

    def picture_rect(self, item: int) -> QRect:
        """Return where a picture is: those of one input after those of another."""
        place, moment = divmod(item, self._depth)
        row, column = divmod(place, self._columns(self.width()))
        return QRect(
            SPACE_S
            + column * (self._tile_width + SPACE_M)
            + moment * (self._tile.width() + _SLICE_GAP),
            self._top + SPACE_S + row * (self._tile.height() + SPACE_M),
            self._tile.width(),
            self._tile.height(),
        )

    def item_count(self) -> int:
        """Return how many pictures there are."""
        return len(self._images) * self._depth

    def item_at(self, item: int) -> SpokenItem:
        """Return a picture as it is told of."""
        return SpokenItem(self._words(item), self.picture_rect(item), item == self._chosen_item)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self._item_at(event.position().toPoint())
        if item is not None:
            self._choose(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        down = self._columns(self.width()) * self._depth
        steps = dict(zip(_ARROWS, (-1, 1, -down, down), strict=True))
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self._chosen_item + step < self.item_count():
            self._choose(self._chosen_item + step)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self._item_at(event.pos())
            if item is not None:
                QToolTip.showText(event.globalPos(), plain_tip(self._words(item)), self)
            return True
        return keeps_key(event, _ARROWS) or super().event(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen = self._chosen_item
        for item in range(self.item_count()):
            rect = self.picture_rect(item)
            if item != chosen and rect.intersects(event.rect()):
                self._paint_picture(painter, item, rect, QPen(QColor(colors().border), 1))
        if self._images:  # over its neighbours, which are near
            self._paint_picture(painter, chosen, self.picture_rect(chosen), QPen(ACCENT, 2))
        self._paint_labels(painter)

    def _paint_picture(self, painter: QPainter, item: int, rect: QRect, pen: QPen) -> None:
        place, moment = divmod(item, self._depth)
        painter.drawImage(rect, self._images[place][moment])
        painter.setPen(pen)
        out = pen.widthF() / 2
        painter.drawRect(QRectF(rect).adjusted(-out, -out, out, out))

    def _paint_labels(self, painter: QPainter) -> None:
        """Write over the first row which moment each slice is for."""
        font = number_font(self.font())
        font.setPixelSize(_LABEL_PIXELS)
        painter.setFont(font)
        painter.setPen(QColor(colors().muted))
        in_row = min(self._columns(self.width()), len(self._images))
        for item in range(in_row * len(self._slices)):
            rect, label = self.picture_rect(item), self._slices[item % self._depth]
            if painter.fontMetrics().horizontalAdvance(label) <= rect.width() + _SLICE_GAP:
                above = QRect(rect.x() - _SLICE_GAP, 0, rect.width() + 2 * _SLICE_GAP, self._top)
                painter.drawText(above, int(Qt.AlignmentFlag.AlignCenter), label)

    @property
    def _depth(self) -> int:
        return len(self._images[0]) if self._images else 1

    @property
    def _top(self) -> int:
        """Pixels above the pictures, for the names of moments."""
        return _LABEL_PIXELS + SPACE_S if self._slices else 0

    @property
    def _tile_width(self) -> int:
        return self._depth * (self._tile.width() + _SLICE_GAP) - _SLICE_GAP

    @property
    def _chosen_item(self) -> int:
        return self.current * self._depth + self.slice

    def _choose_size(self) -> None:
        factor = _PICTURE_SIZE // max(self._size.width(), self._size.height())
        if self._depth > 1 and self._room:
            room = self._room - SPACE_M - (self._depth - 1) * _SLICE_GAP
            factor = min(factor, room // (self._depth * self._size.width()))
        self._tile = self._size * max(factor, 1)

    def _words(self, item: int) -> str:
        place, moment = divmod(item, self._depth)
        if not self._slices:
            return self.tr("input {name}").format(name=self._names[place])
        words = self.tr("input {name}, {moment}")
        return words.format(name=self._names[place], moment=self._slices[moment])

    def _choose(self, item: int) -> None:
        self.current, self.slice = divmod(item, self._depth)
        self.update()
        self.chosen.emit(self.current)
        say_chosen(self, item)

    def _columns(self, width: int) -> int:
        return max((width - SPACE_S) // (self._tile_width + SPACE_M), 1)

    def _rows(self, width: int) -> int:
        return -(-len(self._images) // self._columns(width))

    def _item_at(self, point: QPoint) -> int | None:
        near = 3 if self._depth == 1 else 1
        return next(
            (
                item
                for item in range(self.item_count())
                if self.picture_rect(item).adjusted(-near, -near, near, near).contains(point)
            ),
            None,
        )
