"""What the chosen channel reads: the maps that add most at the chosen place, and their kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.featuremaps.scaling import encode
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import SPACE_M, SPACE_S, colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.bars import sign_color
from cnngui.gui.widgets.pictures import draw_picture, fitted, indexed_image, paint_region
from cnngui.gui.words.naming import channel_label, channel_names
from cnngui.gui.words.numbers import number_text
from cnngui.pipeline.lenses.number import NumberResult
from cnngui.spec.layers import INPUT_ID

_TILE = QSize(72, 54)
_MOST = 6
_KERNEL = 26
_WIDEST_KERNEL = 78
"""Pixels: what all moments of a kernel take beside each other."""
_HEIGHT = 178
_THICKEST = 7.0
_WIDEST_NAME = 132


@dataclass(frozen=True)
class _Reading:
    source: int
    channel: int
    value: float


class ReadsBand(QWidget):
    """Draws the strongest maps on top, the chosen map below, and a line from each to it.

    A line is as thick as what the map adds is large, and has the colour of its sign. ``opened``
    says that the number was clicked: its page is wanted.
    """

    opened = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._result: NumberResult | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("What the chosen channel reads"))
        self.setToolTip(self.tr("Click to see how this number comes about"))

    def show_number(self, result: NumberResult | None) -> None:
        """Draw what a number is made of."""
        self._result = result
        if result is not None:
            readings = self._readings(result)
            self.setAccessibleDescription(
                "; ".join(
                    f"{self._name(result, reading)}: {number_text(reading.value)}"
                    for reading in readings
                )
            )
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._result is not None:
            self.opened.emit()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors().border))
        painter.drawLine(0, 0, self.width(), 0)
        result = self._result
        if result is None:
            painter.setPen(QColor(colors().muted))
            words = self.tr("Choose a layer to see what it reads.")
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), words)
            return
        readings = self._readings(result)
        target = self._target_rect()
        largest = max((abs(reading.value) for reading in readings), default=0.0) or 1.0
        for place, reading in enumerate(readings):
            tile = self._tile_rect(place, len(readings))
            self._paint_line(painter, result, reading, tile, target, largest)
        for place, reading in enumerate(readings):
            self._paint_tile(painter, result, reading, place, len(readings))
        self._paint_target(painter, result, target)

    def _readings(self, result: NumberResult) -> list[_Reading]:
        taps = result.number.question.taps
        if result.number.question.kind == "sum":
            sums: dict[tuple[int, int], float] = {}
            products = result.number.products
            for (source, channel), product in zip(
                zip(taps.source.tolist(), taps.channel.tolist(), strict=True),
                products.tolist(),
                strict=True,
            ):
                sums[source, channel] = sums.get((source, channel), 0.0) + product
        else:
            sums = {
                (source, channel): value
                for source, channel, value in zip(
                    taps.source.tolist(),
                    taps.channel.tolist(),
                    result.number.inputs.tolist(),
                    strict=True,
                )
            }
        found = [_Reading(*key, value) for key, value in sums.items()]
        found.sort(key=lambda reading: -abs(np.nan_to_num(reading.value)))
        return found[:_MOST]

    def _step(self, count: int) -> float:
        """Return the width that each of so many maps has with its name."""
        return min((self.width() - 2 * SPACE_M) / max(count, 1), 150.0)

    def _tile_rect(self, place: int, count: int) -> QRectF:
        step = self._step(count)
        left = (self.width() - step * count) / 2 + place * step + (step - _TILE.width()) / 2
        return QRectF(left, 20, _TILE.width(), _TILE.height())

    def _target_rect(self) -> QRectF:
        left = (self.width() - _TILE.width()) / 2
        return QRectF(left, _HEIGHT - _TILE.height() - 8, _TILE.width(), _TILE.height())

    def _paint_line(
        self,
        painter: QPainter,
        result: NumberResult,
        reading: _Reading,
        tile: QRectF,
        target: QRectF,
        largest: float,
    ) -> None:
        share = min(abs(reading.value) / largest, 1.0) if np.isfinite(reading.value) else 0.0
        start = QPointF(tile.center().x(), tile.bottom())
        end = QPointF(target.center().x(), target.top())
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(0, 24), end - QPointF(0, 24), end)
        color = sign_color(self._state.diverging, reading.value)
        painter.setPen(QPen(color, max(share * _THICKEST, 0.75)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        self._paint_kernel(painter, result, reading, path.pointAtPercent(0.4))

    def _paint_kernel(
        self, painter: QPainter, result: NumberResult, reading: _Reading, at: QPointF
    ) -> None:
        question = result.number.question
        taps = question.taps
        if not question.layer.has_kernels or taps.tap.shape[1] < 2:
            return
        mine = (taps.source == reading.source) & (taps.channel == reading.channel)
        places = taps.tap[mine]
        kernel = np.zeros(places.max(axis=0) + 1, np.float32)
        kernel[tuple(places.T)] = result.number.weights[mine]
        scale = float(np.abs(result.number.weights).max()) or 1.0
        codes = encode(kernel, -scale, scale)
        slices = codes.reshape(-1, *codes.shape[-2:])
        side = min(_KERNEL, _WIDEST_KERNEL / len(slices))
        whole = (side + 2) * len(slices) - 2
        rect = QRectF(at.x() - whole / 2, at.y() - side / 2, side, side)
        for one in slices:  # one for each moment, the oldest first
            image = indexed_image(np.ascontiguousarray(one), self._state.diverging, signed=True)
            target = fitted(image.size(), rect.toRect())
            draw_picture(painter, target, image)
            painter.setPen(QColor(colors().muted))
            painter.drawRect(target)
            rect.translate(side + 2, 0)

    def _paint_tile(
        self,
        painter: QPainter,
        result: NumberResult,
        reading: _Reading,
        place: int,
        count: int,
    ) -> None:
        tile = self._tile_rect(place, count)
        taps = result.number.question.taps
        mine = (taps.source == reading.source) & (taps.channel == reading.channel)
        at = taps.at[mine]
        # Of maps with moments the newest that is read.
        moment = int(at[taps.inside[mine], 0].max(initial=0)) if at.shape[1] == 3 else 0
        picture = result.sources.get((reading.source, reading.channel, moment))
        painter.setPen(QColor(colors().text))
        # No further than the name beside it begins.
        width = min(_WIDEST_NAME, self._step(count) - SPACE_S)
        above = QRectF(tile.center().x() - width / 2, tile.y() - 18, width, 16)
        text = painter.fontMetrics().elidedText(
            self._name(result, reading), Qt.TextElideMode.ElideMiddle, round(above.width())
        )
        painter.drawText(above, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.fillRect(tile, QColor(colors().canvas))
        if picture is None:
            painter.drawText(tile, int(Qt.AlignmentFlag.AlignCenter), number_text(reading.value))
            return
        target = fitted(QSize(picture.width, picture.height), tile.toRect())
        colormap = self._state.colormap(picture.signed)
        draw_picture(painter, target, indexed_image(picture.codes, colormap, picture.signed))
        (top, left), (bottom, right) = (edge.tolist() for edge in _edges(at[:, -2:]))
        part = QRectF(left, top, right - left + 1, bottom - top + 1)
        paint_region(painter, target, QSize(picture.width, picture.height), part)

    def _paint_target(self, painter: QPainter, result: NumberResult, target: QRectF) -> None:
        number = result.number
        painter.fillRect(target, QColor(colors().canvas))
        if result.output is not None:
            output = result.output
            size = QSize(output.width, output.height)
            rect = fitted(size, target.toRect())
            colormap = self._state.colormap(output.signed)
            draw_picture(painter, rect, indexed_image(output.codes, colormap, output.signed))
            y, x = number.question.at[-2:]
            paint_region(painter, rect, size, QRectF(x, y, 1, 1))
        names = channel_names(self._state.network, result.layer_id)
        name = channel_label(number.question.channel, names)
        words = f"{result.layer_id} {name} = {number_text(number.value, digits=4)}"
        painter.setPen(QColor(colors().text))
        beside = QRectF(target.right() + SPACE_M, target.y(), 400, target.height())
        painter.drawText(beside, int(Qt.AlignmentFlag.AlignVCenter), words)
        painter.setPen(QColor(colors().muted))
        left = QRectF(SPACE_M, target.y(), target.x() - SPACE_M - SPACE_S, target.height())
        align = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.AlignmentFlag.AlignRight)
        explained = self.tr("thicker: adds more")
        painter.drawText(left, align, explained)

    def _name(self, result: NumberResult, reading: _Reading) -> str:
        source_id = result.number.question.sources[reading.source]
        names = channel_names(self._state.network, source_id)
        label = channel_label(reading.channel, names)
        if source_id == INPUT_ID and reading.channel < len(names):
            return names[reading.channel]
        return f"{source_id} {label}"


def _edges(places: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return places.min(axis=0), places.max(axis=0)
