"""Changing a number in a painted cell: by typing, by the wheel, by dragging up and down."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from cnngui.gui.words.numbers import number_text

_DRAG_BEGINS = 4
_DRAG_STEP = 0.01
_WHEEL_STEP = 0.05
"""Shares of the largest weight: of a pixel dragged, of a notch turned."""
_NOTCH = 120
_LEAST_FIELD = 64
_MOST = 1e9

Key = TypeVar("Key", bound=Hashable)


class CellEditing(QObject):
    """Lets the cells of a widget be changed.

    A press and a move up or down turns the number; a click opens a field to type in, over which the
    wheel turns it, too. Enter takes it, Esc takes it back, Tab goes on to the next cell.

    Parameters
    ----------
    widget : what paints the cells.
    cell_at, rect_of, value_of, next_to : which cell is at a point, where a cell is, its number, and
        the one so many cells further on; None where there is none.
    scale : the largest number there is, by which steps are measured.

    Signals
    -------
    changed : a cell's number is to be another one; carries cell, number, and whether that is final.
    cancelled : the numbers are to be again what they were.
    """

    changed = Signal(object, float, bool)
    cancelled = Signal()

    def __init__(
        self,
        widget: QWidget,
        cell_at: Callable[[QPointF], Hashable | None],
        rect_of: Callable[[Hashable], QRectF | None],
        value_of: Callable[[Hashable], float],
        next_to: Callable[[Hashable, int], Hashable | None],
        scale: Callable[[], float],
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._cell_at, self._rect_of, self._value_of = cell_at, rect_of, value_of
        self._next_to, self._scale = next_to, scale
        self._cell: Hashable | None = None
        self._press: QPointF | None = None
        self._began_at = 0.0
        self._value = 0.0
        self._drags = False
        self.field = QLineEdit(widget)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setAccessibleName(self.tr("Weight"))
        self.field.hide()
        self.field.installEventFilter(self)
        widget.installEventFilter(self)

    @property
    def cell(self) -> Hashable | None:
        """The cell that is being changed."""
        return self._cell

    def open(self, cell: Hashable) -> None:
        """Let a cell be typed into."""
        rect = self._rect_of(cell)
        if rect is None:
            return
        self._cell = cell
        self._value = self._began_at = self._value_of(cell)
        room = rect.toAlignedRect()
        room.adjust(min(room.width() - _LEAST_FIELD, 0) // 2, 0, 0, 0)
        room.setWidth(max(room.width(), _LEAST_FIELD))
        room.setHeight(max(room.height(), 22))
        room.moveRight(min(room.right(), self._widget.width() - 1))
        self.field.setGeometry(room)
        self.field.setText(number_text(self._value, digits=6))
        self.field.selectAll()
        self.field.show()
        self.field.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field:
            return self._field_event(event)
        match event.type():
            case QEvent.Type.MouseButtonPress if isinstance(event, QMouseEvent):
                return self._pressed(event)
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                return self._moved(event)
            case QEvent.Type.MouseButtonRelease if isinstance(event, QMouseEvent):
                return self._released()
        return False

    def _pressed(self, event: QMouseEvent) -> bool:
        cell = self._cell_at(event.position())
        if cell is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        self._take()
        self._cell, self._press, self._drags = cell, event.position(), False
        self._value = self._began_at = self._value_of(cell)
        return True

    def _moved(self, event: QMouseEvent) -> bool:
        if self._press is None or self._cell is None:
            return False
        up = self._press.y() - event.position().y()
        if not self._drags and abs(up) < _DRAG_BEGINS:
            return True
        self._drags = True
        self._turn_to(self._began_at + up * _DRAG_STEP * self._scale())
        return True

    def _released(self) -> bool:
        if self._press is None:
            return False
        self._press = None
        if self._drags:
            self.changed.emit(self._cell, self._value, True)
        elif self._cell is not None:
            self.open(self._cell)
        return True

    def _field_event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QWheelEvent):
            notches = event.angleDelta().y() / _NOTCH
            self._turn_to(self._value + notches * _WHEEL_STEP * self._scale())
            self.field.setText(number_text(self._value, digits=6))
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        if event.type() == QEvent.Type.FocusOut:
            self._take()
        return False

    def _key(self, key: Qt.Key) -> bool:
        match key:
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take()
                self._widget.setFocus()
            case Qt.Key.Key_Escape:
                self._give_up()
                self._widget.setFocus()
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab if self._cell is not None:
                following = self._next_to(self._cell, 1 if key == Qt.Key.Key_Tab else -1)
                self._take()
                if following is not None:
                    self.open(following)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                step = _WHEEL_STEP * self._scale()
                self._turn_to(self._value + (step if key == Qt.Key.Key_Up else -step))
                self.field.setText(number_text(self._value, digits=6))
            case _:
                return False
        return True

    def _turn_to(self, value: float) -> None:
        self._value = value
        self.changed.emit(self._cell, value, False)

    def _take(self) -> None:
        """Take what stands in the field, if it is open."""
        if self.field.isHidden():
            return
        self.field.hide()
        try:
            typed = float(self.field.text().strip().replace(",", ".").replace("−", "-"))
        except ValueError:
            typed = math.nan
        if not abs(typed) <= _MOST:  # what is no number changes nothing
            if self._value != self._began_at:
                self.cancelled.emit()
            return
        shown = float(number_text(self._value, digits=6).replace("−", "-"))
        # What was only shown in six digits keeps all of its own.
        final = self._value if typed == shown else typed
        if final != self._began_at:
            self.changed.emit(self._cell, final, True)

    def _give_up(self) -> None:
        self.field.hide()
        if self._value != self._began_at:
            self.cancelled.emit()
