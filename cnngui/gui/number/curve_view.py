"""A curve with the point on it where a number is."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cnngui.explain.functions import curve_of
from cnngui.explain.number import Number
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import ACCENT, SPACE_S, colors
from cnngui.gui.widgets.pictures import REGION

_POINTS = 120


SMALL, MIDDLING, LARGE = QSize(96, 48), QSize(192, 112), QSize(384, 240)


class CurveView(QWidget):
    """Draws the function of an elementwise layer around the number that goes in."""

    def __init__(self, size: QSize = SMALL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number: Number | None = None
        self.setFixedSize(size)
        self.setAccessibleName(self.tr("Curve of the function"))

    def show_number(self, number: Number) -> None:
        """Draw the curve of a number's layer; the number must be a function's."""
        self._number = number
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        number = self._number
        if number is None:
            return
        x = float(number.inputs[0])
        if not math.isfinite(x):
            return
        reach = max(1.2 * abs(x), 3.0)
        curve, facts = curve_of(number.question.layer), number.facts
        places = [-reach + 2 * reach * step / (_POINTS - 1) for step in range(_POINTS)]
        values = [curve.value(place, facts) for place in places]
        low, high = min(*values, 0.0), max(*values, 0.0)
        height = (high - low) or 1.0
        room = QRectF(self.rect()).adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)

        def point(across: float, up: float) -> QPointF:
            return QPointF(
                room.x() + (across + reach) / (2 * reach) * room.width(),
                room.bottom() - (up - low) / height * room.height(),
            )

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors().border), 1))
        painter.drawLine(point(-reach, 0), point(reach, 0))
        painter.drawLine(point(0, low), point(0, high))
        painter.setPen(QPen(ACCENT, 2))
        line = [point(place, value) for place, value in zip(places, values, strict=True)]
        painter.drawPolyline(QPolygonF(line))
        painter.setPen(QPen(QColor("#000000"), 1))
        painter.setBrush(REGION)
        painter.drawEllipse(point(x, curve.value(x, facts)), 4, 4)
