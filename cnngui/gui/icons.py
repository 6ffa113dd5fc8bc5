"""Icons of ``resources/icons``, in whatever colours the palette has at the moment."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from cnngui.resources import resource_path


@cache
def icon(name: str, color: str = "") -> QIcon:
    """Return the icon of that name ("play", see pictogrammers.com/library/mdi).

    It takes the palette's text colour each time it is painted, so that it follows a change of
    theme by itself, and the accent where a button is switched on. ``color`` (``#rrggbb``) is for
    the few that keep one, such as a red record dot.
    FileNotFoundError if the program has no such glyph.
    """
    return QIcon(_GlyphEngine(resource_path(f"icons/{name}.svg").read_bytes(), color))


class PaintedIcon(QIconEngine):
    """An icon that is painted anew for every size and state; ``paint`` is the subclass's."""

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        if size.isEmpty():
            return pixmap  # a button that a layout leaves no height for the moment
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


class _GlyphEngine(PaintedIcon):
    """Paints one glyph, reading the palette when it is asked to. ``glyph`` is a file of SVG."""

    def __init__(self, glyph: bytes, color: str) -> None:
        super().__init__()
        self._glyph = glyph
        self._color = color

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._glyph, self._color)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        color = self._pen_color(mode, state)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(painter.opacity() * color.alphaF())
        _drawing(self._glyph, color.name()).render(painter, square)
        painter.restore()

    def _pen_color(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        palette = QGuiApplication.palette()
        if mode == QIcon.Mode.Disabled:
            return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        if self._color:
            return QColor(self._color)
        if mode == QIcon.Mode.Selected:
            return palette.color(QPalette.ColorRole.HighlightedText)
        if state == QIcon.State.On:
            return palette.color(QPalette.ColorRole.Link)
        return palette.color(QPalette.ColorRole.ButtonText)


@lru_cache(maxsize=512)
def _drawing(glyph: bytes, color: str) -> QSvgRenderer:
    return QSvgRenderer(glyph.replace(b"<svg", f'<svg fill="{color}"'.encode(), 1))
