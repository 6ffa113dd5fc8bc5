"""The thread that trains: one batch after the other, and between them it listens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillWaitingError
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, get_args

import numpy as np

from cnngui.data.dataset import OpeningCancelledError
from cnngui.engine.gradients.interruption import AbandonedError, Interruption
from cnngui.errors import TrainingError, UserError, Words, text
from cnngui.formats.network_file import with_named_weights
from cnngui.pipeline.engine_commands import LendWeights, ShowWeights
from cnngui.pipeline.events import Event, JobFailed
from cnngui.pipeline.file_worker import FileWorker, Job
from cnngui.pipeline.training.commands import (
    PauseTraining,
    ResetTraining,
    ResumeTraining,
    SetLearningRate,
    StartTraining,
    StopTraining,
    TrainingCommand,
    TrainOneBatch,
)
from cnngui.pipeline.training.progress import (
    RunsKept,
    TrainingEnded,
    TrainingPreparing,
    TrainingProgressed,
    TrainingRefused,
)
from cnngui.pipeline.training.run_store import RunStore, new_run_id
from cnngui.pipeline.turns import Turns
from cnngui.pipeline.worker import Worker
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

if TYPE_CHECKING:
    from cnngui.pipeline.training.trainer import Trainer


_PROGRESS_S = 1 / 8
"""How often the window hears how it goes."""
_SHOW_S = 1 / 4
_SHOW_SHARE = 0.05
"""How often the live view gets new weights, and what part of the time that may cost."""
_KEEP_S = 2.0
"""How often a run is written, at most: an epoch may be over in a moment."""
_PATIENCE_S = 0.5
"""How long a batch waits for frames that are computed."""
_SLICE_S = 0.1
"""How long a batch computes before a frame may come between its pieces."""


class TrainingWorker(Worker[TrainingCommand]):
    """Owns the trainer.

    Parameters
    ----------
    tell_engine : asks for the first weights, and has the present ones shown.
    turns : shared with the live view.
    report : takes the events.
    files : writes runs.
    store : where they are kept.

    Attributes
    ----------
    ended : how the last training ended. To be read when the thread has.
    """

    carries_out = get_args(TrainingCommand)

    def __init__(
        self,
        tell_engine: Callable[[LendWeights | ShowWeights], object],
        turns: Turns,
        report: Callable[[Event], None],
        files: FileWorker,
        store: RunStore,
    ) -> None:
        super().__init__("training", report)
        self._tell_engine = tell_engine
        self._turns = turns
        self._my_turn = ExitStack()
        self._my_turn_began = 0.0
        self._files = files
        self._store = store
        self._trainer: Trainer | None = None
        self._first_weights: Weights = {}
        self._paused = False
        self._pause_at: int | None = None
        """After so many batches it stands still."""
        self._progress_due = self._show_due = self._keep_due = 0.0
        self._epochs_kept = 0
        self.ended: TrainingEnded | None = None

    def _turn(self) -> bool:
        with self._condition:
            while not (self._commands or self._goes_on or self._stopping):
                self._condition.wait()
            if self._stopping:
                return False
            command = self._commands.popleft() if self._commands else None
        if command is not None:
            self._carry_out(command)
        else:
            self._advance()
        return True

    @property
    def _goes_on(self) -> bool:
        return self._trainer is not None and not self._paused

    def _carry_out(self, command: TrainingCommand) -> None:
        if isinstance(command, StartTraining):
            self._stop()
            self._begin(command)
        elif self._trainer is not None:
            self._steer(self._trainer, command)

    def _steer(self, trainer: Trainer, command: TrainingCommand) -> None:
        match command:
            case PauseTraining():
                self._pause(trainer)
            case ResumeTraining():
                self._paused, self._pause_at = False, None
            case TrainOneBatch():
                # Not every step of the trainer is a batch.
                self._pause_at = (self._pause_at or trainer.batches_done) + 1
                self._paused = False
            case ResetTraining():
                trainer.reset()
                self._pause(trainer)
                self._epochs_kept = 0
            case SetLearningRate(rate):
                self._set_learning_rate(trainer, rate)
            case StopTraining():
                self._wind_up(trainer)
        if self._trainer is not None:
            self._tell_progress(trainer)

    def _pause(self, trainer: Trainer) -> None:
        self._paused, self._pause_at = True, None
        self._show(trainer)

    def _set_learning_rate(self, trainer: Trainer, rate: float) -> None:
        try:
            trainer.learning_rate = rate
        except UserError as error:
            self._report(JobFailed("training", error))

    def _begin(self, command: StartTraining) -> None:
        try:
            trainer = self._prepared(command)
        except OpeningCancelledError:
            self._report(TrainingRefused(None))
            return
        except UserError as error:
            self._report(TrainingRefused(error))
            return
        except MemoryError:
            rule = text("must fit into memory with its samples")
            self._report(TrainingRefused(TrainingError(command.spec.name, rule)))
            return
        if self._is_given_up():
            self._report(TrainingRefused(None))
            return
        self._trainer, self._epochs_kept = trainer, 0
        self._paused, self._pause_at = command.paused, None
        self._first_weights = trainer.weights()
        self._tell_progress(trainer)
        begin = partial(self._store.begin, trainer.progress, self._first_weights)
        self._write(partial(self._listing, begin))

    def _prepared(self, command: StartTraining) -> Trainer:
        from cnngui.pipeline.training.trainer import Trainer  # not needed at the start

        self._report(TrainingPreparing(0, len(command.dataset)))
        weights = command.weights
        if weights is None:
            weights = self._borrowed(command.spec)
        return Trainer(
            command.spec,
            weights,
            command.dataset,
            command.settings,
            run_id=new_run_id(),
            is_cancelled=self._is_given_up,
            on_prepared=self._on_prepared,
            interruption=Interruption(
                self._is_interrupted, self._let_others, self._let_frames_come
            ),
        )

    def _borrowed(self, spec: NetworkSpec) -> Weights | None:
        answer: Future[Weights] = Future()
        self._tell_engine(LendWeights(spec, answer))
        while not self._is_given_up():
            try:
                return answer.result(timeout=0.05)
            except StillWaitingError:
                pass
        return None

    def _on_prepared(self, done: int, total: int) -> None:
        now = monotonic()
        if now >= self._progress_due:
            self._progress_due = now + _PROGRESS_S
            self._report(TrainingPreparing(done, total))

    def _is_given_up(self) -> bool:
        """Whether somebody wants to stop what has not begun."""
        with self._condition:
            return self._stopping or any(
                isinstance(command, StopTraining | StartTraining) for command in self._commands
            )

    def _advance(self) -> None:
        trainer = self._trainer
        if trainer is None:
            return
        try:
            with self._my_turn:
                self._take_turn()
                trainer.step()
        except AbandonedError:
            return  # for an order that waits
        except UserError as error:
            self._end(trainer, error.message)
            return
        except MemoryError:
            self._end(trainer, text("too little memory"))
            return
        except Exception:
            self._end(trainer, text("a defect of the program"))
            raise
        if trainer.is_done:
            self._end(trainer)
            return
        if trainer.batches_done == self._pause_at:
            self._pause(trainer)
            self._tell_progress(trainer)
        now = monotonic()
        if now >= self._progress_due:
            self._tell_progress(trainer)
        if now >= self._show_due:
            self._show(trainer)
        if now >= self._keep_due:
            self._keep(trainer)

    def _take_turn(self) -> None:
        self._my_turn.enter_context(self._turns.take(_PATIENCE_S))
        self._my_turn_began = monotonic()

    def _is_interrupted(self) -> bool:
        """Whether somebody waits for the batch under way. Called from any thread."""
        if self._commands or self._stopping:
            return True
        return self._frames_are_due

    @property
    def _frames_are_due(self) -> bool:
        return self._turns.are_wanted and monotonic() - self._my_turn_began > _SLICE_S

    def _let_frames_come(self) -> None:
        """Let frames be computed; orders wait."""
        if self._frames_are_due:
            self._my_turn.close()
            self._take_turn()

    def _let_others(self) -> None:
        """Between the pieces of a batch, let frames be computed, and do as one is told."""
        self._my_turn.close()
        while (command := self._order_meanwhile()) is not None:
            if self._trainer is not None:
                self._steer(self._trainer, command)
        self._take_turn()

    def _order_meanwhile(self) -> TrainingCommand | None:
        """Return an order that leaves the batch under way as it is; None to go on with it."""
        with self._condition:
            while self._paused and not (self._commands or self._stopping):
                self._condition.wait()
            waiting = self._commands[0] if self._commands else None
            if self._stopping or isinstance(waiting, StartTraining | ResetTraining | StopTraining):
                raise AbandonedError
            return self._commands.popleft() if self._commands else None

    def _tell_progress(self, trainer: Trainer) -> None:
        self._progress_due = monotonic() + _PROGRESS_S
        progress = trainer.progress
        if (self._paused or self._pause_at is not None) and progress.state == "running":
            progress = replace(
                progress, state="paused", measuring=progress.measuring and not self._paused
            )
        self._report(TrainingProgressed(progress))

    def _show(self, trainer: Trainer) -> None:
        began = monotonic()
        self._tell_engine(ShowWeights(trainer.spec, trainer.weights()))
        now = monotonic()
        self._show_due = now + max(_SHOW_S, (now - began) / _SHOW_SHARE)

    def _keep(self, trainer: Trainer) -> None:
        self._keep_due = monotonic() + _KEEP_S
        progress = replace(trainer.progress, evaluation=trainer.best_evaluation)
        if int(progress.epoch) == self._epochs_kept or self._files.waiting("run"):
            return
        self._epochs_kept = int(progress.epoch)
        self._write(partial(self._store.keep, progress, trainer.best_weights()))

    def _listing(self, write: Callable[[], None]) -> None:
        """Write, and tell which runs are on disk then, also where the disk refused."""
        try:
            write()
        finally:
            self._report(RunsKept(self._store.ids()))

    def _write(self, write: Callable[[], None]) -> None:
        self._files.tell(Job("run", write))

    def _wind_up(self, trainer: Trainer) -> None:
        """Have it measured what was learned since the last time; asked again, end at once."""
        if trainer.is_winding_up:
            self._stop()
            return
        trainer.wind_up()
        self._paused, self._pause_at = False, None
        if trainer.is_done:
            self._end(trainer)

    def _stop(self) -> None:
        if self._trainer is not None:
            self._trainer.stop()
            self._end(self._trainer)

    def _end(self, trainer: Trainer, failure: Words = "") -> None:
        self._trainer = None
        progress, weights = trainer.progress, trainer.best_weights()
        if not _are_finite(weights):
            failure = failure or text("the weights are no longer numbers")
            weights = self._first_weights
        if failure:
            progress = replace(progress, state="failed", message=failure)
        spec = with_named_weights(progress.spec, weights)
        self._write(partial(self._listing, partial(self._store.keep, progress, weights)))
        self.ended = TrainingEnded(progress, spec, weights)
        self._report(self.ended)

    def _finish(self) -> None:
        self._stop()


def _are_finite(weights: Weights) -> bool:
    return all(
        bool(np.isfinite(array).all())
        for parameters in weights.values()
        for array in parameters.values()
    )
