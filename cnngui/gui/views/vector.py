"""A flat layer: one labelled bar per unit."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import (
    ACCENT,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    colors,
    give_slim_bars,
    number_font,
    text_width,
    with_font,
)
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.bars import paint_bar, round_limit
from cnngui.gui.widgets.spoken import SpokenItem, say_chosen
from cnngui.gui.words.naming import channel_label, channel_names
from cnngui.gui.words.numbers import WIDEST_NUMBER, number_text
from cnngui.gui.words.scales import ranked
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.results import FrameResult

_COLUMN_WIDTH = 220
_WIDEST_COLUMN = 720


def _row_height() -> int:
    return with_font(24)


class VectorView(QAbstractScrollArea):
    """Bars in as many columns as fit; only those on the screen are drawn.

    ``pointed_at`` says in words what is under the pointer; empty where there is nothing.
    """

    pointed_at = Signal(str)

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._vector: VectorResult | None = None
        self._is_sorted = False
        self._names: tuple[str, ...] = ()
        self._limit = 1.0
        self._signed = False
        self._columns = 1
        self._pointer: QPoint | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Units"))
        self.setAccessibleDescription(self.tr("Arrows choose a unit"))
        state.changed.connect(self.viewport().update)
        state.colormaps_changed.connect(self.viewport().update)

    def show_result(self, result: FrameResult) -> None:
        """Paint the units of a result that has a flat layer."""
        vector = result.part(VectorResult)
        if vector is None:
            return
        self._vector = vector
        self._names = channel_names(self._state.network, vector.layer_id)
        self._is_sorted = result.view.order != "index"
        least = vector.least / 2 if vector.signed else vector.least
        self._limit = 1.0 if self._are_shares(vector) else round_limit(vector.values, least)
        self._signed = vector.signed
        self._lay_out()
        self._say_pointed()
        self.viewport().update()

    def move_unit(self, right: int, down: int) -> None:
        """Choose the unit that many columns and rows further."""
        if self._vector is None:
            return
        order = self._vector.order
        here = np.flatnonzero(order == self._state.channel)
        place = int(here[0]) + right * self._rows() + down if here.size else 0
        if 0 <= place < len(order):
            self._state.select_channel(int(order[place]))
            self._scroll_to(place)
            say_chosen(self, place)

    def item_count(self) -> int:
        """Return how many units there are."""
        return len(self._vector.order) if self._vector is not None else 0

    def item_at(self, place: int) -> SpokenItem:
        """Return a unit as it is told of."""
        vector = self._vector
        if vector is None:
            raise LookupError("there are no units yet")
        unit = int(vector.order[place])
        label = self._ranked(place, channel_label(unit, self._names))
        name = f"{label}: {number_text(float(vector.values[unit]))}"
        return SpokenItem(name, self.unit_rect(place), unit == self._state.channel)

    def unit_rect(self, place: int) -> QRect:
        """Return where the unit at a place of the order is in the viewport."""
        column, row = divmod(place, self._rows())
        width = self._column_width()
        left = (self.viewport().width() - width * self._columns) // 2
        top = max((self.viewport().height() - self._rows() * _row_height()) // 2, 0)
        return QRect(
            left + column * width,
            top + row * _row_height() - self.verticalScrollBar().value(),
            width,
            _row_height(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position().toPoint()
        self._say_pointed()
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place is not None and self._vector is not None:
            self._state.select_channel(int(self._vector.order[place]))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._pointer = None
            self._say_pointed()
            self.viewport().update()
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left:
                self.move_unit(-1, 0)
            case Qt.Key.Key_Right:
                self.move_unit(1, 0)
            case Qt.Key.Key_Up:
                self.move_unit(0, -1)
            case Qt.Key.Key_Down:
                self.move_unit(0, 1)
            case _:
                super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), colors().canvas)
        if self._vector is None:
            return
        painter.setFont(number_font(self.font()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        label_width = self._label_width(painter)
        pointed = self._place_at(self._pointer)
        for column in range(self._columns):
            for row in self._visible_rows():
                place = column * self._rows() + row
                if place < len(self._vector.order):
                    self._paint_unit(painter, place, label_width, place == pointed)

    def _paint_unit(
        self, painter: QPainter, place: int, label_width: int, is_pointed: bool
    ) -> None:
        if self._vector is None:
            return
        unit = int(self._vector.order[place])
        value = float(self._vector.values[unit])
        cell = self.unit_rect(place).adjusted(SPACE_M, 0, -SPACE_M, 0)
        is_selected = unit == self._state.channel
        scheme = colors()
        if is_selected or is_pointed:
            painter.setPen(QPen(ACCENT, 1.5) if is_selected else QPen(QColor(scheme.border), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(-3, 1, 3, -1), 3, 3)
        metrics = painter.fontMetrics()
        value_width = metrics.horizontalAdvance(WIDEST_NUMBER)
        label = QRect(cell.x() + SPACE_S, cell.y(), label_width, cell.height())
        text = metrics.elidedText(self._label(place), Qt.TextElideMode.ElideRight, label_width)
        painter.setPen(QColor(scheme.text))
        painter.drawText(
            label, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text
        )
        number = QRect(cell.right() - value_width - SPACE_S, cell.y(), value_width, cell.height())
        painter.setPen(QColor(scheme.muted))
        painter.drawText(
            number,
            int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
            number_text(value),
        )
        track = QRectF(
            label.right() + SPACE_M,
            cell.y() + 7,
            number.left() - label.right() - 2 * SPACE_M,
            cell.height() - 14,
        )
        diverging = self._state.diverging if self._signed else None
        paint_bar(painter, track, value / self._limit, diverging)

    def _are_shares(self, vector: VectorResult) -> bool:
        network, layer_id = self._state.network, vector.layer_id
        return layer_id in network and network.layer(layer_id).arithmetic == "softmax"

    def _label(self, place: int) -> str:
        unit = int(self._vector.order[place]) if self._vector is not None else place
        return self._ranked(place, self._names[unit] if self._names else str(unit))

    def _ranked(self, place: int, label: str) -> str:
        return ranked(place + 1, label) if self._is_sorted else label

    def _label_width(self, painter: QPainter) -> int:
        if self._vector is None:
            return 0
        digits = "0" * len(str(len(self._vector.values)))
        longest = max(self._names, key=len) if self._names else digits
        if self._is_sorted:
            longest = ranked(int("8" * len(digits)), longest)
        return min(text_width(painter.fontMetrics(), longest), self._column_width() // 3)

    def _rows(self) -> int:
        return -(-len(self._vector.values) // self._columns) if self._vector else 1

    def _column_width(self) -> int:
        return min(self.viewport().width() // self._columns, _WIDEST_COLUMN)

    def _visible_rows(self) -> range:
        top = self.unit_rect(0).top()
        first = max(-top // _row_height(), 0)
        return range(
            first, min(first + self.viewport().height() // _row_height() + 2, self._rows())
        )

    def _lay_out(self) -> None:
        if self._vector is None:
            return
        fitting = max((self.viewport().height() - SPACE_L) // _row_height(), 1)
        wanted = -(-len(self._vector.values) // fitting)
        self._columns = max(min(wanted, self.viewport().width() // with_font(_COLUMN_WIDTH)), 1)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(self._rows() * _row_height() - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(_row_height())

    def _scroll_to(self, place: int) -> None:
        rect, bar = self.unit_rect(place), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + 1)

    def _place_at(self, point: QPoint | None) -> int | None:
        if point is None or self._vector is None:
            return None
        first = self.unit_rect(0)
        column = (point.x() - first.x()) // first.width()
        row = (point.y() - first.y()) // _row_height()
        place = column * self._rows() + row
        inside = 0 <= column < self._columns and 0 <= row < self._rows()
        return place if inside and place < len(self._vector.order) else None

    def _say_pointed(self) -> None:
        place = self._place_at(self._pointer)
        if place is None or self._vector is None:
            self.pointed_at.emit("")
            return
        unit = int(self._vector.order[place])
        name = self._ranked(place, channel_label(unit, self._names))
        value = number_text(float(self._vector.values[unit]), digits=5)
        self.pointed_at.emit(self.tr("unit {unit}   value {value}").format(unit=name, value=value))
