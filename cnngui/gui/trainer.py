"""The training under way: how it goes, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.errors import UserError
from cnngui.gui.chosen_data import ChosenData
from cnngui.gui.document import Document
from cnngui.gui.runs import Runs
from cnngui.gui.training_plan import TrainingPlan
from cnngui.pipeline.commands import Command
from cnngui.pipeline.engine_commands import HideWeights
from cnngui.pipeline.events import Event
from cnngui.pipeline.training.commands import (
    PauseTraining,
    ResetTraining,
    ResumeTraining,
    SetLearningRate,
    StartTraining,
    StopTraining,
    TrainOneBatch,
)
from cnngui.pipeline.training.progress import (
    TrainingEnded,
    TrainingPreparing,
    TrainingProgress,
    TrainingProgressed,
    TrainingRefused,
)


class Trainer(QObject):
    """Begins, steers and ends a training; the document gets what was learned.

    Parameters
    ----------
    tell : carries the orders out.
    document : the network.
    data, plan, runs : what it learns from, how, and what was learned before.

    Signals
    -------
    changed : ``progress``, ``preparing`` or ``problem``, and with them ``is_...``.
    """

    changed = Signal()

    def __init__(
        self,
        tell: Callable[[Command], object],
        document: Document,
        data: ChosenData,
        plan: TrainingPlan,
        runs: Runs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self._document = document
        self._data = data
        self._plan = plan
        self._runs = runs
        self._progress: TrainingProgress | None = None
        self._preparing: tuple[int, int] | None = None
        self._problem: UserError | None = None
        self._taken_id = ""
        """The run whose weights the document was given."""

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

    @Slot()
    def start(self) -> None:
        """Train the network on the data, or go on if a training stands still."""
        if self.is_paused:
            self._tell(ResumeTraining())
        elif not self.is_running:
            self._begin(paused=False)

    @Slot()
    def pause(self) -> None:
        """Stand still after the batch under way."""
        self._tell(PauseTraining())

    @Slot()
    def step(self) -> None:
        """Do one batch and stand still; the first of a training if none is under way."""
        if not self.is_under_way:
            self._begin(paused=True)
        self._tell(TrainOneBatch())

    @Slot()
    def stop(self) -> None:
        """End the training and keep the best weights."""
        self._tell(StopTraining())

    @Slot()
    def reset(self) -> None:
        """Go back to the first weights: of the training under way, or of the last one."""
        if self.is_under_way:
            self._tell(ResetTraining())
        elif self._progress is not None:
            self._runs.restore(self._progress.run_id, first=True)

    def set_learning_rate(self, rate: float) -> None:
        """Let the training under way go on with another learning rate."""
        self._tell(SetLearningRate(rate))

    def take_event(self, event: Event) -> None:
        """Hear what the pipeline reports."""
        match event:
            case TrainingPreparing(done, total):
                self._preparing = done, total
                self.changed.emit()
            case TrainingProgressed(progress):
                self._take_progress(progress)
            case TrainingEnded():
                self._take_end(event)
            case TrainingRefused(error):
                self._refuse(error)

    def _begin(self, paused: bool) -> None:
        data, document = self._data.dataset, self._document
        obstacle = self._plan.obstacle()
        if obstacle is not None:
            self._refuse(obstacle)
        elif data is not None and not self._plan.needs_mending:
            self._problem, self._preparing = None, (0, 0)
            named = replace(document.spec, classes=data.classes)
            document.edit(named, self.tr("Name the classes"))
            self._tell(StartTraining(document.spec, None, data, self._plan.settings, paused))
            self.changed.emit()

    def _refuse(self, error: UserError | None) -> None:
        self._problem, self._preparing = error, None
        self.changed.emit()

    def _take_progress(self, progress: TrainingProgress) -> None:
        self._progress, self._preparing = progress, None
        self.changed.emit()

    def _take_end(self, ended: TrainingEnded) -> None:
        run_id = ended.progress.run_id
        if run_id == self._taken_id:
            return
        self._taken_id = run_id
        self._take_progress(ended.progress)
        present = self._document.spec
        if ended.spec.is_twin_of(present):
            learned = replace(present.named_weights_of(ended.spec), classes=ended.spec.classes)
            self._document.learn(learned, ended.weights, self.tr("Train"))
        self._tell(HideWeights())
