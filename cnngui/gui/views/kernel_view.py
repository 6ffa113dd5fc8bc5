"""The kernel of one channel of a convolution: as pictures and as numbers."""

from __future__ import annotations

import re
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from cnngui.featuremaps.kernel_wall import largest_weight
from cnngui.featuremaps.scaling import encode
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.cell_editing import CellEditing
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.pictures import color_table, indexed_image
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.widgets.spoken import SpokenItem, say_chosen
from cnngui.gui.words.numbers import number_text

_PICTURE_SIZE = 44
_MOST_PICTURE_ROWS = 3
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_CELL_HEIGHT = 24
_DIGIT_PIXELS = (11, 10, 9)
_WIDEST_CELL = 72


class KernelView(QWidget):
    """One picture per input channel, and the numbers of the one chosen.

    Signals
    -------
    weight_edited : a number was changed by hand; carries the input's place, the indices within the
        kernel, the number, and whether that is final.
    edit_cancelled : numbers are to be again what they were.
    """

    weight_edited = Signal(int, int, int, float, bool)
    edit_cancelled = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._kernel: NDArray[np.float32] | None = None
        self._source = ""
        self._shown_for: tuple[object, ...] = ()
        self._names: tuple[str, ...] = ()
        self.pictures = _KernelPictures(self)
        self.numbers = _KernelNumbers(self)
        self._numbers_title = QLabel(self)
        self._numbers_title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._pictures_area = _scrolling(self.pictures, self)
        self._pictures_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the pictures have the keyboard
        self._numbers_area = _scrolling(self.numbers, self)
        self._numbers_area.setAccessibleName(self.numbers.accessibleName())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self._pictures_area)
        column.addWidget(self._numbers_title)
        column.addWidget(self._numbers_area)
        self.pictures.chosen.connect(self._show_numbers)
        self.numbers.editing.changed.connect(self._on_numbers_changed)
        self.numbers.editing.cancelled.connect(self.edit_cancelled)
        state.colormaps_changed.connect(self._color)

    @Slot(object, float, bool)
    def _on_numbers_changed(self, cell: tuple[int, int], value: float, final: bool) -> None:
        self.weight_edited.emit(self.pictures.current, *cell, value, final)

    def show_kernel(
        self,
        kernel: NDArray[np.float32],
        source: str,
        names: tuple[str, ...],
        owner: tuple[str, int] = ("", 0),
    ) -> None:
        """Show a kernel ``(in_channels / groups, kh, kw)``.

        Parameters
        ----------
        source, names : the layer it reads, and what the channels are called that it reads there.
        owner : its layer and channel. Another one's opens with the input that it weighs most;
            the same one's, changed by learning or by hand, stays where it is looked at.
        """
        if (owner, source, kernel.shape) != self._shown_for:
            self._shown_for = owner, source, kernel.shape
            self.pictures.current = int(np.nansum(np.abs(kernel), (1, 2), np.float64).argmax())
        known = self._kernel is not None and np.array_equal(kernel, self._kernel)
        if known and (source, names) == (self._source, self._names):
            return
        self._kernel, self._source, self._names = kernel, source, names
        self._color()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_heights()

    def _color(self) -> None:
        if self._kernel is None:
            return
        largest = largest_weight(self._kernel)
        codes = encode(self._kernel, -largest, largest)
        colormap = self._state.diverging
        self.pictures.show_codes(codes, self._names, colormap)
        self.numbers.take(self._kernel, codes, colormap)
        self._show_numbers(self.pictures.current)
        self._fit_heights()

    def _fit_heights(self) -> None:
        if self._kernel is None:
            return
        self.numbers.fit_width(self.width())
        self._pictures_area.setFixedHeight(self.pictures.height_shown(self.width()))
        numbers = self.numbers.minimumSize()
        is_scrolled = numbers.width() > self.width()
        scroll_bar = self._numbers_area.horizontalScrollBar().sizeHint().height()
        self._numbers_area.setFixedHeight(numbers.height() + (scroll_bar if is_scrolled else 0))

    def _show_numbers(self, place: int) -> None:
        text = self.tr("Weights for channel {name} of {source}")
        self._numbers_title.setText(text.format(name=self._names[place], source=self._source))
        self.numbers.show_input(place)


class _KernelPictures(QWidget):
    """Small pictures in rows; one of them is chosen, by click or arrows."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.current = 0
        self._images: list[QImage] = []
        self._names: tuple[str, ...] = ()
        self._tile = QSize(_PICTURE_SIZE, _PICTURE_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Kernel, one picture per input channel"))

    def show_codes(self, codes: NDArray[np.uint8], names: tuple[str, ...], colormap: str) -> None:
        """Show pictures ``(n, kh, kw)`` of codes."""
        self._images = [indexed_image(picture, colormap, signed=True) for picture in codes]
        self._names = names
        _, height, width = codes.shape
        factor = max(_PICTURE_SIZE // max(height, width), 1)
        self._tile = QSize(width * factor, height * factor)
        self.current = min(self.current, len(codes) - 1)
        self.updateGeometry()
        self.update()

    def height_shown(self, width: int) -> int:
        """Take the height that all rows need; return that of the rows seen without scrolling."""
        height = self._tile.height() + SPACE_M
        self.setMinimumHeight(self._rows(width) * height)
        return min(self._rows(width), _MOST_PICTURE_ROWS) * height

    def picture_rect(self, place: int) -> QRect:
        """Return where the picture of an input channel is."""
        row, column = divmod(place, self._columns(self.width()))
        return QRect(
            SPACE_S + column * (self._tile.width() + SPACE_M),
            SPACE_S + row * (self._tile.height() + SPACE_M),
            self._tile.width(),
            self._tile.height(),
        )

    def item_count(self) -> int:
        """Return how many pictures there are."""
        return len(self._images)

    def item_at(self, place: int) -> SpokenItem:
        """Return a picture as it is told of."""
        name = self.tr("input {name}").format(name=self._names[place])
        return SpokenItem(name, self.picture_rect(place), place == self.current)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place is not None:
            self._choose(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self._columns(self.width())
        steps = dict(zip(_ARROWS, (-1, 1, -columns, columns), strict=True))
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self.current + step < len(self._images):
            self._choose(self.current + step)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos())
            if place is not None:
                text = self.tr("input {name}").format(name=self._names[place])
                QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return keeps_key(event, _ARROWS) or super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for place, image in enumerate(self._images):
            rect = self.picture_rect(place)
            if not rect.intersects(event.rect()):
                continue
            painter.drawImage(rect, image)
            chosen = place == self.current
            painter.setPen(QPen(ACCENT, 2) if chosen else QPen(QColor(colors().border), 1))
            out = 1 if chosen else 0.5
            painter.drawRect(QRectF(rect).adjusted(-out, -out, out, out))

    def _choose(self, place: int) -> None:
        self.current = place
        self.update()
        self.chosen.emit(place)
        say_chosen(self, place)

    def _columns(self, width: int) -> int:
        return max((width - SPACE_S) // (self._tile.width() + SPACE_M), 1)

    def _rows(self, width: int) -> int:
        return -(-len(self._images) // self._columns(width))

    def _place_at(self, point: QPoint) -> int | None:
        return next(
            (
                place
                for place in range(len(self._images))
                if self.picture_rect(place).adjusted(-3, -3, 3, 3).contains(point)
            ),
            None,
        )


class _KernelNumbers(QWidget):
    """The weights for one input channel as a table whose cells have the picture's colours."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._codes = np.zeros((1, 1, 1), np.uint8)
        self._colors: tuple[int, ...] = ()
        self._texts: list[list[list[str]]] = []
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._input = 0
        self._kernel = np.zeros((1, 1, 1), np.float32)
        self.setAccessibleName(self.tr("Kernel as numbers"))
        self.setToolTip(self.tr("Click a weight to type, or drag it up and down"))
        self.editing = CellEditing(
            self, self._cell_at, self._cell_rect, self._value, self._next_cell, self._largest
        )

    def take(self, kernel: NDArray[np.float32], codes: NDArray[np.uint8], colormap: str) -> None:
        """Take a kernel ``(n, kh, kw)`` and its codes."""
        self._codes = codes
        self._kernel = kernel
        self._texts = [
            [[_weight_text(value) for value in row] for row in rows] for rows in kernel.tolist()
        ]
        self._colors = color_table(colormap, signed=True)

    def fit_width(self, width: int) -> None:
        """Take the largest digits with which the table fits; if none does, it is wider."""
        longest = max((text for rows in self._texts for row in rows for text in row), key=len)
        rows, columns = len(self._texts[0]), len(self._texts[0][0])
        for pixels in _DIGIT_PIXELS:
            self._font.setPixelSize(pixels)
            cell = QFontMetrics(self._font).horizontalAdvance(longest) + SPACE_S
            if cell * columns < width:
                break
        self.setMinimumSize(cell * columns + 1, _CELL_HEIGHT * rows + 1)
        self.update()

    def show_input(self, place: int) -> None:
        """Show the weights for that input channel."""
        self._input = place
        self.setAccessibleDescription("\n".join(" ".join(row) for row in self._texts[place]))
        self.update()

    # What the hands on the cells ask.

    def _cell_size(self) -> tuple[int, int]:
        columns = self._kernel.shape[2]
        return min((self.width() - 1) // columns, _WIDEST_CELL), _CELL_HEIGHT

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        width, height = self._cell_size()
        row, column = int(point.y() // height), int(point.x() // max(width, 1))
        rows, columns = self._kernel.shape[1:]
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def _cell_rect(self, cell: Hashable) -> QRectF | None:
        if not isinstance(cell, tuple):
            return None
        width, height = self._cell_size()
        return QRectF(cell[1] * width, cell[0] * height, width, height)

    def _value(self, cell: Hashable) -> float:
        if not isinstance(cell, tuple) or self._input >= len(self._kernel):
            return 0.0
        return float(self._kernel[(self._input, *cell)])

    def _next_cell(self, cell: Hashable, by: int) -> tuple[int, int] | None:
        if not isinstance(cell, tuple):
            return None
        rows, columns = self._kernel.shape[1:]
        place = cell[0] * columns + cell[1] + by
        return divmod(place, columns) if 0 <= place < rows * columns else None

    def _largest(self) -> float:
        return largest_weight(self._kernel) or 1.0

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._texts:
            return
        painter = QPainter(self)
        painter.setFont(self._font)
        grid = QColor(colors().border)
        for row, texts in enumerate(self._texts[self._input]):
            cell_width = min((self.width() - 1) // len(texts), _WIDEST_CELL)
            for column, text in enumerate(texts):
                cell = QRectF(column * cell_width, row * _CELL_HEIGHT, cell_width, _CELL_HEIGHT)
                back = QColor.fromRgba(self._colors[self._codes[self._input, row, column]])
                painter.fillRect(cell, back)
                painter.setPen(grid)
                painter.drawRect(cell)
                painter.setPen(QColor("#000000" if _luminance(back) > 0.18 else "#ffffff"))
                painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), text)


def _weight_text(value: float) -> str:
    """Return three significant digits, without a 0 before the point: cells are small.

    A weight next to zero has one digit, or its power of ten would make every cell wider.
    """
    text = re.sub(r"^(−?)0\.", r"\1.", number_text(value))
    return number_text(value, digits=1) if "e" in text else text


def _luminance(color: QColor) -> float:
    """Relative luminance 0..1 (WCAG 2.2, with sRGB taken as a power of 2.2)."""
    red, green, blue = (part**2.2 for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _scrolling(content: QWidget, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return area
