"""How well each class is recognised, by one of three measures: a bar per class, worst first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.results.words import Measure, class_words, shares_of
from cnngui.gui.theme import (
    ACCENT,
    SPACE_M,
    SPACE_S,
    colors,
    give_slim_bars,
    number_font,
    text_width,
    with_font,
)
from cnngui.gui.widgets.bars import paint_bar
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.widgets.spoken import SpokenItem, say_chosen
from cnngui.gui.words.numbers import share_text
from cnngui.pipeline.training.progress import Evaluation

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


def _row_height() -> int:
    return with_font(22)


class ClassAccuracies(QAbstractScrollArea):
    """Only the bars in sight are drawn. ``class_chosen`` carries a class's number."""

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: Evaluation | None = None
        self._shares: NDArray[np.float32] = np.empty(0, np.float32)
        self._order: list[int] = []
        self._name_width = 0
        self._chosen: int | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(self)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumHeight(2 * _row_height())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Accuracy of each class"))
        self.setAccessibleDescription(self.tr("Arrows choose a class, whose mistakes are shown"))

    @property
    def order(self) -> list[int]:
        """The classes from top to bottom."""
        return self._order

    def show_evaluation(self, evaluation: Evaluation, measure: Measure = "recall") -> None:
        """Show the classes of an evaluation; those of which nothing can be told come last."""
        self._evaluation = evaluation
        self._shares = shares_of(evaluation, measure)
        self._order = np.argsort(self._shares, kind="stable").tolist()
        metrics = QFontMetrics(number_font(self.font()))
        self._name_width = max(
            (text_width(metrics, name) for name in evaluation.classes), default=0
        )
        self._lay_out()

    def show_chosen(self, label: int | None) -> None:
        """Mark a class."""
        self._chosen = label
        self.viewport().update()

    def row_rect(self, place: int) -> QRect:
        """Return where a row is in the viewport."""
        top = place * _row_height() - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), _row_height())

    def item_count(self) -> int:
        """Return how many classes there are."""
        return len(self._order)

    def item_at(self, place: int) -> SpokenItem:
        """Return a class as it is told of."""
        is_chosen = self._order[place] == self._chosen
        return SpokenItem(self._words(place), self.row_rect(place), is_chosen)

    def sizeHint(self) -> QSize:
        return QSize(200, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(place)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tip(self._words(place)), self)
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, _STEPS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        here = self._order.index(self._chosen) if self._chosen in self._order else -step
        if 0 <= here + step < len(self._order):
            self._reveal(here + step)
            self._choose(here + step)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._evaluation is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(self.font()))
        first = self.verticalScrollBar().value() // _row_height()
        last = first + self.viewport().height() // _row_height() + 2
        for place, label in enumerate(self._order[first:last], first):
            self._paint_row(painter, self._evaluation, place, label)

    def _paint_row(self, painter: QPainter, evaluation: Evaluation, place: int, label: int) -> None:
        row, scheme, metrics = self.row_rect(place), colors(), painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        share = float(self._shares[label])
        value_width = metrics.horizontalAdvance("> 99.9 %")
        name_width = min(self._name_width, row.width() * 2 // 5)
        name = QRect(SPACE_S, row.y(), name_width, row.height())
        value = QRect(row.right() - value_width - SPACE_S, row.y(), value_width, row.height())
        if label == self._chosen:
            painter.setPen(QPen(ACCENT, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(row).adjusted(1, 1, -1, -1), 3, 3)
        text = evaluation.classes[label]
        painter.setPen(QColor(scheme.text))
        painter.drawText(
            name,
            int(Qt.AlignmentFlag.AlignLeft | middle),
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, name_width),
        )
        painter.setPen(QColor(scheme.muted))
        is_known = not np.isnan(share)
        painter.drawText(
            value,
            int(Qt.AlignmentFlag.AlignRight | middle),
            share_text(share) if is_known else "–",
        )
        left = name.right() + SPACE_M
        track = QRectF(left, row.y() + 7, value.left() - SPACE_S - left, row.height() - 14)
        paint_bar(painter, track, share if is_known else 0.0, None)

    def _lay_out(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(len(self._order) * _row_height() - height, 0))
        bar.setPageStep(max(height, 1))
        bar.setSingleStep(_row_height())
        self.viewport().update()

    def _place_at(self, point: QPoint) -> int | None:
        place = (point.y() + self.verticalScrollBar().value()) // _row_height()
        return place if 0 <= place < len(self._order) else None

    def _words(self, place: int | None) -> str:
        if place is None or self._evaluation is None:
            return ""
        return class_words(self._evaluation, self._order[place])

    def _choose(self, place: int) -> None:
        self.show_chosen(self._order[place])
        self.class_chosen.emit(self._order[place])
        say_chosen(self, place)

    def _reveal(self, place: int) -> None:
        row, bar = self.row_rect(place), self.verticalScrollBar()
        if row.top() < 0:
            bar.setValue(bar.value() + row.top())
        elif row.bottom() > self.viewport().height():
            bar.setValue(bar.value() + row.bottom() - self.viewport().height() + 1)
