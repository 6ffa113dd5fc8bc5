"""The weights of a kernel for one input channel as numbers, to be changed by hand."""

from __future__ import annotations

import re
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnngui.featuremaps.kernel_wall import largest_weight
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors
from cnngui.gui.widgets.cell_editing import CellEditing
from cnngui.gui.widgets.pictures import color_table
from cnngui.gui.words.numbers import number_text

_CELL_HEIGHT = 24
_LABEL_HEIGHT = 16
_DIGIT_PIXELS = (11, 10, 9)
_WIDEST_CELL = 72

Cell = tuple[int, int, int]
"""Slice, row, column."""


class KernelNumbers(QWidget):
    """A table for each moment that the kernel spans, whose cells have the picture's colours."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._codes = np.zeros((1, 1, 1, 1), np.uint8)
        self._kernel = np.zeros((1, 1, 1, 1), np.float32)
        self._colors: tuple[int, ...] = ()
        self._texts: list[list[list[list[str]]]] = []
        self._slices: tuple[str, ...] = ()
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._input = 0
        self._slice: int | None = None
        self._in_row = 1
        self.setAccessibleName(self.tr("Kernel as numbers"))
        self.setToolTip(self.tr("Click a weight to type, or drag it up and down"))
        self.editing = CellEditing(
            self, self._cell_at, self._cell_rect, self._value, self._next_cell, self._largest
        )

    def take(
        self,
        kernel: NDArray[np.float32],
        codes: NDArray[np.uint8],
        slices: tuple[str, ...],
        colormap: str,
    ) -> None:
        """Take a kernel ``(n, kt, kh, kw)``, its codes, and what its moments are called, if any."""
        self._codes, self._kernel, self._slices = codes, kernel, slices
        self._texts = [
            [[[_weight_text(value) for value in row] for row in rows] for rows in of_input]
            for of_input in kernel.tolist()
        ]
        self._colors = color_table(colormap, signed=True)

    def fit_width(self, width: int) -> None:
        """Take the largest digits with which the tables fit beside each other.

        If none do, they are below each other, or one alone is wider than there is room.
        """
        longest = max(
            (text for tables in self._texts for rows in tables for row in rows for text in row),
            key=len,
        )
        depth, columns = self._kernel.shape[1], self._kernel.shape[3]
        tables = []
        for pixels in _DIGIT_PIXELS:
            self._font.setPixelSize(pixels)
            cell = QFontMetrics(self._font).horizontalAdvance(longest) + SPACE_S
            tables.append(cell * columns)
        every = [size for size, table in enumerate(tables) if _across(table, depth) < width]
        alone = [size for size, table in enumerate(tables) if table < width]
        taken = (every or alone or [len(tables) - 1])[0]
        table = tables[taken]
        self._font.setPixelSize(_DIGIT_PIXELS[taken])
        self._in_row = max(min((width + SPACE_M) // (table + SPACE_M), depth), 1)
        lines = -(-depth // self._in_row)
        height = lines * self._table_height - (SPACE_S if self._slices else 0)
        self.setMinimumSize(_across(table, self._in_row) + 1, height + 1)
        self.update()

    def show_input(self, place: int, chosen_slice: int | None) -> None:
        """Show the weights for that input channel; of several tables one has a chosen name."""
        self._input, self._slice = place, chosen_slice
        tables = ["\n".join(" ".join(row) for row in rows) for rows in self._texts[place]]
        if self._slices:
            named = zip(self._slices, tables, strict=True)
            tables = [f"{label}:\n{table}" for label, table in named]
        self.setAccessibleDescription("\n".join(tables))
        self.update()

    # What the hands on the cells ask.

    def _cell_at(self, point: QPointF) -> Cell | None:
        _, depth, rows, columns = self._kernel.shape
        for moment in range(depth):
            table = self._table_rect(moment)
            if table.contains(point):
                row = int((point.y() - table.y()) // _CELL_HEIGHT)
                column = int((point.x() - table.x()) * columns // table.width())
                return moment, min(row, rows - 1), min(column, columns - 1)
        return None

    def _cell_rect(self, cell: Hashable) -> QRectF | None:
        if not isinstance(cell, tuple):
            return None
        moment, row, column = cell
        table, width = self._table_rect(moment), self._cell_width
        left, top = table.x() + column * width, table.y() + row * _CELL_HEIGHT
        return QRectF(left, top, width, _CELL_HEIGHT)

    def _value(self, cell: Hashable) -> float:
        if not isinstance(cell, tuple) or self._input >= len(self._kernel):
            return 0.0
        return float(self._kernel[(self._input, *cell)])

    def _next_cell(self, cell: Hashable, by: int) -> Cell | None:
        if not isinstance(cell, tuple):
            return None
        sizes = self._kernel.shape[1:]
        place = int(np.ravel_multi_index(cell, sizes)) + by
        if not 0 <= place < self._kernel[0].size:
            return None
        moment, row, column = np.unravel_index(place, sizes)
        return int(moment), int(row), int(column)

    def _largest(self) -> float:
        return largest_weight(self._kernel) or 1.0

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._texts:
            return
        painter = QPainter(self)
        painter.setFont(self._font)
        for moment, label in enumerate(self._slices):
            table = self._table_rect(moment)
            above = QRectF(table.x(), table.y() - _LABEL_HEIGHT, table.width(), _LABEL_HEIGHT)
            is_chosen = moment == self._slice
            painter.setPen(QColor(colors().link if is_chosen else colors().muted))
            painter.drawText(above, int(Qt.AlignmentFlag.AlignCenter), label)
        for moment, rows in enumerate(self._texts[self._input]):
            for row, texts in enumerate(rows):
                for column, text in enumerate(texts):
                    self._paint_cell(painter, (moment, row, column), text)
        if self._slice is not None and len(self._slices) > 1:
            painter.setPen(ACCENT)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._table_rect(self._slice))

    def _paint_cell(self, painter: QPainter, place: Cell, text: str) -> None:
        cell = self._cell_rect(place)
        if cell is None:
            return
        back = QColor.fromRgba(self._colors[self._codes[(self._input, *place)]])
        painter.fillRect(cell, back)
        painter.setPen(QColor(colors().border))
        painter.drawRect(cell)
        painter.setPen(QColor("#000000" if _luminance(back) > 0.18 else "#ffffff"))
        painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), text)

    @property
    def _cell_width(self) -> int:
        room = self.width() - 1 - (self._in_row - 1) * SPACE_M
        return max(min(room // (self._in_row * self._kernel.shape[3]), _WIDEST_CELL), 1)

    @property
    def _table_height(self) -> int:
        """Pixels from one line of tables to the next."""
        height = self._kernel.shape[2] * _CELL_HEIGHT
        return height + _LABEL_HEIGHT + SPACE_S if self._slices else height

    def _table_rect(self, moment: int) -> QRectF:
        line, place = divmod(moment, self._in_row)
        _, _, rows, columns = self._kernel.shape
        width = self._cell_width * columns
        top = line * self._table_height + (_LABEL_HEIGHT if self._slices else 0)
        return QRectF(place * (width + SPACE_M), top, width, rows * _CELL_HEIGHT)


def _across(table: int, count: int) -> int:
    """Return the width of so many tables beside each other."""
    return count * (table + SPACE_M) - SPACE_M


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
