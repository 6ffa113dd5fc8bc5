"""The page on which samples are chosen, recorded and looked through."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cnngui.data.dataset import Dataset
from cnngui.gui.samples.augmentation_panel import AugmentationPanel
from cnngui.gui.samples.board import SamplesBoard
from cnngui.gui.samples.browser import SamplesBrowser, SamplesProblems
from cnngui.gui.samples.collection import SamplesCollection
from cnngui.gui.samples.edits import SamplesEdits
from cnngui.gui.samples.header import SamplesHeader
from cnngui.gui.samples.recording import SamplesRecording
from cnngui.gui.samples.sources import SampleSources
from cnngui.gui.samples.welcome import SamplesWelcome
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_S


class SamplesPage(QWidget):
    """Shows the training's data set, or the ways to get one.

    Attributes
    ----------
    sources : the ways to get samples, as actions.
    collection : the samples recorded here, while they are what is learned from.
    recording, edits : what is done to them.
    board, browser : what shows them, and what shows any other data set.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._dataset: Dataset | None = None
        self.sources = SampleSources(studio.settings, self)
        self.collection = SamplesCollection(studio, self)
        self._header = SamplesHeader(studio, self.sources, self.collection)
        self._welcome = SamplesWelcome(self.sources)
        self.recording = SamplesRecording(studio, self.collection, self)
        self.edits = SamplesEdits(studio, self.collection, self)
        self.board = SamplesBoard(studio, self.collection, self.recording, self.edits)
        self.browser = SamplesBrowser(studio)
        self._problems = SamplesProblems()
        self._augmentation = AugmentationPanel(studio)
        self._body = QStackedWidget()
        for part in (
            self._welcome,
            self.board,
            self.browser,
            self._problems,
            self._augmentation,
        ):
            self._body.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self._header)
        column.addWidget(self._body, 1)
        self.sources.data_chosen.connect(studio.data.open)
        self.sources.collection_chosen.connect(self._on_collection_chosen)
        self._header.view_changed.connect(self._show_part)
        studio.data.changed.connect(self._on_dataset_changed)
        self.collection.changed.connect(self._show_part)
        self._on_dataset_changed()
        self._go_on_from_last_time()

    def _go_on_from_last_time(self) -> None:
        """Open what was learned from last, unless something is open already or it is gone."""
        address, is_own = self._studio.settings.last_data
        data = self._studio.data
        if not address or data.dataset is not None or data.progress is not None:
            return
        if not is_own and (not Path(address).is_absolute() or Path(address).exists()):
            data.open(address)
        elif is_own and Path(address).is_dir():
            self.collection.open(Path(address))

    @Slot(object)
    def _on_collection_chosen(self, folder: Path) -> None:
        self._studio.data.cancel()
        self.collection.open(folder)
        # The keyboard is for the keys that record, not for the first field that takes it.
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_dataset_changed(self) -> None:
        dataset, recorded = self._studio.data.dataset, self.collection.dataset
        if dataset is None or dataset is self._dataset:
            return  # only its opening goes on
        self._dataset = dataset
        folder = self.collection.folder
        is_own = folder is not None and str(folder.path) == dataset.address
        self._studio.settings.last_data = dataset.address, is_own
        self.sources.note_opened(dataset.address)
        self._problems.show_dataset(dataset)
        if recorded is not None and recorded.address != dataset.address:
            self.collection.close()
        self._show_part()

    @Slot()
    def _show_part(self) -> None:
        """Bring to the front what there is to be seen."""
        part: QWidget = self._welcome
        if self._header.shows_changes:
            part = self._augmentation
        elif self._header.shows_problems:
            part = self._problems
        elif self.collection.folder is not None:
            part = self.board
        elif self._dataset is not None:
            part = self.browser
            self.browser.show_dataset(self._dataset)
        self._body.setCurrentWidget(part)
