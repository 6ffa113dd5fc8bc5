"""What all wings of the window share: the network, what is looked at, what computes and learns."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.gui.bridge import PipelineBridge
from cnngui.gui.chosen_data import ChosenData
from cnngui.gui.document import Document, Running
from cnngui.gui.hands import Hands
from cnngui.gui.runs import Runs
from cnngui.gui.settings import Settings
from cnngui.gui.trainer import Trainer
from cnngui.gui.training_plan import TrainingPlan
from cnngui.gui.view_state import ViewState
from cnngui.pipeline.engine_commands import SetColormaps, SetNetwork, SetThreads, SetView
from cnngui.pipeline.events import Event, NetworkApplied, WeightsEdited
from cnngui.pipeline.results import FrameResult
from cnngui.weights import Weights

_CLOSE_TIMEOUT_S = 5.0
"""A batch of a very large network may take that long."""


class Studio(QObject):
    """Holds what the wings work on, and keeps the pipeline in step with it. It knows no widgets.

    Parameters
    ----------
    settings : what outlasts the program.
    document : the network.

    Attributes
    ----------
    pipeline : computes, records, reads and learns, in threads of its own.
    view : what is looked at.
    hands : change weights.
    data, plan, runs, trainer : what is learned from, how, what was learned, and what is learning.

    Signals
    -------
    result_changed : ``result``.
    event_received : every event of the pipeline, after the parts of the studio have taken it.
    """

    result_changed = Signal()
    event_received = Signal(object)

    def __init__(
        self, settings: Settings, document: Document, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.document = document
        self._bridge = PipelineBridge(settings.folder / "runs", self)
        self.pipeline = self._bridge.pipeline
        self.view = ViewState(document, self)
        self.view.set_colormaps(*settings.colormaps)
        self.view.set_clips(settings.clips_colours)
        tell = self.pipeline.tell
        self.data = ChosenData(self.pipeline.data, self)
        self.plan = TrainingPlan(tell, document, self.data, settings, self)
        self.runs = Runs(tell, document, self)
        self.trainer = Trainer(tell, document, self.data, self.plan, self.runs, self)
        self._result: FrameResult | None = None
        self.hands = Hands(self.pipeline.tell, document, self._weights, self)
        self._bridge.result_ready.connect(self._take_result)
        self._bridge.event_received.connect(self._take_event)
        document.running_changed.connect(self._on_document_running_changed)
        self.view.changed.connect(self._on_view_changed)
        self.view.colormaps_changed.connect(self._on_view_colormaps_changed)

    @property
    def result(self) -> FrameResult | None:
        """The result that the window shows."""
        return self._result

    def _weights(self) -> Weights:
        return {} if self._result is None else self._result.weights

    def start(self, threads: int = 0) -> None:
        """Start the threads. Networks and sources may be opened from now on.

        ``threads`` cores compute, or, if 0, as many as the settings say.
        """
        self._on_view_colormaps_changed()
        self.pipeline.tell(SetThreads(threads or self.settings.threads))
        self.pipeline.start()
        self._on_view_changed()

    def note_painted(self) -> None:
        """Note that the window has painted, and with it the result handed out last."""
        self._bridge.result_painted()

    def end_training(self) -> None:
        """Stop a training under way and give its best weights to the document."""
        ended = self.pipeline.end_training(_CLOSE_TIMEOUT_S)
        if ended is not None:
            self._tell_parts(ended)

    def _tell_parts(self, event: Event) -> None:
        for part in (self.data, self.plan, self.runs, self.trainer):
            part.take_event(event)

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        match event:
            case NetworkApplied(generation, _, weights_ids):
                self.document.name_weights(generation, weights_ids)
            case WeightsEdited(generation, spec, layer_id, weights) if (
                generation == self.document.generation
            ):
                words = self.tr("Change weights of {layer}").format(layer=layer_id)
                self.document.learn(spec, weights, words)
        self._tell_parts(event)
        self.event_received.emit(event)

    @Slot(object)
    def _take_result(self, result: FrameResult) -> None:
        self._result = result
        self.result_changed.emit()

    @Slot(object)
    def _on_document_running_changed(self, running: Running) -> None:
        self._bridge.generation = running.generation
        self.pipeline.tell(SetNetwork(running.spec, running.generation, running.weights))

    @Slot()
    def _on_view_changed(self) -> None:
        self.pipeline.tell(SetView(self.view.request()))

    @Slot()
    def _on_view_colormaps_changed(self) -> None:
        self.pipeline.tell(SetColormaps(self.view.sequential, self.view.diverging))
