"""The input's channels in the colours that they are of: red, green and blue."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from cnngui.gui.view_state import AUTOMATIC, ViewState
from cnngui.spec.layers import INPUT_ID

TINTS = (QColor("#ff6464"), QColor("#5ad65a"), QColor("#7a9cff"))
GROUND = "grey"
"""The colour map that is tinted: black stays black, and white becomes the colour."""


def tints_of(state: ViewState, layer_id: str, signed: bool) -> tuple[QColor, ...]:
    """Return a colour for each channel of the input in colour; none for anything else.

    A colour map that somebody chose has precedence.
    """
    is_colour = layer_id == INPUT_ID and state.network.input.channels == len(TINTS)
    return TINTS if is_colour and state.chosen_colormaps[signed] == AUTOMATIC else ()


def tint(image: QImage, parts: Iterable[tuple[QRect, QColor]]) -> QImage:
    """Return a picture with parts of it tinted."""
    tinted = QImage(image)  # shares the pixels until it is painted on
    painter = QPainter(tinted)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    for rect, color in parts:
        painter.fillRect(rect, color)
    painter.end()
    return tinted
