"""Bars that show a number: their scale, their colour, how they are painted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from cnngui.featuremaps.colormaps import NON_FINITE
from cnngui.gui.theme import ACCENT, colors
from cnngui.gui.widgets.pictures import color_table

_NEGATIVE_CODE, _POSITIVE_CODE = 64, 192
"""Half way along either arm of a diverging colour map: seen well on light and on dark."""


def round_limit(values: NDArray[np.float32], least: float = 0.0) -> float:
    """Return 1, 2 or 5 times a power of ten that no value exceeds: a scale that rarely jumps.

    It does not fall below ``least``.
    """
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=least))
    if largest == 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(step * power for step in (1, 2, 5, 10, 20) if step * power >= largest)


def paint_bar(painter: QPainter, track: QRectF, share: float, diverging: str | None) -> None:
    """Draw a bar of -1..1 of its track.

    Signed ones begin in the middle and have the colours of the ``diverging`` colour map, as maps
    do; others, with None, begin at the left. What is no finite number fills the track, in the
    colour that it has on maps.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors().border))
    painter.setOpacity(0.35)
    painter.drawRoundedRect(track, 2, 2)
    painter.setOpacity(1.0)
    if not math.isfinite(share):
        painter.setBrush(QColor(*NON_FINITE))
        painter.drawRoundedRect(track, 2, 2)
        return
    zero = track.left() if diverging is None else track.center().x()
    length = share * (track.width() if diverging is None else track.width() / 2)
    bar = QRectF(min(zero, zero + length), track.y(), abs(length), track.height())
    painter.setBrush(ACCENT if diverging is None else sign_color(diverging, share))
    painter.drawRoundedRect(bar, 2, 2)
    if diverging is not None:
        painter.setBrush(QColor(colors().muted))
        painter.drawRect(QRectF(zero - 0.5, track.y() - 2, 1, track.height() + 4))


def sign_color(diverging: str, value: float) -> QColor:
    """Return the colour of a bar of that sign."""
    code = _POSITIVE_CODE if value >= 0 else _NEGATIVE_CODE
    return QColor.fromRgba(color_table(diverging, signed=True)[code])
