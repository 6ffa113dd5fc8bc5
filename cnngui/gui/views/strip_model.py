"""What the layer strip shows: input, layers and folded blocks, with their latest pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from cnngui.featuremaps.thumbnail import tiles_on_thumbnail
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.pictures import fitted, indexed_image, plain_image
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.moments import moment_in
from cnngui.gui.words.numbers import shape_label
from cnngui.pipeline.lenses.thumbnails import Thumbnails
from cnngui.pipeline.results import FrameResult
from cnngui.spec.blocks import Stop
from cnngui.spec.layers import INPUT_ID

THUMBNAIL_WIDTH = 96
THUMBNAIL_HEIGHT = 72

BYPASSED_ROLE = Qt.ItemDataRole.UserRole
CAPTION_ROLE = Qt.ItemDataRole.UserRole + 1
REGIONS_ROLE = Qt.ItemDataRole.UserRole + 2
MOMENTS_ROLE = Qt.ItemDataRole.UserRole + 3
BLOCK_ROLE = Qt.ItemDataRole.UserRole + 4
_Index = QModelIndex | QPersistentModelIndex


class StripModel(QAbstractListModel):
    """Ids, shapes and latest thumbnails of the input and the layers."""

    def __init__(self, state: ViewState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._stops: tuple[Stop, ...] = ()
        self._rows: Mapping[str, int] = {}
        self._ids: tuple[str, ...] = ()
        self._walk()
        self._result: FrameResult | None = None
        self._images: dict[str, QImage] = {}

    def rebuild(self) -> None:
        """Take the layers of another network, keeping the pictures of those that stay."""
        self.beginResetModel()
        self._walk()
        self._images = {key: image for key, image in self._images.items() if key in self._rows}
        self.endResetModel()

    def _walk(self) -> None:
        self._stops = self._state.folds.stops(self._state.network)
        self._ids = (INPUT_ID, *(stop.layer_id for stop in self._stops))
        self._rows = {layer_id: row for row, layer_id in enumerate(self._ids)} | {
            layer_id: row for row, stop in enumerate(self._stops, 1) for layer_id in stop.layer_ids
        }

    @property
    def ids(self) -> tuple[str, ...]:
        """The layers whose pictures are shown, in order."""
        return self._ids

    def stop_at(self, index: _Index) -> Stop | None:
        """Return what stands at an index; None for the input and beside the thumbnails."""
        return self._stops[index.row() - 1] if index.isValid() and index.row() else None

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
        """Return the row of a layer, or of the block it is folded in; None if it does not run."""
        return self._rows.get(layer_id)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer_id = self.id_of(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                stop = self.stop_at(index)
                return stop.block.title if stop and stop.block else layer_id
            case Qt.ItemDataRole.DecorationRole:
                return self._images.get(layer_id)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._description(index))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._description(index)
            case _ if role == CAPTION_ROLE:
                stop = self.stop_at(index)
                if stop and stop.block:
                    return self.tr("{count} layers").format(count=len(stop.layer_ids))
                return shape_label(self._state.shape_of(layer_id))
            case _ if role == BLOCK_ROLE:
                stop = self.stop_at(index)
                return stop is not None and stop.block is not None
            case _ if role == BYPASSED_ROLE:
                return self._is_bypassed(layer_id)
            case _ if role == MOMENTS_ROLE:
                return self._moments_of(layer_id)
            case _ if role == REGIONS_ROLE:
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
        # They are where they were drawn, which was in the screen's own pixels.
        drawn = self._state.request().thumbnail_size
        tiles = tiles_on_thumbnail(shape, *drawn)
        scale = THUMBNAIL_WIDTH / drawn[0]
        return [
            (QRectF(*(scale * number for number in tile)), (size, part))
            for channel, tile in enumerate(tiles)
            if channel in region[0]
        ]

    def _moments_of(self, layer_id: str) -> tuple[int, int]:
        """Return which moment a thumbnail shows, and of how many; of one without (0, 0)."""
        count = self._state.moments_of(layer_id)
        return (max(count - 1 - self._state.moments_back, 0), count) if count else (0, 0)

    def _description(self, index: _Index) -> str:
        place, count = self._moments_of(self.id_of(index))
        if count > 1:
            words = self.tr("{layer}\nmoment {moment} of {count}")
            moment = moment_in(place, count)
            return words.format(layer=self._layer_words(index), moment=moment, count=count)
        return self._layer_words(index)

    def _layer_words(self, index: _Index) -> str:
        layer_id, stop = self.id_of(index), self.stop_at(index)
        shape = shape_label(self._state.shape_of(layer_id))
        if stop and stop.block:
            words = self.tr("{title}: {count} layers folded, {shape}. Click or Enter opens them")
            return words.format(title=stop.block.title, count=len(stop.layer_ids), shape=shape)
        if layer_id == INPUT_ID:
            return self.tr("What the network sees, {shape}").format(shape=shape)
        layer = self._state.network.layer(layer_id)
        if not layer.enabled:
            return self.tr("{id}: {type}, bypassed").format(id=layer_id, type=layer.type)
        return f"{layer_id}: {layer.type}, {shape}"
