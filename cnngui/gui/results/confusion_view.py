"""The confusion matrix: which class was taken for which, as shaded cells with counts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
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
from cnngui.gui.results.words import confusion_words
from cnngui.gui.theme import (
    ACCENT,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    Colors,
    colors,
    give_slim_bars,
    number_font,
    text_width,
)
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.widgets.spoken import SpokenItem, say_chosen
from cnngui.pipeline.training.progress import Evaluation

_LEAST_CELL, _LARGEST_CELL = 20, 44
_LEAST_HEIGHT = 100
_WIDEST_LABEL = 96
_TALLEST_LABEL = 72
_TEXT_PIXELS = 11
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}

Cell = tuple[int, int]
"""(label, predicted)."""


class ConfusionView(QAbstractScrollArea):
    """Rows are what samples are, columns what they were taken for.

    ``cell_chosen`` carries both classes' numbers.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: Evaluation | None = None
        self._chosen: Cell | None = None
        self._pointed: Cell | None = None
        self._font = number_font(self.font())
        self._font.setPixelSize(_TEXT_PIXELS)
        self._cell = _LEAST_CELL
        self._label_width = self._label_height = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        give_slim_bars(self)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.setAccessibleDescription(self.tr("Arrows choose a cell, whose samples are shown"))

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show the matrix of an evaluation that has one."""
        self._evaluation = evaluation
        if self._chosen is not None and max(self._chosen) >= len(evaluation.classes):
            self._chosen = None
        self._lay_out()

    def show_chosen(self, cell: Cell | None) -> None:
        """Mark a cell."""
        self._chosen = cell
        self.viewport().update()

    def cell_rect(self, label: int, predicted: int) -> QRect:
        """Return where a cell is in the viewport."""
        return QRect(
            self._left + predicted * self._cell - self.horizontalScrollBar().value(),
            self._top + label * self._cell - self.verticalScrollBar().value(),
            self._cell,
            self._cell,
        )

    def item_count(self) -> int:
        """Return how many cells there are."""
        return len(self._evaluation.classes) ** 2 if self._evaluation is not None else 0

    def item_at(self, place: int) -> SpokenItem:
        """Return a cell as it is told of, row by row."""
        cell = self._cell_of(place)
        return SpokenItem(self._words(cell), self.cell_rect(*cell), cell == self._chosen)

    def sizeHint(self) -> QSize:
        return QSize(280, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._cell_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(cell)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point(None)
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(event.pos())
            words = plain_tip(self._words(cell)) if cell else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, _ARROWS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or self._evaluation is None:
            super().keyPressEvent(event)
            return
        last = len(self._evaluation.classes) - 1
        label, predicted = self._chosen or (-step[0], -step[1])
        cell = label + step[0], predicted + step[1]
        if min(cell) >= 0 and max(cell) <= last:
            self._reveal(cell)
            self._choose(cell)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._evaluation is None:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._font)
        scheme = colors()
        room = self.viewport().rect().adjusted(self._left, self._top, 0, 0)
        painter.save()
        painter.setClipRect(room)
        for label in self._seen(vertical=True):
            for predicted in self._seen(vertical=False):
                self._paint_cell(painter, scheme, (label, predicted))
        for cell, pen in (
            (self._pointed, QPen(QColor(scheme.text), 1)),
            (self._chosen, QPen(ACCENT, 2)),
        ):
            if cell is not None:
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.cell_rect(*cell).adjusted(1, 1, -2, -2))
        painter.restore()
        self._paint_labels(painter, scheme)

    def _paint_cell(self, painter: QPainter, scheme: Colors, cell: Cell) -> None:
        if self._evaluation is None or self._evaluation.summary.matrix is None:
            return
        count = int(self._evaluation.summary.matrix[cell])
        total = int(self._evaluation.summary.class_counts[cell[0]])
        rect = self.cell_rect(*cell).adjusted(0, 0, -1, -1)
        painter.fillRect(rect, QColor(scheme.canvas))
        if not count:
            return
        shade = QColor(scheme.good if cell[0] == cell[1] else scheme.error)
        # The root, because a few mistakes among many samples are what is looked for.
        shade.setAlphaF(0.1 + 0.6 * (count / total) ** 0.5)
        painter.fillRect(rect, shade)
        if painter.fontMetrics().horizontalAdvance(str(count)) <= rect.width():
            painter.setPen(QColor(scheme.text))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), str(count))

    def _paint_labels(self, painter: QPainter, scheme: Colors) -> None:
        if self._evaluation is None:
            return
        names, metrics = self._evaluation.classes, painter.fontMetrics()
        elide = Qt.TextElideMode.ElideRight
        painter.save()
        self._paint_axes(painter, scheme)
        painter.setClipRect(0, self._top, self._left, self.viewport().height())
        for label in self._seen(vertical=True):
            is_marked = any(cell is not None and cell[0] == label for cell in self._marked)
            painter.setPen(QColor(scheme.text if is_marked else scheme.muted))
            cell = self.cell_rect(label, 0)
            rect = QRect(SPACE_S, cell.y(), self._label_width, cell.height())
            text = metrics.elidedText(names[label], elide, self._label_width)
            painter.drawText(
                rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text
            )
        painter.setClipRect(self._left, 0, self.viewport().width(), self._top)
        for predicted in self._seen(vertical=False):
            is_marked = any(cell is not None and cell[1] == predicted for cell in self._marked)
            painter.setPen(QColor(scheme.text if is_marked else scheme.muted))
            cell = self.cell_rect(0, predicted)
            text = metrics.elidedText(names[predicted], elide, self._label_height)
            painter.save()
            painter.translate(cell.x(), self._top - SPACE_S)
            painter.rotate(-90)
            rect = QRect(0, 0, self._label_height, cell.width())
            painter.drawText(
                rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text
            )
            painter.restore()
        painter.restore()

    def _paint_axes(self, painter: QPainter, scheme: Colors) -> None:
        """Say in the corner what rows and columns are."""
        painter.setPen(QColor(scheme.muted))
        line = painter.fontMetrics().height()
        for place, text in enumerate(self._axes):
            rect = QRect(SPACE_S, self._top - (2 - place) * line, self._label_width, line)
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight), text)

    @property
    def _axes(self) -> tuple[str, str]:
        return self.tr("taken for →"), self.tr("is ↓")

    @property
    def _marked(self) -> tuple[Cell | None, Cell | None]:
        return self._chosen, self._pointed

    @property
    def _left(self) -> int:
        return self._label_width + SPACE_M

    @property
    def _top(self) -> int:
        return self._label_height + SPACE_M

    def _seen(self, *, vertical: bool) -> range:
        """Return the rows or columns that are in sight."""
        if self._evaluation is None:
            return range(0)
        bar = self.verticalScrollBar() if vertical else self.horizontalScrollBar()
        room = self.viewport().height() if vertical else self.viewport().width()
        first = bar.value() // self._cell
        return range(first, min(first + room // self._cell + 2, len(self._evaluation.classes)))

    def _lay_out(self) -> None:
        if self._evaluation is None:
            return
        names, size = self._evaluation.classes, self.viewport().size()
        metrics = QFontMetrics(self._font)
        longest = max((text_width(metrics, name) for name in names), default=0)
        corner = max(map(metrics.horizontalAdvance, self._axes))
        self._label_width = min(max(longest, corner), _WIDEST_LABEL)
        self._label_height = min(max(longest, 2 * metrics.height()), _TALLEST_LABEL)
        count = max(len(names), 1)
        # As wide as the height allows, and no wider: the samples beside it need the rest.
        tall = min(max((size.height() - self._top) // count, _LEAST_CELL), _LARGEST_CELL)
        self.setMaximumWidth(self._left + count * tall + SPACE_L)
        self._cell = min(max((size.width() - self._left) // count, _LEAST_CELL), tall)
        for bar, free in (
            (self.horizontalScrollBar(), size.width() - self._left),
            (self.verticalScrollBar(), size.height() - self._top),
        ):
            bar.setRange(0, max(len(names) * self._cell - free, 0))
            bar.setPageStep(max(free, 1))
            bar.setSingleStep(self._cell)
        self.viewport().update()

    def _cell_at(self, point: QPoint) -> Cell | None:
        if self._evaluation is None or point.x() < self._left or point.y() < self._top:
            return None
        origin = self.cell_rect(0, 0)
        label = (point.y() - origin.y()) // self._cell
        predicted = (point.x() - origin.x()) // self._cell
        count = len(self._evaluation.classes)
        return (label, predicted) if label < count and predicted < count else None

    def _cell_of(self, place: int) -> Cell:
        if self._evaluation is None:
            raise LookupError("there is no matrix yet")
        return divmod(place, len(self._evaluation.classes))

    def _choose(self, cell: Cell) -> None:
        self.show_chosen(cell)
        self.cell_chosen.emit(*cell)
        if self._evaluation is not None:
            say_chosen(self, cell[0] * len(self._evaluation.classes) + cell[1])

    def _point(self, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.viewport().update()

    def _words(self, cell: Cell) -> str:
        if self._evaluation is None or self._evaluation.summary.matrix is None:
            return ""
        return confusion_words(self._evaluation, *cell, int(self._evaluation.summary.matrix[cell]))

    def _reveal(self, cell: Cell) -> None:
        size = self.viewport().size()
        for bar, place, free in (
            (self.verticalScrollBar(), cell[0], size.height() - self._top),
            (self.horizontalScrollBar(), cell[1], size.width() - self._left),
        ):
            start = place * self._cell
            if start < bar.value():
                bar.setValue(start)
            elif start + self._cell > bar.value() + free:
                bar.setValue(start + self._cell - free)
