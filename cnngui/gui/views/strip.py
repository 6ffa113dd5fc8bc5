"""The layer strip: one live thumbnail per layer of the network that runs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QListView, QWidget

from cnngui.gui.document import Document
from cnngui.gui.theme import SPACE_M, give_slim_bars
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.strip_model import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, StripModel
from cnngui.gui.views.strip_tile import TileDelegate
from cnngui.gui.widgets.menu import Menu
from cnngui.pipeline.results import FrameResult
from cnngui.spec.blocks import blocks_of


class LayerStrip(QListView):
    """Thumbnails in a row; the selected layer is the document's.

    A folded block is one of them, with the picture of what it gives. Only the thumbnails on the
    screen are asked for.
    """

    def __init__(self, state: ViewState, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._document = document
        self._layers = StripModel(state, self)
        self.setModel(self._layers)
        self.setItemDelegate(TileDelegate(self))
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
        give_slim_bars(self)
        # The bar's place stays free where none is needed, as the margin under the captions.
        self.setFixedHeight(self.sizeHintForRow(0) + self.horizontalScrollBar().sizeHint().height())
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.horizontalScrollBar().valueChanged.connect(self._ask_for_visible)
        document.selection_changed.connect(self._follow_selection)
        document.running_changed.connect(self._on_document_running_changed)
        state.folds.changed.connect(self._on_folds_changed)
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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        stop = self._layers.stop_at(self.indexAt(event.position().toPoint()))
        if event.button() == Qt.MouseButton.LeftButton and stop and stop.block:
            # Its first layer takes the place under the pointer.
            self._state.folds.open(stop.block.key)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stop = self._layers.stop_at(self.currentIndex())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and stop and stop.block:
            self._state.folds.open(stop.block.key)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        folds = self._state.folds
        stop = self._layers.stop_at(self.indexAt(event.pos()))
        blocks = blocks_of(self._state.network)
        if not blocks:
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for block in blocks:
            if stop is not None and stop.layer_id in block.layer_ids:
                words = self.tr("Open the block") if stop.block else self.tr("Fold the block")
                menu.addAction(words, partial(folds.toggle, block.key))
        menu.addAction(self.tr("Fold all blocks"), partial(folds.fold_all, True))
        menu.addAction(self.tr("Open all blocks"), partial(folds.fold_all, False))
        menu.popup(event.globalPos())

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._state.select_layer(self._layers.id_of(current))

    def _on_document_running_changed(self) -> None:
        self._layers.rebuild()
        self._follow_selection()
        self._ask_for_visible()

    def _on_folds_changed(self) -> None:
        # What was at the left stays there: nothing moves under the pointer.
        at = self.horizontalScrollBar().value()
        self._layers.rebuild()
        self.horizontalScrollBar().setValue(at)
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
        self._state.set_thumbnails(self._layers.ids[first.row() : end + 1], size)
