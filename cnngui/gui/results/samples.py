"""Evaluated samples as small pictures, and the chosen one large."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QListView,
    QPushButton,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from cnngui.data.dataset import Dataset
from cnngui.gui.results.sample_detail import SampleDetail
from cnngui.gui.results.words import sample_words
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, with_font
from cnngui.gui.widgets.moving import frames_of
from cnngui.gui.widgets.plain import plain_tip, show_plainly
from cnngui.gui.widgets.sample_grid import SamplesGrid
from cnngui.gui.words.clips import clip_words
from cnngui.gui.words.translation import translated
from cnngui.pipeline.data_events import ThumbnailsReady
from cnngui.pipeline.training.progress import Evaluation, TrainingProgress

_Index = QModelIndex | QPersistentModelIndex

_DETAIL_WIDTH = 190
_LARGE = 256
_LEAST_GRID = 72
_ASKER = "result"


class ResultSamples(QWidget):
    """Some samples of an evaluation.

    Their pictures are in the data set, which has to be open and as it was; if it is not, a button
    opens it again.

    Parameters
    ----------
    studio : to ask for pictures.
    head : what stands above the small pictures.
    """

    def __init__(self, studio: Studio, head: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._run: TrainingProgress | None = None
        self._evaluation: Evaluation | None = None
        self._places: list[int] = []
        self._shown: tuple[Dataset, int] | None = None
        """The data set of the large picture, and its number there."""
        self.grid = _Grid(studio, self)
        self.detail = SampleDetail(self)
        self.detail.setFixedWidth(with_font(_DETAIL_WIDTH))
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        show_plainly(self.message)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.open = QPushButton(self.tr("Open it again"), self)
        self.open.clicked.connect(self._on_open_clicked)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._unseen())
        column = QVBoxLayout()
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addLayout(column, 1)
        row.addWidget(self.detail)
        self.grid.sample_chosen.connect(self._show_detail)
        studio.data.changed.connect(self._refresh)
        studio.event_received.connect(self._take_event)

    def show_samples(self, run: TrainingProgress, places: Sequence[int]) -> None:
        """Show the samples at these places of the run's evaluation, in this order."""
        self._run, self._evaluation, self._places = run, run.evaluation, list(places)
        self._refresh()

    @property
    def dataset(self) -> Dataset | None:
        """The data set that the evaluation's samples are of, where it is open and as it was."""
        run, evaluation, data = self._run, self._evaluation, self._studio.data.dataset
        if run is None or evaluation is None or data is None or data.address != run.data_address:
            return None
        numbers = evaluation.indices
        if len(numbers) and int(numbers.max()) >= len(data):
            return None
        return data if np.array_equal(data.labels[numbers], evaluation.labels) else None

    def _unseen(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_L, 0, SPACE_L, 0)
        column.setSpacing(SPACE_S)
        column.addStretch(1)
        column.addWidget(self.message)
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    @Slot()
    def _refresh(self) -> None:
        reason = self._reason()
        self._stack.setCurrentIndex(1 if reason else 0)
        self.detail.setVisible(not reason)
        self.message.setText(reason)
        if reason or self._evaluation is None:
            self.grid.show_samples(None, [], None)
            return
        self.grid.show_samples(self._evaluation, self._places, self._studio.data.dataset)
        if not self.grid.currentIndex().isValid():
            self.grid.setCurrentIndex(self.grid.model().index(0, 0))
        self._show_detail(self.grid.currentIndex().row())

    def _reason(self) -> str:
        """Say why no pictures can be shown; "" if they can."""
        self.open.hide()
        run, evaluation, data = self._run, self._evaluation, self._studio.data.dataset
        if run is None or evaluation is None:
            return ""
        if not self._places:
            return self.tr("There are no such samples.")
        if data is None or data.address != run.data_address:
            self.open.setVisible(self._studio.data.progress is None)
            words = self.tr("These samples are in “{0}”, which is not open.")
            return words.format(translated(run.data_name))
        if self.dataset is None:
            words = self.tr("The samples of “{0}” have changed since. Train again to see them.")
            return words.format(translated(run.data_name))
        return ""

    @Slot(int)
    def _show_detail(self, row: int) -> None:
        if self._evaluation is None or not 0 <= row < len(self._places):
            return
        place = self._places[row]
        number = int(self._evaluation.indices[place])
        self.detail.show_sample(self._evaluation, place)
        data = self._studio.data.dataset
        if data is None:
            return
        if self._shown is None or self._shown[0] is not data or self._shown[1] != number:
            self._shown = data, number
            self.detail.show_picture(())
            self._studio.pipeline.data.ask_thumbnails(_ASKER, data, [number], _LARGE)

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case ThumbnailsReady(token, numbers, pictures) if token == _ASKER:
                for number, picture in zip(numbers, pictures, strict=True):
                    if self._shown is not None and self._shown[1] == number:
                        self.detail.show_picture(frames_of(picture))

    @Slot()
    def _on_open_clicked(self) -> None:
        if self._run is not None:
            self._studio.data.open(self._run.data_address)


class _Grid(SamplesGrid):
    """Samples of which one is chosen; ``sample_chosen`` carries its row."""

    sample_chosen = Signal(int)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(studio, "results", parent)
        self._evaluation: Evaluation | None = None
        self._places: list[int] = []
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setMinimumSize(_LEAST_GRID, _LEAST_GRID)

    def show_samples(
        self, evaluation: Evaluation | None, places: list[int], dataset: Dataset | None
    ) -> None:
        """Show these places of an evaluation of a data set."""
        self._evaluation, self._places = evaluation, places
        numbers = evaluation.indices[places].tolist() if evaluation is not None else []
        self.set_samples(dataset, numbers)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.sample_chosen.emit(current.row())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.indexAt(event.pos()).row()
            if self._evaluation is not None and 0 <= row < len(self._places):
                place = self._places[row]
                words = sample_words(self._evaluation, place)
                data = self._studio.data.dataset
                if data is not None and (
                    clip := clip_words(data, int(self._evaluation.indices[place]))
                ):
                    words = f"{words}\n{clip}"
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().viewportEvent(event)
