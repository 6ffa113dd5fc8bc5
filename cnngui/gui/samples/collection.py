"""The samples that the user records: which folder they are in, and what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from cnngui.data.class_list import SampleClass
from cnngui.data.folder import FolderDataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.data.stored import StoredSample
from cnngui.gui.studio import Studio
from cnngui.pipeline.data_events import SampleRecorded, SamplesChanged, SamplesFailed
from cnngui.pipeline.sample_recorder import StopSamples

_FIRST_CLASSES = 2


class SamplesCollection(QObject):
    """The folder of own samples that is open, as it stands on the disk.

    Signals
    -------
    changed : another folder, other classes or other samples.
    """

    changed = Signal()

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._desk = studio.pipeline.data
        self._folder: SampleFolder | None = None
        self._is_new = False
        self._classes: tuple[SampleClass, ...] = ()
        self._dataset: FolderDataset | None = None
        studio.event_received.connect(self._take_event)

    @property
    def folder(self) -> SampleFolder | None:
        """Where samples are recorded; None while something else is learned from."""
        return self._folder

    @property
    def dataset(self) -> FolderDataset | None:
        """The samples; None until the folder was read."""
        return self._dataset

    @property
    def classes(self) -> tuple[SampleClass, ...]:
        """Names and colours, in the order of the labels."""
        return self._classes

    def numbers_of(self, place: int) -> list[int]:
        """Return the samples of a class, newest first."""
        if self._dataset is None:
            return []
        numbers: list[int] = np.flatnonzero(self._dataset.labels == place)[::-1].tolist()
        return numbers

    def paths_of(self, numbers: Sequence[int]) -> tuple[Path, ...]:
        """Return the files of some samples, each once: clips of a long film have one together."""
        files = self._dataset.files if self._dataset is not None else ()
        return tuple(dict.fromkeys(files[number] for number in numbers))

    def parted(self, numbers: Sequence[int]) -> tuple[tuple[Path, ...], tuple[StoredSample, ...]]:
        """Return the files of which all samples are among some, and the clips of other files."""
        if self._dataset is None:
            return (), ()
        counts = Counter(self._dataset.files)
        chosen = Counter(self._dataset.files[number] for number in numbers)
        whole = tuple(path for path, count in chosen.items() if count == counts[path])
        clips = (self._dataset.samples[number] for number in numbers)
        return whole, tuple(clip for clip in clips if chosen[clip.path] < counts[clip.path])

    def count_of(self, paths: Sequence[Path]) -> int:
        """Return how many samples some files have together."""
        counts = Counter(self._dataset.files if self._dataset is not None else ())
        return sum(counts[path] for path in paths)

    def free_name(self) -> str:
        """Return a name for a new class that none has yet."""
        taken = {one.name.casefold() for one in self._classes}
        number = len(taken) + 1
        while (name := self.tr("thing {0}").format(number)).casefold() in taken:
            number += 1
        return name

    def open(self, path: Path) -> None:
        """Go on with a folder of samples, or begin one."""
        self._folder = SampleFolder(path.absolute())
        self._is_new = True
        self._classes, self._dataset = (), None
        self._desk.open_samples(self._folder)
        self.changed.emit()

    def show(self, folder: SampleFolder) -> None:
        """Open a folder if it is not open."""
        if folder != self._folder:
            self.open(folder.path)

    def close(self) -> None:
        """Turn away from the folder: something else is learned from."""
        self._folder = self._dataset = None
        self._classes = ()
        self._studio.pipeline.tell(StopSamples())
        self.changed.emit()

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case SamplesChanged(folder, classes, dataset, _) if folder == self._folder:
                self._take_samples(folder, classes, dataset)
            case SamplesFailed(folder, _) if folder == self._folder and self._dataset is None:
                self.close()
            case SampleRecorded(sample, _, _):
                self._add_sample(sample)

    def _take_samples(
        self, folder: SampleFolder, classes: tuple[SampleClass, ...], dataset: FolderDataset
    ) -> None:
        self._classes, self._dataset = classes, dataset
        if self._is_new:
            self._is_new = False
            self._studio.settings.collection = folder.path
            if not classes:
                self._add_first_classes(folder)
        self._studio.data.use(dataset)
        self.changed.emit()

    def _add_first_classes(self, folder: SampleFolder) -> None:
        """Begin with some classes, which are nothing to be undone."""
        for number in range(1, _FIRST_CLASSES + 1):
            self._desk.add_class(folder, self.tr("thing {0}").format(number))

    def _add_sample(self, sample: StoredSample) -> None:
        """Show a sample that was recorded at once; the folder is read when recording ends."""
        data, path = self._dataset, sample.path
        name = path.parent.name
        if data is None or str(path.parent.parent) != data.address or name not in data.classes:
            return
        labels = [*data.labels.tolist(), data.classes.index(name)]
        self._dataset = FolderDataset(
            Path(data.address),
            data.classes,
            (*data.samples, sample),
            labels,
            data.problems,
            data.left_out,
        )
        self.changed.emit()
