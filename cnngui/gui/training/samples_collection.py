"""The samples that the user records: what there is, and everything that can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from cnngui.data.class_list import SampleClass
from cnngui.data.folder import FolderDataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.gui.settings import Pace
from cnngui.gui.training.control import TrainingControl
from cnngui.gui.training.samples_commands import MoveCommand, SamplesCommand
from cnngui.pipeline.data_events import (
    SampleRecorded,
    SamplesChanged,
    SamplesFailed,
    SamplingCountdown,
    SamplingFailed,
    SamplingPaused,
    SamplingStarted,
    SamplingStopped,
)

_FIRST_CLASSES = 2


class SamplesCollection(QObject):
    """A folder of own samples; every edit of it is a step that can be undone.

    Classes are named by their place among them, samples by their number in ``dataset``.

    Signals
    -------
    changed : another folder, other classes or samples, or another pace.
    recording_changed : ``recording`` or ``recording_words``.
    """

    changed = Signal()
    recording_changed = Signal()

    def __init__(self, control: TrainingControl, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._desk = control.pipeline.data
        self._stack = control.document.undo_stack
        self._folder: SampleFolder | None = None
        self._is_new = False
        self._classes: tuple[SampleClass, ...] = ()
        self._dataset: FolderDataset | None = None
        self._recording = ""
        self._recording_words = ""
        self._recorded: list[Path] = []
        self._asked_moves: list[MoveCommand] = []
        control.event_received.connect(self._take_event)

    @property
    def folder(self) -> Path | None:
        """Where samples are recorded; None while something else is learned from."""
        return self._folder.path if self._folder is not None else None

    @property
    def dataset(self) -> FolderDataset | None:
        """The samples; None until the folder was read."""
        return self._dataset

    @property
    def classes(self) -> tuple[SampleClass, ...]:
        """Names and colours, in the order of the labels."""
        return self._classes

    @property
    def pace(self) -> Pace:
        """How samples are recorded."""
        return self._control.remembered.pace

    @property
    def recording(self) -> int | None:
        """The class that is being recorded, or counted down for."""
        names = [one.name for one in self._classes]
        return names.index(self._recording) if self._recording in names else None

    @property
    def recording_words(self) -> str:
        """How the recording stands: seconds until it begins, or how many samples there are."""
        return self._recording_words

    def numbers_of(self, place: int) -> list[int]:
        """Return the samples of a class, newest first."""
        if self._dataset is None:
            return []
        numbers: list[int] = np.flatnonzero(self._dataset.labels == place)[::-1].tolist()
        return numbers

    def open(self, folder: Path) -> None:
        """Go on with a folder of samples, or begin one."""
        self._folder = SampleFolder(folder.absolute())
        self._is_new = True
        self._classes, self._dataset = (), None
        self._desk.open_samples(self._folder)
        self.changed.emit()

    def close(self) -> None:
        """Turn away from the folder: something else is learned from."""
        self._folder = self._dataset = None
        self._classes = ()
        self._control.pipeline.sampling.end()
        self.changed.emit()

    def set_pace(self, pace: Pace) -> None:
        """Record at another pace from the next time on."""
        self._control.remembered.pace = pace
        self.recording_changed.emit()

    def press(self, place: int) -> None:
        """Begin to record a class; where a burst is under way, end it."""
        if self._folder is None or place >= len(self._classes):
            return
        if self.recording == place:
            self._control.pipeline.sampling.end()
            return
        name, pace = self._classes[place].name, self.pace
        self._control.pipeline.sampling.begin(
            self._folder, name, pace.rate, pace.burst, pace.countdown
        )
        self._show_recording(name, "")

    def release(self) -> None:
        """End a recording that goes on as long as something is held."""
        if not self.pace.burst:
            self._control.pipeline.sampling.end()

    def add_class(self) -> None:
        """Add a class."""
        if self._folder is None:
            return
        folder, desk, name = self._folder, self._desk, self._free_name()
        self._push(
            self.tr("Add class {0}").format(name),
            lambda: desk.add_class(folder, name),
            lambda: desk.remove_class(folder, name),
        )

    def rename_class(self, place: int, name: str) -> None:
        """Call a class by another name."""
        if self._folder is None:
            return
        folder, desk, before = self._folder, self._desk, self._classes[place].name
        self._push(
            self.tr("Rename class {0}").format(before),
            lambda: desk.rename_class(folder, before, name),
            lambda: desk.rename_class(folder, name, before),
        )

    def recolour_class(self, place: int, colour: str) -> None:
        """Give a class another colour."""
        if self._folder is None:
            return
        folder, desk, before = self._folder, self._desk, self._classes[place]
        self._push(
            self.tr("Colour of class {0}").format(before.name),
            lambda: desk.recolour_class(folder, before.name, colour),
            lambda: desk.recolour_class(folder, before.name, before.colour),
        )

    def remove_class(self, place: int) -> None:
        """Remove a class with its samples."""
        if self._folder is None:
            return
        folder, desk, removed = self._folder, self._desk, self._classes[place]
        self._push(
            self.tr("Remove class {0}").format(removed.name),
            lambda: desk.remove_class(folder, removed.name),
            lambda: desk.restore_class(folder, removed, place),
        )

    def delete(self, numbers: Sequence[int]) -> None:
        """Delete samples."""
        if self._folder is None or not numbers:
            return
        folder, desk, paths = self._folder, self._desk, self._paths(numbers)
        self._push(
            self._counted(self.tr("Delete 1 sample"), self.tr("Delete {0} samples"), len(paths)),
            lambda: desk.delete_samples(folder, paths),
            lambda: desk.restore_samples(folder, paths),
        )

    def move(self, numbers: Sequence[int], place: int) -> None:
        """Put samples of one class into another."""
        if self._folder is None or not numbers:
            return
        name = self._classes[place].name
        words = self._counted(
            self.tr("Move 1 sample to {1}"), self.tr("Move {0} samples to {1}"), len(numbers), name
        )
        paths = self._paths(numbers)
        self._stack.push(
            MoveCommand(words, self._desk, self._folder, paths, name, self._asked_moves)
        )

    def _push(
        self,
        text: str,
        do: Callable[[], None],
        take_back: Callable[[], None],
        is_done: bool = False,
    ) -> None:
        self._stack.push(SamplesCommand(text, do, take_back, is_done))

    def _paths(self, numbers: Sequence[int]) -> tuple[Path, ...]:
        files = self._dataset.files if self._dataset is not None else ()
        return tuple(files[number] for number in numbers)

    def _free_name(self) -> str:
        """Return a name for a new class that none has yet."""
        taken = {one.name.casefold() for one in self._classes}
        number = len(taken) + 1
        while (name := self.tr("thing {0}").format(number)).casefold() in taken:
            number += 1
        return name

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case SamplesChanged(folder, classes, dataset, paths):
                self._note_moved(paths)
                if folder == self._folder:
                    self._take_samples(classes, dataset)
            case SamplesFailed(folder, _) if folder == self._folder and self._dataset is None:
                self.close()
            case SamplingCountdown(name, seconds):
                self._show_recording(name, self.tr("{0} …").format(seconds))
            case SamplingStarted(name):
                self._show_recording(name, "0")
            case SamplingPaused(name, _):
                self._show_recording(name, self.tr("Waiting for a picture"))
            case SampleRecorded(path, name, count):
                self._add_sample(path)
                self._show_recording(name, f"{count}")
            case SamplingStopped(name, _) | SamplingFailed(name, _, _):
                self._end_recording(name)

    def _note_moved(self, paths: tuple[Path, ...]) -> None:
        """Tell the command that asked for it where its samples are; older ones have failed."""
        for place, command in enumerate(self._asked_moves):
            if paths and command.take_paths(paths):
                del self._asked_moves[: place + 1]
                return

    def _take_samples(self, classes: tuple[SampleClass, ...], dataset: FolderDataset) -> None:
        self._classes, self._dataset = classes, dataset
        if self._is_new and self._folder is not None:
            self._is_new = False
            self._control.remembered.collection = self._folder.path
            if not classes:
                self._add_first_classes(self._folder)
        self._control.use_data(dataset)
        self.changed.emit()

    def _add_first_classes(self, folder: SampleFolder) -> None:
        """Begin with some classes, which are nothing to be undone."""
        for number in range(1, _FIRST_CLASSES + 1):
            self._desk.add_class(folder, self.tr("thing {0}").format(number))

    def _add_sample(self, path: Path) -> None:
        """Show a sample that was recorded at once; the whole folder is read when all are."""
        self._recorded.append(path)
        data, names = self._dataset, [one.name for one in self._classes]
        if data is None or str(path.parent.parent) != data.address or path.parent.name not in names:
            return
        labels = [*data.labels.tolist(), names.index(path.parent.name)]
        self._dataset = FolderDataset(
            Path(data.address), data.classes, (*data.files, path), labels, data.problems
        )
        self.changed.emit()

    def _show_recording(self, name: str, words: str) -> None:
        self._recording, self._recording_words = name, words
        self.recording_changed.emit()

    def _end_recording(self, name: str) -> None:
        """Make what was recorded a step that can be undone."""
        paths, self._recorded = tuple(self._recorded), []
        if paths:
            folder, desk = SampleFolder(paths[0].parent.parent), self._desk
            self._push(
                self._counted(
                    self.tr("Record 1 sample"), self.tr("Record {0} samples"), len(paths)
                ),
                lambda: desk.restore_samples(folder, paths),
                lambda: desk.delete_samples(folder, paths),
                is_done=True,
            )
        if name == self._recording:
            self._show_recording("", "")

    @staticmethod
    def _counted(one: str, many: str, count: int, *others: str) -> str:
        return (one if count == 1 else many).format(count, *others)
