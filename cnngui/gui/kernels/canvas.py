"""The picture of a layer's kernels: pointing, choosing, scrolling."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from cnngui.featuremaps.kernel_layout import KernelPoint
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors, give_slim_bars, number_font
from cnngui.gui.widgets.buttons import ICON_SIZE
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.pictures import gradient_icon
from cnngui.gui.widgets.spoken import SpokenItem, say_chosen
from cnngui.gui.words.numbers import number_text
from cnngui.pipeline.kernel_pictures import KernelsDrawn

_CAPTION_PIXELS = 11
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_KEYS = (*_ARROWS, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class KernelsCanvas(QAbstractScrollArea):
    """Paints kernels as they come, each panel under its title and the colours' meaning.

    Signals
    -------
    size_changed : other pictures are needed, for ``room`` and ``first_row``.
    pointed_at : a ``KernelPoint``, or None.
    kernel_chosen : by click or arrows.
    """

    size_changed = Signal()
    pointed_at = Signal(object)
    kernel_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: KernelsDrawn | None = None
        self._image = QImage()
        self._gradient = QPixmap()
        self._titles: tuple[str, ...] = ()
        self._chosen: int | None = None
        self._pointer: QPointF | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(self)
        self.verticalScrollBar().valueChanged.connect(self.size_changed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(64)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Kernels"))
        self.setAccessibleDescription(self.tr("Arrows choose a kernel, Page Up and Down scroll"))

    @property
    def drawn(self) -> KernelsDrawn | None:
        """The picture shown."""
        return self._drawn

    @property
    def room(self) -> tuple[int, int]:
        """Width and height that a picture may have, in device pixels."""
        room = self.viewport().size()
        ratio = self.devicePixelRatioF()
        return (
            max(round((room.width() - 2 * SPACE_M) * ratio), 1),
            max(round((room.height() - self._title_height - SPACE_M) * ratio), 1),
        )

    @property
    def first_row(self) -> int:
        """The row of kernels scrolled to."""
        return self.verticalScrollBar().value()

    def show_kernels(self, drawn: KernelsDrawn, titles: tuple[str, ...]) -> None:
        """Show a picture; ``titles`` are those of its panels."""
        self._drawn, self._titles = drawn, titles
        height, width, depth = drawn.pixels.shape
        self._image = QImage(
            drawn.pixels.data, width, height, width * depth, QImage.Format.Format_RGBA8888
        ).copy()
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        self._gradient = gradient_icon(drawn.request.colormap, ICON_SIZE).pixmap(ICON_SIZE)
        layout, bar = drawn.layout, self.verticalScrollBar()
        bar.setPageStep(layout.rows)
        bar.setRange(0, max(layout.all_rows - layout.rows, 0))
        self._say_pointed()
        self.viewport().update()

    def show_chosen(self, kernel: int | None) -> None:
        """Mark a kernel."""
        if kernel != self._chosen:
            self._chosen = kernel
            self.viewport().update()
            self._say_chosen()

    def scroll_to_top(self) -> None:
        """Go back to the first kernel."""
        self.verticalScrollBar().setValue(0)

    def block_rect(self, kernel: int, panel: int = 0) -> QRectF:
        """Return where a kernel that is shown is in the viewport."""
        if self._drawn is None:
            return QRectF()
        x, y, width, height = self._drawn.layout.block_rect(kernel, panel)
        ratio = self._image.devicePixelRatio()
        return QRectF(x / ratio, y / ratio, width / ratio, height / ratio).translated(self._origin)

    def item_count(self) -> int:
        """Return how many kernels are in sight."""
        return self._drawn.layout.shown if self._drawn is not None else 0

    def item_at(self, place: int) -> SpokenItem:
        """Return a kernel as it is told of."""
        if self._drawn is None:
            raise LookupError("there are no kernels yet")
        kernel = self._drawn.layout.first + place
        name = self.tr("kernel {0}").format(kernel)
        return SpokenItem(name, self.block_rect(kernel).toRect(), kernel == self._chosen)

    def point_at(self, position: QPointF) -> KernelPoint | None:
        """Return what is at a place of the viewport."""
        if self._drawn is None:
            return None
        return self._drawn.layout.locate(*self._place_in_picture(position))

    def sizeHint(self) -> QSize:
        return QSize(640, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.size_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._say_pointed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        kernel = self._kernel_at(event.position())
        if kernel is not None and event.button() == Qt.MouseButton.LeftButton:
            self.kernel_chosen.emit(kernel)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._pointer = None
            self._say_pointed()
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, _KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._move(*_ARROWS[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            bar = self.verticalScrollBar()
            step = bar.pageStep() if key == Qt.Key.Key_PageDown else -bar.pageStep()
            bar.setValue(bar.value() + step)
        else:
            super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(colors().canvas))
        if self._drawn is None:
            return
        painter.drawImage(self._origin, self._image)
        font = number_font(self.font())
        font.setPixelSize(_CAPTION_PIXELS)
        painter.setFont(font)
        for panel in range(self._drawn.layout.panels):
            self._paint_title(painter, self._drawn, panel)
            self._paint_captions(painter, self._drawn, panel)
        pointed = self._kernel_at(self._pointer) if self._pointer is not None else None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if pointed is not None:
            self._paint_outline(painter, pointed, QPen(QColor(colors().text), 1))
        if self._chosen is not None:
            self._paint_outline(painter, self._chosen, QPen(ACCENT, 2))

    @property
    def _title_height(self) -> int:
        return self.fontMetrics().height() + SPACE_M

    @property
    def _origin(self) -> QPointF:
        """Where the picture begins in the viewport."""
        free = self.viewport().width() - self._image.deviceIndependentSize().width()
        return QPointF(max(int(free / 2), SPACE_M), self._title_height)

    def _place_in_picture(self, position: QPointF) -> tuple[float, float]:
        place = (position - self._origin) * self._image.devicePixelRatio()
        return place.x(), place.y()

    def _kernel_at(self, position: QPointF) -> int | None:
        if self._drawn is None:
            return None
        return self._drawn.layout.kernel_at(*self._place_in_picture(position))

    def _paint_title(self, painter: QPainter, drawn: KernelsDrawn, panel: int) -> None:
        """Write what a panel shows, and which values its colours are."""
        ratio = self._image.devicePixelRatio()
        left = self._origin.x() + drawn.layout.panel_left(panel) / ratio
        metrics = painter.fontMetrics()
        middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        limit = number_text(drawn.limits[panel])
        texts = (self._titles[panel], f"−{limit}", limit)
        title, low, high = (metrics.horizontalAdvance(text) for text in texts)
        painter.setPen(QColor(colors().text))
        painter.drawText(QRectF(left, 0, title, self._title_height), middle, texts[0])
        painter.setPen(QColor(colors().muted))
        left += title + SPACE_M
        painter.drawText(QRectF(left, 0, low, self._title_height), middle, texts[1])
        bar = left + low + SPACE_S
        top = (self._title_height - ICON_SIZE.height()) // 2
        painter.drawPixmap(QPoint(int(bar), top), self._gradient)
        right = QRectF(bar + ICON_SIZE.width() + SPACE_S, 0, high, self._title_height)
        painter.drawText(right, middle, texts[2])

    def _paint_captions(self, painter: QPainter, drawn: KernelsDrawn, panel: int) -> None:
        """Write each kernel's number above it, where there is room."""
        height = drawn.layout.caption_height / self._image.devicePixelRatio()
        if not height:
            return
        first = drawn.layout.first
        for kernel in range(first, first + drawn.layout.shown):
            block = self.block_rect(kernel, panel)
            above = QRectF(block.x(), block.y() - height, block.width(), height)
            painter.setPen(QColor(colors().link if kernel == self._chosen else colors().muted))
            painter.drawText(above, int(Qt.AlignmentFlag.AlignLeft), str(kernel))

    def _paint_outline(self, painter: QPainter, kernel: int, pen: QPen) -> None:
        if self._drawn is None:
            return
        layout = self._drawn.layout
        if not 0 <= kernel - layout.first < layout.shown:
            return
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        for panel in range(layout.panels):
            painter.drawRect(self.block_rect(kernel, panel).adjusted(-2, -2, 2, 2))

    def _move(self, right: int, down: int) -> None:
        if self._drawn is None:
            return
        layout = self._drawn.layout
        here = layout.first if self._chosen is None else self._chosen
        kernel = here if self._chosen is None else here + right + down * layout.columns
        if 0 <= kernel < layout.count:
            self._reveal(kernel // layout.columns)
            self.kernel_chosen.emit(kernel)

    def _reveal(self, row: int) -> None:
        bar = self.verticalScrollBar()
        if row < bar.value():
            bar.setValue(row)
        elif row >= bar.value() + bar.pageStep():
            bar.setValue(row - bar.pageStep() + 1)

    def _say_chosen(self) -> None:
        if self._chosen is None or self._drawn is None or not self.hasFocus():
            return
        place = self._chosen - self._drawn.layout.first
        if 0 <= place < self.item_count():
            say_chosen(self, place)

    def _say_pointed(self) -> None:
        self.pointed_at.emit(self.point_at(self._pointer) if self._pointer is not None else None)
        self.viewport().update()
