"""The trainings that are kept: listed, taken back, deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand

from cnngui.data.dataset import Dataset
from cnngui.gui.document import Document
from cnngui.pipeline.commands import Command
from cnngui.pipeline.events import Event
from cnngui.pipeline.training.commands import (
    ListRuns,
    ReadRun,
    SetRunDiscarded,
    WriteCurves,
    WritePredictions,
)
from cnngui.pipeline.training.progress import (
    Evaluation,
    RunRead,
    RunsKept,
    RunsListed,
    TrainingEnded,
    TrainingProgress,
    TrainingProgressed,
)
from cnngui.pipeline.training.run_codec import shortened


class Runs(QObject):
    """Every training that is kept, and the one under way.

    Parameters
    ----------
    tell : reads runs, puts them aside and brings them back.
    document : the network, which gets a run's weights.

    Signals
    -------
    changed : ``kept`` has other runs, or one has ended.
    """

    changed = Signal()

    def __init__(
        self, tell: Callable[[Command], object], document: Document, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self._document = document
        self._kept: tuple[TrainingProgress, ...] = ()
        self._newest: TrainingProgress | None = None
        """The training of this session that was heard of last."""
        self._was_asked = False

    @property
    def kept(self) -> tuple[TrainingProgress, ...]:
        """Every training that is kept, and the one under way, newest first."""
        return self._kept

    @Slot()
    def load(self) -> None:
        """Have the runs of earlier days read, the first time; ``changed`` follows."""
        if not self._was_asked:
            self._was_asked = True
            self._tell(ListRuns())

    def restore(self, run_id: str, first: bool = False) -> None:
        """Give the network a run's best weights, or those it began with. Can be undone."""
        self._tell(ReadRun(run_id, first))

    def delete(self, run_id: str) -> None:
        """Take a run that has ended from the list. Can be undone."""
        under_way = self._under_way()
        if under_way is None or run_id != under_way.run_id:
            self._document.undo_stack.push(_DeleteRunCommand(self._tell, run_id))

    def write_curves(self, run_id: str, path: Path) -> None:
        """Write a run's curves as a table."""
        for run in self._kept:
            if run.run_id == run_id:
                self._tell(WriteCurves(path, run))

    def write_predictions(
        self, evaluation: Evaluation, dataset: Dataset | None, path: Path
    ) -> None:
        """Write what samples were taken for as a table.

        Parameters
        ----------
        dataset : that the samples are of, for their names; None where it is not open.
        """
        self._tell(WritePredictions(path, evaluation, dataset))

    def take_event(self, event: Event) -> None:
        """Hear what the pipeline reports."""
        match event:
            case TrainingProgressed(progress):
                self._put(progress, has_ended=False)
            case TrainingEnded(progress=progress):
                self._put(progress, has_ended=True)
            case RunsListed(runs):
                self._list(runs)
            case RunsKept(run_ids):
                self._keep_only(run_ids)
            case RunRead(_, first, spec, weights):
                words = self.tr("First weights of a run") if first else self.tr("Weights of a run")
                self._document.learn(spec, weights, words)

    def _put(self, progress: TrainingProgress, *, has_ended: bool) -> None:
        is_new = self._newest is None or self._newest.run_id != progress.run_id
        self._newest = progress
        others = [run for run in self._kept if run.run_id != progress.run_id]
        # Only one training keeps all its moments in memory.
        self._kept = (progress, *(map(shortened, others) if is_new else others))
        if is_new or has_ended:
            self.changed.emit()

    def _list(self, runs: tuple[TrainingProgress, ...]) -> None:
        under_way = self._under_way()
        if under_way is not None:
            runs = (under_way, *(run for run in runs if run.run_id != under_way.run_id))
        self._kept = runs
        self.changed.emit()

    def _keep_only(self, run_ids: tuple[str, ...]) -> None:
        """Let go of what is no longer on disk, and have read what another window put there."""
        under_way = self._under_way()
        kept = tuple(run for run in self._kept if run is under_way or run.run_id in run_ids)
        if kept != self._kept:
            self._kept = kept
            self.changed.emit()
        if self._was_asked and set(run_ids) - {run.run_id for run in kept}:
            self._tell(ListRuns())

    def _under_way(self) -> TrainingProgress | None:
        newest = self._newest
        return newest if newest is not None and newest.state in ("running", "paused") else None


class _DeleteRunCommand(QUndoCommand):
    """A run taken from the list of runs."""

    def __init__(self, tell: Callable[[Command], object], run_id: str) -> None:
        super().__init__(QCoreApplication.translate("DeleteRunCommand", "Delete a run"))
        self._tell = tell
        self._run_id = run_id

    def redo(self) -> None:
        self._tell(SetRunDiscarded(self._run_id, True))

    def undo(self) -> None:
        self._tell(SetRunDiscarded(self._run_id, False))
