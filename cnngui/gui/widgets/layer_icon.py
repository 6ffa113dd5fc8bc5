"""How each type of layer looks: a colour by what it does and a small glyph."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPen, QPolygonF

from cnngui.gui.icons import PaintedIcon, icon
from cnngui.spec.layers import INPUT_ID

KERNELS, POOLING, NORM, CURVES, DENSE, SHAPING, JOINING, PICTURE = (
    "#2b77f5",
    "#b66b09",
    "#a650f7",
    "#0e8e6e",
    "#de3d85",
    "#737e8e",
    "#0c8998",
    "#737e8e",
)

_LOOKS = {
    INPUT_ID: ("image-outline", PICTURE),
    "Conv2d": ("grid", KERNELS),
    "MaxPool2d": ("arrow-collapse-all", POOLING),
    "AvgPool2d": ("arrow-collapse-all", POOLING),
    "GlobalAvgPool2d": ("image-filter-center-focus-weak", POOLING),
    "BatchNorm2d": ("chart-bell-curve", NORM),
    "Softmax": ("percent-outline", CURVES),
    "Dropout": ("blur-linear", SHAPING),
    "Flatten": ("format-align-justify", SHAPING),
    "Linear": ("transit-connection-variant", DENSE),
    "Add": ("plus-circle-outline", JOINING),
    "Concat": ("layers-plus", JOINING),
}

_CURVES: dict[str, Callable[[float], float]] = {
    "ReLU": lambda x: max(x, 0.0),
    "LeakyReLU": lambda x: x if x > 0 else 0.25 * x,
    "Sigmoid": lambda x: 2 / (1 + math.exp(-5 * x)) - 1,
    "Tanh": lambda x: math.tanh(3 * x),
    "SiLU": lambda x: 1.3 * x / (1 + math.exp(-4 * x)),
}
"""Activations are drawn as what they are: y over x, both from -1 to 1."""


def layer_color(layer_type: str) -> QColor:
    """Return the colour of a layer type, or of "input"; it reads on light and on dark."""
    return QColor(CURVES if layer_type in _CURVES else _LOOKS[layer_type][1])


def layer_icon(layer_type: str) -> QIcon:
    """Return the glyph of a layer type, or of "input", in its colour."""
    if layer_type in _CURVES:
        return QIcon(_CurveEngine(_CURVES[layer_type], layer_color(layer_type)))
    return icon(*_LOOKS[layer_type])


class _CurveEngine(PaintedIcon):
    """Draws a function."""

    def __init__(self, curve: Callable[[float], float], color: QColor) -> None:
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
