"""What stands on the page of the whole network: layers with live tiles, and lines between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnngui.gui.graph.layout import Edge, Node
from cnngui.gui.theme import ACCENT, SPACE_S, colors
from cnngui.gui.widgets.pictures import draw_picture, fitted

COLUMN, LANE = 136.0, 150.0
"""Distances between the middles of nodes, in units of the scene: pixels at zoom 1."""
TILE = QRectF(-48, -36, 96, 72)
_BOX = QRectF(-56, -44, 112, 124)
_ARC = 0.42
"""How high an arc rises, as a share of the way that it spans."""


def centre_of(node: Node) -> QPointF:
    """Return where the middle of a node's picture is."""
    return QPointF(node.column * COLUMN, node.lane * LANE)


class NodeItem(QGraphicsItem):
    """A layer or a folded block: its picture, its name, its shape."""

    def __init__(self, node: Node, title: str, subtitle: str) -> None:
        super().__init__()
        self.node = node
        self._title, self._subtitle = title, subtitle
        self._image: QImage | None = None
        self._is_chosen = False
        self.setPos(centre_of(node))
        self.setAcceptHoverEvents(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{title}\n{subtitle}")
        self._is_hovered = False

    def show_image(self, image: QImage | None) -> None:
        """Take the newest picture of the layer."""
        self._image = image
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Say whether it is the layer looked at."""
        if chosen != self._is_chosen:
            self._is_chosen = chosen
            self.update()

    def boundingRect(self) -> QRectF:
        return _BOX

    def hoverEnterEvent(self, event: object) -> None:
        self._is_hovered = True
        self.update()

    def hoverLeaveEvent(self, event: object) -> None:
        self._is_hovered = False
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        scheme = colors()
        painter.fillRect(TILE, QColor(scheme.canvas))
        if self.node.block is not None:
            for back in (8.0, 4.0):  # a pile
                painter.setPen(QColor(scheme.border))
                painter.drawRect(TILE.translated(back, -back))
            painter.fillRect(TILE, QColor(scheme.canvas))
        if self._image is not None:
            draw_picture(painter, fitted(self._image.size(), TILE.toRect()), self._image)
        if self._is_chosen:
            painter.setPen(QPen(ACCENT, 3))
        else:
            painter.setPen(QPen(QColor(scheme.muted if self._is_hovered else scheme.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(TILE)
        level = option.levelOfDetailFromTransform(painter.worldTransform())
        if level < 0.35:  # too small to be read
            return
        font = QFont(painter.font())
        font.setBold(self._is_chosen)
        painter.setFont(font)
        line = painter.fontMetrics().height()
        below = QRectF(_BOX.x(), TILE.bottom() + SPACE_S, _BOX.width(), line)
        for text, color in ((self._title, scheme.text), (self._subtitle, scheme.muted)):
            painter.setPen(QColor(color))
            elided = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideMiddle, round(below.width())
            )
            painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), elided)
            below.translate(0, line)
            font.setBold(False)
            painter.setFont(font)


class EdgeItem(QGraphicsItem):
    """A line from a node to the one that reads it; an arc where it skips others."""

    def __init__(self, edge: Edge, source: Node, target: Node) -> None:
        super().__init__()
        self.edge = edge
        self._is_chosen = False
        self._path = _path(edge, source, target)
        self.setZValue(-1)

    def set_chosen(self, chosen: bool) -> None:
        """Say whether the layer looked at reads along it."""
        if chosen != self._is_chosen:
            self._is_chosen = chosen
            self.update()

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect().adjusted(-4, -4, 4, 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = ACCENT if self._is_chosen else QColor(colors().muted)
        painter.setPen(QPen(color, 3 if self._is_chosen else 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)


def _path(edge: Edge, source: Node, target: Node) -> QPainterPath:
    start, end = centre_of(source), centre_of(target)
    if edge.is_skip:
        start, end = start + QPointF(0, TILE.top()), end + QPointF(0, TILE.top())
        height = min(_ARC * (end.x() - start.x()), 0.8 * LANE)
        path = QPainterPath(start)
        path.cubicTo(start - QPointF(0, height), end - QPointF(0, height), end)
        return path
    start, end = start + QPointF(TILE.right(), 0), end + QPointF(TILE.left(), 0)
    path = QPainterPath(start)
    middle = (start.x() + end.x()) / 2
    path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    return path
