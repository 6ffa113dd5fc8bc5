"""Recording samples from the live source: what starts and ends it, and how it stands."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.gui.samples.collection import SamplesCollection
from cnngui.gui.settings import Pace
from cnngui.gui.studio import Studio
from cnngui.pipeline.data_events import (
    SampleRecorded,
    SamplingCountdown,
    SamplingFailed,
    SamplingPaused,
    SamplingStarted,
    SamplingStopped,
)
from cnngui.pipeline.sample_recorder import RecordSamples, StopSamples


class SamplesRecording(QObject):
    """Records into the classes of the collection that is open, one at a time.

    Signals
    -------
    changed : ``place``, ``words`` or ``pace``.
    """

    changed = Signal()

    def __init__(
        self, studio: Studio, collection: SamplesCollection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pipeline = studio.pipeline
        self._document = studio.document
        self._remembered = studio.settings
        self._collection = collection
        self._class_name = ""
        self._words = ""
        studio.event_received.connect(self._take_event)

    @property
    def pace(self) -> Pace:
        """How fast samples are recorded, how many at a click, after how long."""
        return self._remembered.pace

    @property
    def place(self) -> int | None:
        """The class that is being recorded, or counted down for, by its place."""
        names = [one.name for one in self._collection.classes]
        return names.index(self._class_name) if self._class_name in names else None

    @property
    def words(self) -> str:
        """Seconds until it begins, or how many samples there are."""
        return self._words

    def set_pace(self, pace: Pace) -> None:
        """Record at another pace from the next time on."""
        self._remembered.pace = pace
        self.changed.emit()

    def press(self, place: int) -> None:
        """Begin to record a class; where it is being recorded already, end that."""
        folder, classes = self._collection.folder, self._collection.classes
        if self.place == place:
            self.stop()
        elif folder is not None and place < len(classes):
            name, pace = classes[place].name, self.pace
            shown = self._document.running_spec.input
            self._pipeline.tell(
                RecordSamples(folder, name, pace.rate, pace.burst, pace.countdown, shown)
            )
            self._show(name, "")

    def release(self) -> None:
        """End a recording that goes on as long as something is held."""
        if not self.pace.burst:
            self.stop()

    def stop(self) -> None:
        """End a recording, or the countdown before it."""
        self._pipeline.tell(StopSamples())

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case SamplingCountdown(name, seconds):
                self._show(name, self.tr("{0} …").format(seconds))
            case SamplingStarted(name):
                self._show(name, "0")
            case SamplingPaused(name, _):
                self._show(name, self.tr("Waiting for a picture"))
            case SampleRecorded(_, name, count):
                self._show(name, f"{count}")
            case SamplingStopped(name, _) | SamplingFailed(name, _, _) if name == self._class_name:
                self._show("", "")

    def _show(self, class_name: str, words: str) -> None:
        self._class_name, self._words = class_name, words
        self.changed.emit()
