"""How the next training is to be, what it would take, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.errors import TrainingError, UserError, text
from cnngui.gui.chosen_data import ChosenData
from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.pipeline.commands import Command
from cnngui.pipeline.events import Event
from cnngui.pipeline.training.commands import MeasureMemory
from cnngui.pipeline.training.progress import MemoryMeasured
from cnngui.pipeline.training.settings import MOST_CLASSES, TrainingSettings
from cnngui.spec.mending import fits_classes, mended_for_classes
from cnngui.spec.network import NetworkSpec


class TrainingPlan(QObject):
    """The settings of the next training, and whether network and data fit each other.

    Parameters
    ----------
    tell : measures what memory a batch takes.
    document : the network to be trained.
    data : what it is to learn from.
    remembered : what outlasts the program, the training's settings among it.

    Signals
    -------
    settings_changed : ``settings``.
    memory_changed : ``memory_bytes``.
    """

    settings_changed = Signal()
    memory_changed = Signal()

    def __init__(
        self,
        tell: Callable[[Command], object],
        document: Document,
        data: ChosenData,
        remembered: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self._document = document
        self._data = data
        self._remembered = remembered
        self._settings = remembered.training
        self._memory_bytes = 0
        self._measured: tuple[NetworkSpec, int] | None = None

    @property
    def settings(self) -> TrainingSettings:
        """How the next training is done."""
        return self._settings

    @property
    def memory_bytes(self) -> int:
        """What memory a batch takes, as last measured; 0 for a network that cannot learn."""
        return self._memory_bytes

    @property
    def needs_mending(self) -> bool:
        """Whether the network is sound but does not end in a unit for each class of the data.

        With more classes than can be learned it never does: a mended one could not be trained.
        """
        data, document = self._data.dataset, self._document
        if data is None or len(data.classes) > MOST_CLASSES or not document.report.is_valid:
            return False
        return not fits_classes(document.spec, len(data.classes))

    def obstacle(self) -> UserError | None:
        """Return what must be changed before a training, besides what ``mend_network`` does."""
        from cnngui.pipeline.training.requirements import refuse_unusable_data  # not at the start

        data, document = self._data.dataset, self._document
        if data is None:
            return TrainingError(text("training"), text("needs samples to learn from"))
        if not document.report.is_valid:
            rule = text("must have no problems to be trained")
            return TrainingError(document.spec.name, rule, document.report.problems[0].message)
        try:
            refuse_unusable_data(data)
        except TrainingError as error:
            return error
        return None

    def set_settings(self, settings: TrainingSettings) -> None:
        """Choose how the next training is done."""
        if settings != self._settings:
            self._settings = self._remembered.training = settings
            self.settings_changed.emit()

    @Slot()
    def mend_network(self) -> None:
        """Give the network's last layer a unit for each class of the data. Can be undone."""
        data = self._data.dataset
        if data is not None:
            mended = mended_for_classes(self._document.spec, data.classes)
            self._document.edit(mended, self.tr("Fit the network to the classes"))

    @Slot()
    def measure_memory(self) -> None:
        """Have it found out what memory a batch takes, unless that is known or asked for."""
        wanted = self._document.spec, self._settings.batch_size
        if wanted != self._measured:
            self._measured = wanted
            self._tell(MeasureMemory(*wanted))

    def take_event(self, event: Event) -> None:
        """Hear what the pipeline reports."""
        match event:
            case MemoryMeasured(memory_bytes=memory_bytes):
                self._memory_bytes = memory_bytes
                self.memory_changed.emit()
