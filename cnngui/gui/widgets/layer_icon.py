"""How each type of layer looks: a colour by what it does and a small glyph."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPen, QPolygonF

from cnngui.gui.icons import PaintedIcon, icon
from cnngui.gui.words.layers import Curve, words_of
from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, MenuGroup

_PICTURE = "#737e8e"
_COLORS: dict[MenuGroup, str] = {
    "convolution": "#2b77f5",
    "pooling": "#b66b09",
    "activation": "#0e8e6e",
    "norm": "#a650f7",
    "shape": "#737e8e",
    "dense": "#de3d85",
    "join": "#0c8998",
}


def layer_color(layer_type: str) -> QColor:
    """Return the colour of a layer type, or of "input"; it reads on light and on dark."""
    if layer_type == INPUT_ID:
        return QColor(_PICTURE)
    return QColor(_COLORS[LAYER_TYPES[layer_type].menu_group])


def layer_icon(layer_type: str) -> QIcon:
    """Return the glyph of a layer type, or of "input", in its colour."""
    color = layer_color(layer_type)
    if layer_type == INPUT_ID:
        return icon("image-outline", color.name())
    glyph = words_of(layer_type).icon
    if not isinstance(glyph, str):
        return QIcon(_CurveEngine(glyph, color))
    single = icon(glyph, color.name())
    return QIcon(_SheetsEngine(single, color)) if LAYER_TYPES[layer_type].rank == 3 else single


class _SheetsEngine(PaintedIcon):
    """Draws a glyph with the corner of a second sheet behind it: the same for several moments."""

    def __init__(self, front: QIcon, color: QColor) -> None:
        super().__init__()
        self._front = front
        self._color = color

    def clone(self) -> QIconEngine:
        return _SheetsEngine(self._front, self._color)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRect(0, 0, side, side)
        square.moveCenter(rect.center())
        front = round(0.82 * side)
        self._front.paint(
            painter,
            QRect(square.left(), square.bottom() + 1 - front, front, front),
            mode=mode,
            state=state,
        )
        color = QColor(self._color)
        color.setAlphaF(0.4 if mode == QIcon.Mode.Disabled else 1.0)
        width = max(1.2, side / 12)
        edge = QRectF(square).adjusted(0, width / 2, -width / 2, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, width))
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(edge.left() + 0.34 * side, edge.top()),
                    edge.topRight(),
                    QPointF(edge.right(), edge.bottom() - 0.34 * side),
                ]
            )
        )
        painter.restore()


class _CurveEngine(PaintedIcon):
    """Draws a function."""

    def __init__(self, curve: Curve, color: QColor) -> None:
        super().__init__()
        self._curve = curve
        self._color = color

    def clone(self) -> QIconEngine:
        return _CurveEngine(self._curve, self._color)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        area = QRectF(0, 0, 0.8 * side, 0.64 * side)
        area.moveCenter(QRectF(rect).center())
        steps = [step / 12 - 1 for step in range(25)]
        points = [
            QPointF(
                area.center().x() + x * area.width() / 2,
                area.center().y() - self._curve(x) * area.height() / 2,
            )
            for x in steps
        ]
        color = QColor(self._color)
        color.setAlphaF(0.4 if mode == QIcon.Mode.Disabled else 1.0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(color, max(1.4, side / 11))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))
        painter.restore()
