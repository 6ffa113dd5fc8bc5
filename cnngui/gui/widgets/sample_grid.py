"""A grid of small pictures of samples; only those in sight are asked for, and only they move."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnngui.data.dataset import Dataset
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_S, colors, give_slim_bars
from cnngui.gui.widgets.moving import Moments, frames_of
from cnngui.gui.widgets.pictures import draw_picture, fitted, paint_outline
from cnngui.gui.widgets.sample_model import SamplesModel
from cnngui.pipeline.data_events import ThumbnailsReady

SIDE = 56

_BATCH = 5_000
"""Samples that are given their places at once: MNIST's 60,000 would hold the window up."""

_Index = QModelIndex | QPersistentModelIndex


class SamplesGrid(QListView):
    """Samples side by side, as many in a row as there is room for.

    Parameters
    ----------
    studio : to ask for pictures.
    name : tells this grid's requests from those of others.

    Signals
    -------
    delete_requested : the user wants the selected samples gone.
    menu_requested : a context menu is wanted there (global position).
    """

    delete_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, studio: Studio, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._name = name
        self._turn = 0
        self._samples = SamplesModel(self)
        self.setModel(self._samples)
        self.setItemDelegate(_SampleDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(self)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(SIDE // 2)  # a list's own least height is that of its scroll bar
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Samples"))
        # One request for all that a burst of scrolling or resizing brings into sight.
        self._later = QTimer(self, interval=0, singleShot=True)
        self._later.timeout.connect(self._ask_for_visible)
        self.verticalScrollBar().valueChanged.connect(lambda: self._later.start())
        self.moments = Moments(self)
        self.moments.passed.connect(self._on_moments_passed)
        studio.event_received.connect(self._take_event)

    def set_samples(self, dataset: Dataset | None, numbers: Sequence[int]) -> None:
        """Show these samples of a data set, in this order."""
        if dataset is not self._samples.dataset:
            # Numbers of one data set mean nothing in another: answers to it are not for us.
            self._studio.pipeline.data.forget_thumbnails(self._token)
            self._turn += 1
        self._samples.set_samples(dataset, numbers)
        self._later.start()

    @property
    def count(self) -> int:
        """How many samples are shown."""
        return self._samples.rowCount()

    @property
    def selected_numbers(self) -> list[int]:
        """The selected samples' numbers in the data set, ascending."""
        return sorted(self._samples.number_at(index.row()) for index in self.selectedIndexes())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_requested.emit()
        elif event.key() == Qt.Key.Key_Escape and self.selectedIndexes():
            self.clearSelection()
        elif event.text() and event.text().isprintable():
            event.ignore()  # there is nothing to search by letters; numbers record
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    @property
    def _token(self) -> str:
        return f"{self._name} {self._turn}"

    @property
    def _visible(self) -> range:
        """The rows that are in sight, at least in part."""
        area = self.viewport().rect()
        count = self._samples.rowCount()
        cell = self.sizeHintForIndex(self._samples.index(0))
        if not count or cell.isEmpty():
            return range(0)
        columns = max(area.width() // cell.width(), 1)
        top = self.verticalOffset()
        first = top // cell.height() * columns
        last = ((top + area.height()) // cell.height() + 1) * columns
        return range(min(first, count), min(last, count))

    @Slot()
    def _ask_for_visible(self) -> None:
        dataset = self._samples.dataset
        if dataset is None or not self.isVisible():
            return
        self._follow_motion()
        missing = self._samples.missing(self._visible)
        if missing:
            side = round(SIDE * self.devicePixelRatioF())
            self._studio.pipeline.data.ask_thumbnails(self._token, dataset, missing, side)

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case ThumbnailsReady(token, numbers, pictures) if token == self._token:
                for number, picture in zip(numbers, pictures, strict=True):
                    self._samples.add_frames(number, frames_of(picture))
                self._follow_motion()
                self.viewport().update()

    def _follow_motion(self) -> None:
        self.moments.set_moving(self._samples.any_moves(self._visible))

    @Slot()
    def _on_moments_passed(self) -> None:
        self._samples.moment = self.moments.now
        self.viewport().update()


class _SampleDelegate(QStyledItemDelegate):
    """Draws one sample: its picture, and a frame if it is selected."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(SIDE + 2 * SPACE_S, SIDE + 2 * SPACE_S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        cell: QRect = option.rect
        frame = cell.adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)
        painter.save()
        painter.fillRect(frame, QColor(colors().canvas))
        image: QImage | None = index.data(Qt.ItemDataRole.DecorationRole)
        if image is not None:
            draw_picture(painter, fitted(image.size(), frame), image)
        paint_outline(painter, frame, option.state)
        painter.restore()
