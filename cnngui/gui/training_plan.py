"""How the next training is to be, what it would take, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.errors import NetworkError, TrainingError, UserError, text
from cnngui.formats.network_file import NetworkFile
from cnngui.formats.opening import open_network
from cnngui.gui.chosen_data import ChosenData
from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.pipeline.commands import Command
from cnngui.pipeline.events import Event
from cnngui.pipeline.training.commands import MeasureMemory, MeasureTimes
from cnngui.pipeline.training.progress import MemoryMeasured, TimesMeasured
from cnngui.pipeline.training.settings import MOST_CLASSES, TrainingSettings
from cnngui.pipeline.training.suggestion import step_count, with_enough_steps
from cnngui.spec.layers import ParametricSpec
from cnngui.spec.mending import fits_classes, mended_for_classes
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

_SMALL = "tiny-vgg"
_SMALL_IN_TIME = "motions"
"""It begins with what it has learned of motions: that serves other motions too."""
_LONG_S = 60.0
"""A class does not wait for longer."""
_MEASURED_SHARE = 4
"""Such a part of a batch is measured: the whole one of a slow network would be given up too soon
to know how slow it is."""
_WORTHWHILE = 4.0
"""How many times faster a small network must be to be offered."""


@dataclass(frozen=True)
class SmallerOffer:
    """A network that learns the same samples in less time.

    Attributes
    ----------
    spec, settings : the small network, made to fit the classes, and how it would be trained.
    own_seconds : what the present network would need; where ``is_more``, more than that.
    seconds : what the small one would need, about.
    weights : by layer id, what the small one begins with; drawn where there are none.
    """

    spec: NetworkSpec
    settings: TrainingSettings
    own_seconds: float
    is_more: bool
    seconds: float
    weights: Weights = field(default_factory=dict, compare=False, repr=False)


@cache
def _small_network() -> NetworkSpec:
    return open_network(_SMALL).spec


@cache
def _small_network_in_time() -> NetworkFile:
    return open_network(_SMALL_IN_TIME)


def _small_network_for(own: InputSpec) -> NetworkSpec:
    """Return a small network for what an input is shown.

    One for clips sees as many frames and as far apart as the present one, since clips are recorded
    for that; where its layers would not fit so few, it sees what it was made for.
    """
    if own.frames == 1:
        return _small_network()
    made = _small_network_in_time().spec
    time = {name: getattr(own, name) for name in ("frames", "frame_step", "frame_rate")}
    alike = replace(made, input=replace(made.input, **time))
    return alike if infer(alike).is_valid else made


def _weights_of(small: NetworkSpec) -> Weights:
    """Return what a small network has learned before, of the layers that were not changed."""
    if small.input.frames == 1:
        return {}
    weights = _small_network_in_time().weights or {}
    kept = {
        layer.id for layer in small.layers if isinstance(layer, ParametricSpec) and layer.weights_id
    }
    return {layer_id: values for layer_id, values in weights.items() if layer_id in kept}


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
    times_changed : ``offer``.
    """

    settings_changed = Signal()
    memory_changed = Signal()
    times_changed = Signal()

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
        self._to_time: MeasureTimes | None = None
        self._offer: SmallerOffer | None = None

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

    @property
    def offer(self) -> SmallerOffer | None:
        """A small network in place of one that would learn for minutes; None without need."""
        return self._offer

    @Slot()
    def measure_times(self) -> None:
        """Have it found out how long the training would take, beside one of a small network."""
        wanted = self._to_be_timed()
        if wanted == self._to_time:
            return
        self._to_time = wanted
        if self._offer is not None:
            self._offer = None
            self.times_changed.emit()
        if wanted is not None:
            self._tell(wanted)

    @Slot()
    def take_small_network(self) -> None:
        """Take the small network that is offered, with as many steps as it needs. Can be undone."""
        offer = self._offer
        if offer is not None:
            self.set_settings(offer.settings)
            words = self.tr("Take a small network")
            if offer.weights:
                self._document.learn(offer.spec, offer.weights, words)
            else:
                self._document.edit(offer.spec, words)

    def _to_be_timed(self) -> MeasureTimes | None:
        data, own = self._data.dataset, self._document.spec
        if data is None or not 2 <= len(data.classes) <= MOST_CLASSES:
            return None
        small = mended_for_classes(_small_network_for(own.input), data.classes)
        if not self._document.report.is_valid or small.is_twin_of(own):
            return None
        with suppress(NetworkError):  # of one that is as large as it may be
            own = mended_for_classes(own, data.classes)
        batch_size = -(-self._settings.batch_size // _MEASURED_SHARE)
        return MeasureTimes((own, small), batch_size)

    def _take_times(self, event: TimesMeasured) -> None:
        asked, data = self._to_time, self._data.dataset
        own, small = event.times
        if asked is None or asked.specs != event.specs or data is None or not own or not small:
            return
        settings = with_enough_steps(self._settings, len(data)) or self._settings
        part = self._settings.batch_size / event.batch_size
        seconds = part * own.seconds * step_count(self._settings, len(data))
        share = settings.batch_size / event.batch_size  # it may take smaller batches
        fewer = share * small.seconds * step_count(settings, len(data))
        if seconds > _LONG_S and seconds > _WORTHWHILE * fewer:
            spec = event.specs[1]
            weights = _weights_of(spec)
            self._offer = SmallerOffer(spec, settings, seconds, own.is_more, fewer, weights)
            self.times_changed.emit()

    def take_event(self, event: Event) -> None:
        """Hear what the pipeline reports."""
        match event:
            case MemoryMeasured(memory_bytes=memory_bytes):
                self._memory_bytes = memory_bytes
                self.memory_changed.emit()
            case TimesMeasured():
                self._take_times(event)
