"""How each layer learns: sizes of its gradients and of its steps, and a warning where it is ill."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import (
    ACCENT,
    SPACE_M,
    SPACE_S,
    colors,
    give_slim_bars,
    number_font,
    with_font,
)
from cnngui.gui.words.errors import said
from cnngui.gui.words.numbers import number_text
from cnngui.pipeline.training.progress import Finding, LayerHealth

_BAR_HEIGHT = 6
_TEXT_PIXELS = 12
_DECADES = (-8.0, 1.0)
"""Powers of ten at the ends of the bars."""
_USUAL_STEP = 1e-3
"""What share of its length the weights of a layer that learns well change by in a step."""
_UPDATE_COLOR = "#0e8e6e"


def _row_height() -> int:
    return with_font(20)


class HealthView(QWidget):
    """Warnings in plain words, and below them two bars for each layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._warnings = QLabel()
        self._warnings.setObjectName("training_warnings")
        self._warnings.setWordWrap(True)
        self._warnings.setForegroundRole(QPalette.ColorRole.BrightText)
        self._warnings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bars = LayerBars()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setAccessibleName(self.tr("How each layer learns"))
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(area)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, SPACE_S, 0)
        rows.setSpacing(SPACE_S)
        rows.addWidget(self._warnings)
        rows.addWidget(self._bars)
        rows.addStretch(1)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.setMinimumWidth(136)
        self.show_health((), ())

    @property
    def warning(self) -> str:
        """What is said of a training that does not go well; empty while it does."""
        return self._warnings.text()

    def show_health(self, findings: Sequence[Finding], layers: Sequence[LayerHealth]) -> None:
        """Show what is to be told of a training, and its layers in their order."""
        text = "\n".join(said(finding.words) for finding in findings)
        if text != self._warnings.text():
            self._warnings.setText(text)
        self._warnings.setVisible(bool(text))
        self._bars.show_layers(layers)


class LayerBars(QWidget):
    """For each layer two thin bars on a scale of powers of ten, above one another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: Sequence[LayerHealth] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("How each layer learns"))

    def show_layers(self, layers: Sequence[LayerHealth]) -> None:
        """Take the layers to show."""
        grows = len(layers) != len(self._layers)
        self._layers = layers
        if grows:
            self.updateGeometry()
        self.setAccessibleDescription("; ".join(map(self._description, layers)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._title_height() + len(self._layers) * _row_height() + SPACE_S)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = (event.pos().y() - self._title_height()) // _row_height()
            if 0 <= row < len(self._layers):
                QToolTip.showText(event.globalPos(), self._description(self._layers[row]), self)
            else:
                QToolTip.showText(event.globalPos(), self._explanation(), self)
            return True
        return super().event(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._layers:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = number_font(self.font())
        font.setPixelSize(_TEXT_PIXELS)
        painter.setFont(font)
        self._paint_title(painter)
        metrics = painter.fontMetrics()
        names = (metrics.horizontalAdvance(layer.layer_id) for layer in self._layers)
        name_width = min(max(names) + SPACE_S, self.width() // 2)
        left = name_width + SPACE_S
        track = QRectF(left, 0, self.width() - left, _BAR_HEIGHT)
        for row, layer in enumerate(self._layers):
            top = self._title_height() + row * _row_height()
            if top > event.rect().bottom() or top + _row_height() < event.rect().top():
                continue
            self._paint_layer(painter, layer, QRect(0, top, name_width, _row_height()), track)
        self._paint_usual(painter, track)

    def _paint_title(self, painter: QPainter) -> None:
        rect = QRect(0, 0, self.width(), self._title_height())
        middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for text, color in (
            (self.tr("gradient"), ACCENT),
            (self.tr("step"), QColor(_UPDATE_COLOR)),
        ):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(
                QRectF(rect.left(), rect.center().y() - 3, SPACE_M, _BAR_HEIGHT), 2, 2
            )
            painter.setPen(QColor(colors().muted))
            painter.drawText(rect.adjusted(SPACE_M + SPACE_S, 0, 0, 0), middle, text)
            rect.setLeft(rect.left() + painter.fontMetrics().horizontalAdvance(text) + 3 * SPACE_M)

    def _paint_layer(
        self, painter: QPainter, layer: LayerHealth, name: QRect, track: QRectF
    ) -> None:
        scheme = colors()
        middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        metrics = painter.fontMetrics()
        elided = metrics.elidedText(layer.layer_id, Qt.TextElideMode.ElideRight, name.width())
        painter.setPen(QColor(scheme.warning if layer.ailment else scheme.text))
        painter.drawText(name, middle, elided)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, (size, color) in enumerate(
            ((layer.gradient, ACCENT), (layer.update, QColor(_UPDATE_COLOR)))
        ):
            bar = QRectF(track)
            bar.moveTop(name.top() + 3 + place * (_BAR_HEIGHT + 2))
            painter.setBrush(QColor(scheme.canvas))
            painter.drawRoundedRect(bar, 2, 2)
            bar.setWidth(_share(size) * track.width())
            painter.setBrush(QColor(scheme.warning) if layer.ailment else color)
            painter.drawRoundedRect(bar, 2, 2)

    def _paint_usual(self, painter: QPainter, track: QRectF) -> None:
        x = round(track.left() + _share(_USUAL_STEP) * track.width())
        bottom = self._title_height() + len(self._layers) * _row_height()
        painter.setPen(QColor(colors().muted))
        painter.drawLine(x, self._title_height(), x, bottom)

    def _title_height(self) -> int:
        return _TEXT_PIXELS + 2 * SPACE_S

    def _description(self, layer: LayerHealth) -> str:
        words = self.tr("{0}: gradients of {1}; a step changes the weights by {2} of their length")
        return words.format(layer.layer_id, number_text(layer.gradient), number_text(layer.update))

    def _explanation(self) -> str:
        return self.tr(
            "Each ninth of a bar is ten times as much. Gradients say how much a layer's weights "
            "matter for the loss; a change of about a thousandth in each step, the line, is usual."
        )


def _share(size: float) -> float:
    """Return how long the bar of a size is, 0..1; what is no number fills it."""
    if not math.isfinite(size):
        return 1.0
    low, high = _DECADES
    return min(max((math.log10(max(size, 1e-30)) - low) / (high - low), 0.0), 1.0)
