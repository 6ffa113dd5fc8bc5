"""What is learned from: the data set that is open, and how the opening of another one goes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.data.dataset import Dataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.errors import UserError
from cnngui.pipeline.data_desk import DataDesk
from cnngui.pipeline.data_events import (
    DatasetCancelled,
    DatasetFailed,
    DatasetOpened,
    DatasetProgress,
    SamplesChanged,
)
from cnngui.pipeline.events import Event


class ChosenData(QObject):
    """The data set to learn from.

    Parameters
    ----------
    desk : opens data sets.

    Signals
    -------
    changed : ``dataset``, ``problem`` or ``progress``.
    """

    changed = Signal()

    def __init__(self, desk: DataDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._dataset: Dataset | None = None
        self._problem: UserError | None = None
        self._progress: tuple[int, int] | None = None
        self._samples: SampleFolder | None = None
        self._left_samples: SampleFolder | None = None
        """Something else was chosen since these: an undo among them must not bring them back."""

    @property
    def dataset(self) -> Dataset | None:
        """What is learned from."""
        return self._dataset

    @property
    def problem(self) -> UserError | None:
        """Why the data set last asked for could not be opened."""
        return self._problem

    @property
    def progress(self) -> tuple[int, int] | None:
        """(done, total) while a data set is opened."""
        return self._progress

    def open(self, address: str) -> None:
        """Open a data set; ``data.opening`` says what an address may be."""
        self._left_samples, self._samples = self._samples, None
        self._problem = None
        self._progress = (0, 0)
        self._desk.open(address)
        self.changed.emit()

    def use(self, dataset: Dataset) -> None:
        """Learn from a data set that is open already."""
        if dataset is not self._dataset:
            self._dataset, self._problem = dataset, None
            self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Give up opening a data set; the one before stays."""
        self._desk.cancel_opening()

    def take_event(self, event: Event) -> None:
        """Hear what the pipeline reports."""
        match event:
            case DatasetProgress(_, done, total):
                self._progress = done, total
            case DatasetOpened(_, dataset):
                self._dataset, self._progress = dataset, None
            case DatasetFailed(_, error):
                self._problem, self._progress = error, None
            case DatasetCancelled():
                self._progress = None
            case SamplesChanged(folder, _, dataset) if folder is not self._left_samples:
                if folder is not self._samples:
                    self._left_samples, self._samples = self._samples, folder
                self._dataset, self._problem = dataset, None
            case _:
                return
        self.changed.emit()
