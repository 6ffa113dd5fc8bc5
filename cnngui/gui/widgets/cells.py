"""Numbers in coloured cells: what a cell of a table of values looks like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from cnngui.featuremaps.scaling import encode
from cnngui.gui.theme import colors
from cnngui.gui.widgets.pictures import color_table


def ink_on(back: QColor) -> QColor:
    """Return black or white, whichever is read better on a colour (WCAG 2.2)."""
    red, green, blue = (part**2.2 for part in (back.redF(), back.greenF(), back.blueF()))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return QColor("#000000" if luminance > 0.18 else "#ffffff")


def cell_colors(
    values: NDArray[np.float64], scale: float, colormap: str, *, signed: bool
) -> list[QColor]:
    """Return each value's colour, ``scale`` having the strongest one."""
    with np.errstate(all="ignore"):
        codes = encode(
            np.asarray(values, np.float32).reshape(1, -1), -scale if signed else 0.0, scale
        )
    table = color_table(colormap, signed)
    return [QColor.fromRgba(table[code]) for code in codes[0].tolist()]


def paint_cell(painter: QPainter, rect: QRectF, back: QColor | None, text: str) -> None:
    """Draw one cell. Without a colour of its own it is padding, and hatched."""
    if back is None:
        painter.fillRect(rect, QColor(colors().field))
        painter.fillRect(rect, QBrush(QColor(colors().border), Qt.BrushStyle.BDiagPattern))
        painter.setPen(QColor(colors().muted))
    else:
        painter.fillRect(rect, back)
        painter.setPen(ink_on(back))
    if text:
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
