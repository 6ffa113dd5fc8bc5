"""From finished pictures of the pipeline to Qt's, and how they are placed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle

from cnngui.featuremaps.colormaps import DIVERGING, lookup_table
from cnngui.featuremaps.scaling import HIGHEST_CODE, LOWEST_CODE
from cnngui.gui.theme import ACCENT, colors


@lru_cache(maxsize=32)
def color_table(name: str, signed: bool) -> tuple[int, ...]:
    """Return a colour map as the 256 ``0xAARRGGBB`` numbers that an indexed ``QImage`` wants."""
    red, green, blue, alpha = lookup_table(name, signed).astype(np.uint32).T
    return tuple((alpha << 24 | red << 16 | green << 8 | blue).tolist())


def indexed_image(codes: NDArray[np.uint8], name: str, signed: bool) -> QImage:
    """Return a picture of codes ``(H, W)`` in a colour map. It owns its pixels.

    They are what Qt paints with: converting all of them at once and then painting costs a fifth of
    painting codes, which Qt converts a few at a time.
    """
    height, width = codes.shape
    image = QImage(codes.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(color_table(name, signed))
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def plain_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return a picture of ``(H, W, 3)`` RGB or ``(H, W, 1)`` grey. It owns its pixels.

    They are what Qt paints with, as those of ``indexed_image``.
    """
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    image = QImage(pixels.data, width, height, width * channels, kind)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def fitted(size: QSize, bounds: QRect) -> QRectF:
    """Return where a picture of that size goes to fill ``bounds``, undistorted and centred."""
    fit = QSize(size).scaled(bounds.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRectF(
        bounds.x() + (bounds.width() - fit.width()) // 2,
        bounds.y() + (bounds.height() - fit.height()) // 2,
        fit.width(),
        fit.height(),
    )


def draw_picture(painter: QPainter, target: QRectF, image: QImage) -> None:
    """Draw a picture: shrunk smoothly, or magnified so that each of its pixels can be seen."""
    shrinks = target.width() * painter.device().devicePixelRatioF() < image.width()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
    painter.drawImage(target, image)


REGION = QColor("#ffb000")
"""Outlines what a number can see, on any picture: black runs along it on both sides."""


def paint_region(painter: QPainter, target: QRectF, size: QSize, part: QRectF) -> None:
    """Outline a part of a picture of that size which is drawn in ``target``."""
    across, down = target.width() / size.width(), target.height() / size.height()
    region = QRectF(
        target.x() + part.x() * across,
        target.y() + part.y() * down,
        part.width() * across,
        part.height() * down,
    )
    grow_x, grow_y = max(4 - region.width(), 0) / 2, max(4 - region.height(), 0) / 2
    region.adjust(-grow_x, -grow_y, grow_x, grow_y)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor("#000000"), 3))
    painter.drawRect(region)
    painter.setPen(QPen(REGION, 1.5))
    painter.drawRect(region)


def paint_outline(painter: QPainter, frame: QRect, state: QStyle.StateFlag) -> None:
    """Outline a tile of a list: one that is selected, or else the one under the pointer."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state & QStyle.StateFlag.State_Selected:
        painter.setPen(QPen(ACCENT, 3))
        painter.drawRoundedRect(QRectF(frame).adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(QPen(QColor(colors().muted), 1))
        painter.drawRect(QRectF(frame).adjusted(-0.5, -0.5, 0.5, 0.5))


@lru_cache(maxsize=32)
def color_bar_image(name: str, signed: bool) -> QImage:
    """Return a colour map as a picture one pixel wide, its highest value at the top."""
    codes = np.arange(HIGHEST_CODE, LOWEST_CODE - 1, -1, dtype=np.uint8)[:, np.newaxis]
    return indexed_image(codes, name, signed)


def gradient_icon(name: str, size: QSize) -> QIcon:
    """Return an icon that shows a colour map from its lowest to its highest value."""
    ramp = np.linspace(LOWEST_CODE, HIGHEST_CODE, size.width()).astype(np.uint8)
    codes = np.repeat(ramp[np.newaxis], size.height(), axis=0)
    return QIcon(QPixmap.fromImage(indexed_image(codes, name, name in DIVERGING)))
