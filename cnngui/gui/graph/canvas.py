"""The graph itself: pan, zoom, choose, fold."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from cnngui.gui.graph.items import COLUMN, LANE, TILE, EdgeItem, NodeItem, centre_of
from cnngui.gui.graph.layout import GraphLayout, Node, plan_graph
from cnngui.gui.theme import SPACE_S, colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.pictures import indexed_image, plain_image
from cnngui.gui.words.numbers import shape_label
from cnngui.pipeline.lenses.thumbnails import Thumbnails
from cnngui.pipeline.results import FrameResult
from cnngui.spec.blocks import blocks_of
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec

_ZOOM_STEP = 1.25
_ZOOMS = (0.08, 3.0)
_READABLE = 0.75
"""The least zoom with which a network is shown at first: more of it is reached by panning."""
_WHEEL_NOTCH = 120
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_BRACKET = 70.0


class GraphCanvas(QGraphicsView):
    """All layers. A click chooses one, a double click leads on.

    Signals
    -------
    opened : a layer was clicked twice: its maps are wanted.
    shown_changed : other layers can be seen than before.
    """

    opened = Signal()
    shown_changed = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._network: NetworkSpec | None = None
        self._layout = GraphLayout((), ())
        self._folded: frozenset[str] | None = None
        self._nodes: dict[str, NodeItem] = {}
        self._edges: list[EdgeItem] = []
        self._press: QPointF | None = None
        self._has_panned = False
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("The whole network"))
        self.setAccessibleDescription(
            self.tr("Left and right choose a layer, up and down a channel, Enter opens its maps")
        )
        self._take_colors()
        for scroll_bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            scroll_bar.valueChanged.connect(self.shown_changed)
        state.changed.connect(self._on_state_changed)
        state.folds.changed.connect(self._on_folds_changed)

    @property
    def layout_shown(self) -> GraphLayout:
        """Where everything stands."""
        return self._layout

    @property
    def zoom(self) -> float:
        """1 where a thumbnail has its own pixels."""
        return self.transform().m11()

    def rebuild(self) -> None:
        """Show the network that runs, and blocks as they are folded, if that is not shown yet."""
        network, folded = self._state.network, self._state.folds.folded
        if network is self._network and folded is self._folded:
            return
        before, self._network, self._folded = self._network, network, folded
        self._build()
        if before is None or before.name != network.name:
            self.fit()

    def show_result(self, result: FrameResult) -> None:
        """Paint the thumbnails of a result."""
        thumbnails = result.part(Thumbnails)
        if thumbnails is None:
            return
        for item in self._nodes.values():
            shown = item.node.layer_ids[-1]
            if shown == INPUT_ID and result.input.shape[2] == 3:
                item.show_image(plain_image(result.input_at(result.view.moment)))
            elif shown in thumbnails.by_layer:
                picture = thumbnails.by_layer[shown]
                colormap = self._state.colormap(picture.signed)
                item.show_image(indexed_image(picture.codes, colormap, picture.signed))

    def visible_layers(self) -> tuple[str, ...]:
        """Return the layers whose pictures are on the screen."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        return tuple(
            item.node.layer_ids[-1]
            for item in self._nodes.values()
            if seen.intersects(item.sceneBoundingRect())
        )

    def node_rect(self, layer_id: str) -> QRectF:
        """Return where a layer's picture is on the widget."""
        node = self._layout.node_of(layer_id)
        if node is None:
            return QRectF()
        return QRectF(self.mapFromScene(TILE.translated(centre_of(node))).boundingRect())

    def zoom_by(self, factor: float) -> None:
        """Magnify."""
        factor = min(max(self.zoom * factor, _ZOOMS[0]), _ZOOMS[1]) / self.zoom
        self.scale(factor, factor)
        self.shown_changed.emit()

    def fit(self) -> None:
        """Show the whole network, or as much of it as can be read."""
        if not self._nodes or self.viewport().size().isEmpty():
            return  # there is nothing yet that a size could follow from
        whole = self.sceneRect()
        room = self.viewport().size()
        fits = min(room.width() / whole.width(), room.height() / whole.height(), 1.4)
        self.resetTransform()
        zoom = max(fits, min(_READABLE, room.height() / whole.height()))
        self.scale(zoom, zoom)
        if fits < zoom:
            self.reveal()
        else:
            self.centerOn(whole.center())
        self.shown_changed.emit()

    def reveal(self) -> None:
        """Bring the chosen layer onto the screen."""
        node = self._layout.node_of(self._state.layer_id)
        if node is not None:
            self.ensureVisible(TILE.translated(centre_of(node)), 80, 60)
        self.shown_changed.emit()

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, _KEYS) or super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.rebuild()
        self.shown_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().isEmpty():
            self.fit()
        self.shown_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_colors()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(_ZOOM_STEP ** (event.angleDelta().y() / _WHEEL_NOTCH))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press, self._has_panned = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        moved = event.position() - self._press
        if self._has_panned or moved.manhattanLength() > 6:
            self._has_panned = True
            self._press = event.position()
            across, down = self.horizontalScrollBar(), self.verticalScrollBar()
            across.setValue(across.value() - round(moved.x()))
            down.setValue(down.value() - round(moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._press is not None and not self._has_panned
        self._press = None
        node = self._node_at(event.position())
        if was_click and event.button() == Qt.MouseButton.LeftButton and node is not None:
            if node.block is not None:
                self._state.folds.open(node.block.key)
            else:
                self._state.select_layer(node.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        node = self._node_at(event.position())
        if node is not None and node.block is None:
            self._state.select_layer(node.key)
            self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(self)
        node = self._node_at(QPointF(event.pos()))
        if node is not None:
            block = next(
                (b for b in blocks_of(self._state.network) if node.layer_ids[0] in b.layer_ids),
                None,
            )
            if block is not None:
                words = self.tr("Open the block") if node.block else self.tr("Fold the block")
                menu.addAction(words, lambda: self._state.folds.toggle(block.key))
        menu.addAction(self.tr("Fold all blocks"), lambda: self._state.folds.fold_all(True))
        menu.addAction(self.tr("Open all blocks"), lambda: self._state.folds.fold_all(False))
        menu.exec(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match Qt.Key(event.key()):
            case Qt.Key.Key_Left:
                self._state.step_layer(-1)
                self.reveal()
            case Qt.Key.Key_Right:
                self._state.step_layer(1)
                self.reveal()
            case Qt.Key.Key_Up:
                self._state.select_channel(self._state.channel - 1)
            case Qt.Key.Key_Down:
                self._state.select_channel(self._state.channel + 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                node = self._layout.node_of(self._state.layer_id)
                if node is not None and node.block is not None:
                    self._state.folds.open(node.block.key)
                else:
                    self.opened.emit()
            case Qt.Key.Key_Plus:
                self.zoom_by(_ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self.zoom_by(1 / _ZOOM_STEP)
            case Qt.Key.Key_0:
                self.fit()
            case _:
                event.ignore()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        super().drawBackground(painter, rect)
        if not self._layout.nodes or self.zoom < 0.3:
            return
        last = self._layout.columns - 1
        top = self._layout.lanes[0] * LANE - _BRACKET - self._room_for_arcs()
        self._paint_bracket(painter, 0, 0, top, self.tr("input"))
        if last > 1:
            self._paint_bracket(painter, 1, last - 1, top, self.tr("hidden layers"))
        if last > 0:
            self._paint_bracket(painter, last, last, top, self.tr("output"))

    def _paint_bracket(
        self, painter: QPainter, first: int, last: int, top: float, words: str
    ) -> None:
        left, right = first * COLUMN - 0.42 * COLUMN, last * COLUMN + 0.42 * COLUMN
        painter.setPen(QPen(QColor(colors().muted), 1.5))
        painter.drawLine(QPointF(left, top), QPointF(right, top))
        for end in (left, right):
            painter.drawLine(QPointF(end, top), QPointF(end, top + 8))
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        # The words stay in sight while a long bracket is panned along.
        left, right = max(left, seen.left()), min(right, seen.right())
        if right > left:
            line = painter.fontMetrics().height()
            room = QRectF(left, top - line - SPACE_S, right - left, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), words)

    def _room_for_arcs(self) -> float:
        return 0.7 * LANE if any(edge.is_skip for edge in self._layout.edges) else 0.0

    def _build(self) -> None:
        network = self._state.network
        self._layout = plan_graph(network, self._state.folds.folded)
        scene = self.scene()
        for item in (*self._edges, *self._nodes.values()):
            scene.removeItem(item)
        nodes = {node.key: node for node in self._layout.nodes}
        self._edges = [
            EdgeItem(edge, nodes[edge.source], nodes[edge.target]) for edge in self._layout.edges
        ]
        self._nodes = {
            node.key: NodeItem(node, *self._words(network, node)) for node in nodes.values()
        }
        for item in (*self._edges, *self._nodes.values()):
            scene.addItem(item)
        low, high = self._layout.lanes
        top = low * LANE - _BRACKET - self._room_for_arcs() - 32
        scene.setSceneRect(
            QRectF(-COLUMN, top, (self._layout.columns + 1) * COLUMN, (high + 1) * LANE - top)
        )
        self._mark()
        self.shown_changed.emit()

    def _words(self, network: NetworkSpec, node: Node) -> tuple[str, str]:
        shape = shape_label(self._state.shape_of(node.layer_ids[-1]))
        if node.block is None:
            return node.key, shape
        if node.block.repeats > 1:
            title = self.tr("{title} … ×{count}").format(
                title=node.block.title, count=node.block.repeats
            )
        else:
            title = node.block.title
        count = self.tr("{count} layers").format(count=len(node.layer_ids))
        return title, count

    def _mark(self) -> None:
        chosen = self._layout.node_of(self._state.layer_id)
        for item in self._nodes.values():
            item.set_chosen(chosen is not None and item.node == chosen)
        for edge in self._edges:
            edge.set_chosen(chosen is not None and edge.edge.target == chosen.key)

    def _node_at(self, point: QPointF) -> Node | None:
        item = self.itemAt(point.toPoint())
        return item.node if isinstance(item, NodeItem) else None

    def _on_state_changed(self) -> None:
        if self.isVisible():
            self.rebuild()
            self._mark()

    def _on_folds_changed(self) -> None:
        if self.isVisible():
            self.rebuild()
            self.reveal()

    def _take_colors(self) -> None:
        self.setBackgroundBrush(QColor(colors().window))
