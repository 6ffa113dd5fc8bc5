"""The layer strip: one live thumbnail per layer of the network that runs."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QPainter,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnngui.featuremaps.thumbnail import tiles_on_thumbnail
from cnngui.gui.document import Document
from cnngui.gui.theme import ACCENT, SLIM_SCROLL_BAR, SPACE_M, SPACE_S, colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.pictures import (
    draw_picture,
    fitted,
    indexed_image,
    paint_region,
    plain_image,
)
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.moments import moment_in
from cnngui.gui.words.numbers import shape_label
from cnngui.pipeline.lenses.thumbnails import Thumbnails
from cnngui.pipeline.results import FrameResult
from cnngui.spec.layers import INPUT_ID

THUMBNAIL_WIDTH = 96
THUMBNAIL_HEIGHT = 72

_MARK_HEIGHT = 5
"""Pixels at the foot of a thumbnail that tell of moments."""
_BYPASSED_OPACITY = 0.35
_Index = QModelIndex | QPersistentModelIndex
_BYPASSED_ROLE = Qt.ItemDataRole.UserRole
_SHAPE_ROLE = Qt.ItemDataRole.UserRole + 1
_REGIONS_ROLE = Qt.ItemDataRole.UserRole + 2
_MOMENTS_ROLE = Qt.ItemDataRole.UserRole + 3


class LayerStrip(QListView):
    """Thumbnails in a row; the selected layer is the document's.

    Only the thumbnails on the screen are asked for.
    """

    def __init__(self, state: ViewState, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._document = document
        self._layers = _StripModel(state, self)
        self.setModel(self._layers)
        self.setItemDelegate(_ThumbnailDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Layers"))
        self.horizontalScrollBar().setStyleSheet(SLIM_SCROLL_BAR)
        # The bar's place stays free where none is needed, as the margin under the captions.
        self.setFixedHeight(self.sizeHintForRow(0) + self.horizontalScrollBar().sizeHint().height())
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.horizontalScrollBar().valueChanged.connect(self._ask_for_visible)
        document.selection_changed.connect(self._follow_selection)
        document.running_changed.connect(self._on_document_running_changed)
        state.colormaps_changed.connect(self._layers.recolor)
        state.regions_changed.connect(self.viewport().update)
        self._follow_selection()

    def show_result(self, result: FrameResult) -> None:
        """Paint the thumbnails of a result."""
        self._layers.take(result)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())
        self._ask_for_visible()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_selection()
        self._ask_for_visible()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._state.set_thumbnails((), self._state.request().thumbnail_size)

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._state.select_layer(self._layers.id_of(current))

    def _on_document_running_changed(self) -> None:
        self._layers.rebuild()
        self._follow_selection()
        self._ask_for_visible()

    def _follow_selection(self) -> None:
        row = self._layers.row_of(self._document.selected_id)
        if row is None:
            self.selectionModel().clear()
            return
        self.setCurrentIndex(self._layers.index(row))
        self.scrollTo(self.currentIndex())

    def _ask_for_visible(self) -> None:
        if not self.isVisible():
            return
        area = self.viewport().rect()
        first = self.indexAt(QPoint(area.left() + 1, SPACE_M))
        if not first.isValid():
            return
        last = self.indexAt(QPoint(area.right() - 1, SPACE_M))
        end = last.row() if last.isValid() else self._layers.rowCount() - 1
        ratio = self.devicePixelRatioF()
        size = (round(THUMBNAIL_WIDTH * ratio), round(THUMBNAIL_HEIGHT * ratio))
        self._state.set_thumbnails(self._state.layer_ids[first.row() : end + 1], size)


class _StripModel(QAbstractListModel):
    """Ids, shapes and latest thumbnails of the input and the layers."""

    def __init__(self, state: ViewState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._ids = state.layer_ids
        self._result: FrameResult | None = None
        self._images: dict[str, QImage] = {}

    def rebuild(self) -> None:
        """Take the layers of another network, keeping the pictures of those that stay."""
        self.beginResetModel()
        self._ids = self._state.layer_ids
        self._images = {key: image for key, image in self._images.items() if key in self._ids}
        self.endResetModel()

    def take(self, result: FrameResult) -> None:
        """Take the pictures of a result that has some."""
        thumbnails = result.part(Thumbnails)
        if thumbnails is None:
            return
        self._result = result
        for layer_id, thumbnail in thumbnails.by_layer.items():
            colormap = self._state.colormap(thumbnail.signed)
            self._images[layer_id] = indexed_image(thumbnail.codes, colormap, thumbnail.signed)
        if INPUT_ID in thumbnails.by_layer and result.input.shape[2] == 3:
            self._images[INPUT_ID] = plain_image(result.input_at(result.view.moment))
        self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def recolor(self) -> None:
        """Show the latest pictures in the colour maps chosen now."""
        if self._result is not None:
            self.take(self._result)

    def id_of(self, index: _Index) -> str:
        """Return the layer at an index."""
        return self._ids[index.row()]

    def row_of(self, layer_id: str) -> int | None:
        """Return the row of a layer; None if it does not run."""
        return self._ids.index(layer_id) if layer_id in self._ids else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer_id = self.id_of(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return layer_id
            case Qt.ItemDataRole.DecorationRole:
                return self._images.get(layer_id)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._description(layer_id))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._description(layer_id)
            case _ if role == _SHAPE_ROLE:
                return shape_label(self._state.shape_of(layer_id))
            case _ if role == _BYPASSED_ROLE:
                return self._is_bypassed(layer_id)
            case _ if role == _MOMENTS_ROLE:
                return self._moments_of(layer_id)
            case _ if role == _REGIONS_ROLE:
                return self._regions_on(layer_id)
        return None

    def _is_bypassed(self, layer_id: str) -> bool:
        return layer_id != INPUT_ID and not self._state.network.layer(layer_id).enabled

    def _regions_on(self, layer_id: str) -> list[tuple[QRectF, tuple[QSize, QRectF]]]:
        """Return for each map on a thumbnail where it is, its size, and what of it is outlined."""
        region, shape = self._state.regions.get(layer_id), self._state.shape_of(layer_id)
        if region is None or shape is None or len(shape) < 3:
            return []
        _, *times, rows, columns = region
        if times and self._moments_of(layer_id)[0] not in times[0]:
            return []
        shape = shape[0], *shape[-2:]
        size = QSize(shape[2], shape[1])
        part = QRectF(columns.start, rows.start, len(columns), len(rows))
        if layer_id == INPUT_ID and shape[0] == 3:  # one picture in its colours
            whole = QRect(0, 0, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
            return [(fitted(size, whole), (size, part))]
        tiles = tiles_on_thumbnail(shape, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
        return [
            (QRectF(*tile), (size, part))
            for channel, tile in enumerate(tiles)
            if channel in region[0]
        ]

    def _moments_of(self, layer_id: str) -> tuple[int, int]:
        """Return which moment a thumbnail shows, and of how many; of one without (0, 0)."""
        count = self._state.moments_of(layer_id)
        return (max(count - 1 - self._state.moments_back, 0), count) if count else (0, 0)

    def _description(self, layer_id: str) -> str:
        place, count = self._moments_of(layer_id)
        if count > 1:
            words = self.tr("{layer}\nmoment {moment} of {count}")
            moment = moment_in(place, count)
            return words.format(layer=self._layer_words(layer_id), moment=moment, count=count)
        return self._layer_words(layer_id)

    def _layer_words(self, layer_id: str) -> str:
        shape = shape_label(self._state.shape_of(layer_id))
        if layer_id == INPUT_ID:
            return self.tr("What the network sees, {shape}").format(shape=shape)
        layer = self._state.network.layer(layer_id)
        if not layer.enabled:
            return self.tr("{id}: {type}, bypassed").format(id=layer_id, type=layer.type)
        return f"{layer_id}: {layer.type}, {shape}"


class _ThumbnailDelegate(QStyledItemDelegate):
    """Draws one layer: its picture, its id and its output's shape."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(THUMBNAIL_WIDTH + 2 * SPACE_M, SPACE_M + THUMBNAIL_HEIGHT + SPACE_S + 2 * line)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        scheme = colors()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        cell: QRect = option.rect
        frame = QRect(cell.x() + SPACE_M, cell.y() + SPACE_M, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
        painter.save()
        if index.data(_BYPASSED_ROLE):
            painter.setOpacity(_BYPASSED_OPACITY)
        painter.fillRect(frame, scheme.canvas)
        image: QImage | None = index.data(Qt.ItemDataRole.DecorationRole)
        if image is not None:
            draw_picture(painter, fitted(image.size(), frame), image)
        _paint_moments(painter, frame, *index.data(_MOMENTS_ROLE))
        for tile, region in index.data(_REGIONS_ROLE) or ():
            paint_region(painter, tile.translated(frame.topLeft()), *region)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if is_selected:
            painter.setPen(QPen(ACCENT, 2))
            painter.drawRoundedRect(QRectF(frame).adjusted(-2, -2, 2, 2), 3, 3)
        elif is_hovered:
            painter.setPen(QPen(QColor(scheme.muted), 1))
            painter.drawRect(QRectF(frame).adjusted(-0.5, -0.5, 0.5, 0.5))
        line = option.fontMetrics.height()
        below = QRect(frame.x(), frame.bottom() + 1 + SPACE_S, frame.width(), line)
        self._draw_text(painter, option, below, index.data(), scheme.text, bold=is_selected)
        below.translate(0, line)
        self._draw_text(painter, option, below, index.data(_SHAPE_ROLE), scheme.muted)
        painter.restore()

    def _draw_text(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        text: str,
        color: str,
        *,
        bold: bool = False,
    ) -> None:
        font = option.font
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(color)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), elided)


def _paint_moments(painter: QPainter, frame: QRect, place: int, count: int) -> None:
    """Mark at the foot of a thumbnail that there are several moments, and which one it shows."""
    if count < 2:
        return
    gap = 1 if count <= frame.width() // 4 else 0
    foot = QRect(frame.x(), frame.bottom() + 1 - _MARK_HEIGHT, frame.width(), _MARK_HEIGHT)
    painter.fillRect(foot, QColor(0, 0, 0, 170))
    for moment in range(count):
        left = frame.x() + frame.width() * moment // count
        right = frame.x() + frame.width() * (moment + 1) // count - gap
        mark = QRect(left, foot.y() + 1, max(right - left, 1), _MARK_HEIGHT - 2)
        painter.fillRect(mark, QColor("#ffffff") if moment == place else QColor(255, 255, 255, 80))
