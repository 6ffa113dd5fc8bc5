"""The one object that the pages of the training drawer talk to."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.data.dataset import Dataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.errors import TrainingError, UserError, text
from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.gui.training.commands import DeleteRunCommand
from cnngui.pipeline.data_events import (
    DatasetCancelled,
    DatasetFailed,
    DatasetOpened,
    DatasetProgress,
    SamplesChanged,
)
from cnngui.pipeline.events import Event
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.training.progress import (
    MemoryMeasured,
    RunRead,
    RunsListed,
    TrainingEnded,
    TrainingPreparing,
    TrainingProgress,
    TrainingProgressed,
    TrainingRefused,
)
from cnngui.pipeline.training.run_codec import shortened
from cnngui.pipeline.training.settings import MOST_CLASSES, TrainingSettings
from cnngui.spec.mending import fits_classes, mended_for_classes
from cnngui.spec.network import NetworkSpec

_CLOSE_TIMEOUT_S = 5.0
"""A batch of a very large network may take that long."""


class TrainingControl(QObject):
    """What is trained, on what and how; and how it goes.

    Parameters
    ----------
    pipeline : does it.
    document : the network, which gets the learned weights.
    remembered : what outlasts the program, the training's settings among it.

    Signals
    -------
    dataset_changed : ``dataset``, ``dataset_problem``, ``dataset_progress`` or ``needs_mending``.
    progress_changed : ``progress``, ``preparing`` or ``problem``, and with them ``is_...``.
    runs_changed : ``runs``.
    settings_changed : ``settings``.
    memory_changed : ``memory_bytes``.
    result_changed : ``result``.
    event_received : every event of the pipeline, after this object has taken it.
    """

    dataset_changed = Signal()
    progress_changed = Signal()
    runs_changed = Signal()
    settings_changed = Signal()
    memory_changed = Signal()
    result_changed = Signal()
    event_received = Signal(object)

    def __init__(
        self,
        pipeline: LivePipeline,
        document: Document,
        remembered: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.pipeline = pipeline
        self.document = document
        self.remembered = remembered
        self._settings = remembered.training
        self._dataset: Dataset | None = None
        self._dataset_problem: UserError | None = None
        self._dataset_progress: tuple[int, int] | None = None
        self._samples: SampleFolder | None = None
        self._left_samples: SampleFolder | None = None
        """Where something else was chosen since: an undo there must not bring it back."""
        self._progress: TrainingProgress | None = None
        self._preparing: tuple[int, int] | None = None
        self._problem: UserError | None = None
        self._runs: tuple[TrainingProgress, ...] = ()
        self._result: FrameResult | None = None
        self._memory_bytes = 0
        self._measured: tuple[NetworkSpec, int] | None = None
        self._runs_asked = False
        self._taken_id = ""
        """The run whose weights the document was given."""

    @property
    def dataset(self) -> Dataset | None:
        """What is learned from."""
        return self._dataset

    @property
    def dataset_problem(self) -> UserError | None:
        """Why the data set last asked for could not be opened."""
        return self._dataset_problem

    @property
    def dataset_progress(self) -> tuple[int, int] | None:
        """(done, total) while a data set is opened."""
        return self._dataset_progress

    @property
    def settings(self) -> TrainingSettings:
        """How the next training is done."""
        return self._settings

    @property
    def progress(self) -> TrainingProgress | None:
        """The training under way, or the last one since the start of the program."""
        return self._progress

    @property
    def preparing(self) -> tuple[int, int] | None:
        """(done, total) samples made ready, before the first batch of a training."""
        return self._preparing

    @property
    def problem(self) -> UserError | None:
        """Why the training last asked for could not begin."""
        return self._problem

    @property
    def is_running(self) -> bool:
        """Whether a training goes on or is being prepared, and does not stand still."""
        running = self._progress is not None and self._progress.state == "running"
        return running or self._preparing is not None

    @property
    def is_paused(self) -> bool:
        """Whether a training stands still and can go on."""
        return self._progress is not None and self._progress.state == "paused"

    @property
    def is_under_way(self) -> bool:
        """Whether there is a training that has not ended."""
        return self.is_running or self.is_paused

    @property
    def runs(self) -> tuple[TrainingProgress, ...]:
        """Every training that is kept, and the one under way, newest first."""
        return self._runs

    @property
    def memory_bytes(self) -> int:
        """What memory a batch takes, as last measured; 0 for a network that cannot learn."""
        return self._memory_bytes

    @property
    def result(self) -> FrameResult | None:
        """The result that the window shows."""
        return self._result

    @property
    def needs_mending(self) -> bool:
        """Whether the network is sound but does not end in a unit for each class of the data.

        Of more classes than can be learned it never does: a mended one could not be trained.
        """
        data, document = self._dataset, self.document
        if data is None or len(data.classes) > MOST_CLASSES or not document.report.is_valid:
            return False
        return not fits_classes(document.spec, len(data.classes))

    def open_data(self, address: str) -> None:
        """Open a data set; ``data.opening`` says what an address may be."""
        self._left_samples, self._samples = self._samples, None
        self._dataset_problem = None
        self._dataset_progress = (0, 0)
        self.pipeline.data.open(address)
        self.dataset_changed.emit()

    def use_data(self, dataset: Dataset) -> None:
        """Learn from a data set that is open already."""
        if dataset is not self._dataset:
            self._dataset, self._dataset_problem = dataset, None
            self.dataset_changed.emit()

    @Slot()
    def cancel_data(self) -> None:
        """Give up opening a data set; the one before stays."""
        self.pipeline.data.cancel_opening()

    def set_settings(self, settings: TrainingSettings) -> None:
        """Choose how the next training is done."""
        if settings != self._settings:
            self._settings = self.remembered.training = settings
            self.settings_changed.emit()

    @Slot()
    def start(self) -> None:
        """Train the network on the data, or go on if a training stands still."""
        if self.is_paused:
            self.resume()
        elif not self.is_running:
            self._begin(paused=False)

    @Slot()
    def pause(self) -> None:
        """Stand still after the batch under way."""
        self.pipeline.training.pause()

    @Slot()
    def resume(self) -> None:
        """Go on."""
        self.pipeline.training.resume()

    @Slot()
    def step(self) -> None:
        """Do one batch and stand still; the first of a training if none is under way."""
        if not self.is_under_way:
            self._begin(paused=True)
        self.pipeline.training.step()

    @Slot()
    def stop(self) -> None:
        """End the training and keep the best weights."""
        self.pipeline.training.stop()

    @Slot()
    def reset(self) -> None:
        """Go back to the first weights: of the training under way, or of the last one."""
        if self.is_under_way:
            self.pipeline.training.reset()
        elif self._progress is not None:
            self.restore_run(self._progress.run_id, first=True)

    def set_learning_rate(self, rate: float) -> None:
        """Let the training under way go on with another learning rate."""
        self.pipeline.training.set_learning_rate(rate)

    def restore_run(self, run_id: str, first: bool = False) -> None:
        """Give the network a run's best weights, or those it began with. Can be undone."""
        self.pipeline.training.read_run(run_id, first=first)

    def delete_run(self, run_id: str) -> None:
        """Take a run that has ended from the list. Can be undone."""
        if self.is_under_way and self._progress is not None and run_id == self._progress.run_id:
            return
        self.document.undo_stack.push(DeleteRunCommand(self.pipeline.training, run_id))

    @Slot()
    def mend_network(self) -> None:
        """Give the network's last layer a unit for each class of the data. Can be undone."""
        if self._dataset is not None:
            mended = mended_for_classes(self.document.spec, self._dataset.classes)
            self.document.edit(mended, self.tr("Fit the network to the classes"))

    @Slot()
    def measure_memory(self) -> None:
        """Have it found out what memory a batch takes, unless that is known or asked for."""
        wanted = self.document.spec, self._settings.batch_size
        if wanted != self._measured:
            self._measured = wanted
            self.pipeline.training.measure_memory(*wanted)

    @Slot()
    def load_runs(self) -> None:
        """Have the runs of earlier days read, the first time; ``runs_changed`` follows."""
        if not self._runs_asked:
            self._runs_asked = True
            self.pipeline.training.list_runs()

    def close(self) -> None:
        """Stop a training under way and give its best weights to the document."""
        ended = self.pipeline.training.close(_CLOSE_TIMEOUT_S)
        if ended is not None:
            self._take_end(ended)

    @Slot(object)
    def take_result(self, result: FrameResult) -> None:
        """Hear what the network makes of a frame."""
        self._result = result
        self.result_changed.emit()

    @Slot(object)
    def take_event(self, event: Event) -> None:
        """Hear what the pipeline reports."""
        match event:
            case TrainingPreparing(done, total):
                self._preparing = done, total
                self.progress_changed.emit()
            case TrainingProgressed(progress):
                self._take_progress(progress)
            case TrainingEnded():
                self._take_end(event)
            case TrainingRefused(error):
                self._refuse(error)
            case RunsListed(runs):
                self._list_runs(runs)
            case MemoryMeasured(memory_bytes=memory_bytes):
                self._memory_bytes = memory_bytes
                self.memory_changed.emit()
            case RunRead(_, first, spec, weights):
                words = self.tr("First weights of a run") if first else self.tr("Weights of a run")
                self.document.learn(spec, weights, words)
        self._take_data_event(event)
        self.event_received.emit(event)

    def _take_data_event(self, event: Event) -> None:
        match event:
            case DatasetProgress(_, done, total):
                self._dataset_progress = done, total
            case DatasetOpened(_, dataset):
                self._dataset, self._dataset_progress = dataset, None
            case DatasetFailed(_, error):
                self._dataset_problem, self._dataset_progress = error, None
            case DatasetCancelled():
                self._dataset_progress = None
            case SamplesChanged(folder, _, dataset) if folder is not self._left_samples:
                if folder is not self._samples:
                    self._left_samples, self._samples = self._samples, folder
                self._dataset, self._dataset_problem = dataset, None
            case _:
                return
        self.dataset_changed.emit()

    def _begin(self, paused: bool) -> None:
        data, document = self._dataset, self.document
        obstacle = self._obstacle()
        if obstacle is not None:
            self._refuse(obstacle)
        elif data is not None and not self.needs_mending:
            self._problem, self._preparing = None, (0, 0)
            named = replace(document.spec, classes=data.classes)
            document.edit(named, self.tr("Name the classes"))
            self.pipeline.training.start(document.spec, None, data, self._settings, paused=paused)
            self.progress_changed.emit()

    def _obstacle(self) -> UserError | None:
        """Return what must be changed before a training, besides what ``mend_network`` does."""
        from cnngui.pipeline.training.requirements import refuse_unusable_data  # not at the start

        data, document = self._dataset, self.document
        if data is None:
            return TrainingError(text("training"), text("needs samples to learn from"))
        if not document.report.is_valid:
            rule = text("must have no problems to be trained")
            return TrainingError(document.spec.name, rule, document.report.problems[0])
        try:
            refuse_unusable_data(data)
        except TrainingError as error:
            return error
        return None

    def _refuse(self, error: UserError | None) -> None:
        self._problem, self._preparing = error, None
        self.progress_changed.emit()

    def _take_progress(self, progress: TrainingProgress) -> None:
        is_new = self._progress is None or self._progress.run_id != progress.run_id
        self._progress, self._preparing = progress, None
        others = [run for run in self._runs if run.run_id != progress.run_id]
        # Of only one training all moments are kept in memory.
        self._runs = (progress, *(map(shortened, others) if is_new else others))
        self.progress_changed.emit()
        if is_new:
            self.runs_changed.emit()

    def _take_end(self, ended: TrainingEnded) -> None:
        run_id = ended.progress.run_id
        if run_id == self._taken_id:
            return
        self._taken_id = run_id
        self._take_progress(ended.progress)
        present = self.document.spec
        if ended.spec.is_twin_of(present):
            learned = replace(present.named_weights_of(ended.spec), classes=ended.spec.classes)
            self.document.learn(learned, ended.weights, self.tr("Train"))
        self.pipeline.training.hide_weights()
        self.runs_changed.emit()

    def _list_runs(self, runs: tuple[TrainingProgress, ...]) -> None:
        if self._progress is not None and self.is_under_way:
            runs = (self._progress, *(run for run in runs if run.run_id != self._progress.run_id))
        self._runs = runs
        self.runs_changed.emit()
