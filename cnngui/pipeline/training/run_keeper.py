"""Who reads and moves the trainings that are kept, and measures what another one would take."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, get_args

from cnngui.errors import NetworkError, TrainingError
from cnngui.pipeline.events import Event, Saved
from cnngui.pipeline.file_worker import FileWorker, Job
from cnngui.pipeline.training.commands import (
    ListRuns,
    MeasureMemory,
    MeasureTimes,
    ReadRun,
    RunCommand,
    SetRunDiscarded,
    WriteCurves,
    WritePredictions,
)
from cnngui.pipeline.training.progress import (
    MemoryMeasured,
    RunRead,
    RunsListed,
    StepTime,
    TimesMeasured,
)
from cnngui.pipeline.training.run_store import RunStore
from cnngui.pipeline.training.tables import curves_table, predictions_table, write_table
from cnngui.spec.network import NetworkSpec

_LONGEST_TO_MEASURE_S = 1.0
"""A network's step is not waited for any longer: it is known by then that it is slow."""


class RunKeeper:
    """Makes jobs for the thread of files of what it is told.

    Parameters
    ----------
    files : runs the jobs.
    store : where runs are.
    """

    carries_out: ClassVar[tuple[type, ...]] = get_args(RunCommand)

    def __init__(self, files: FileWorker, store: RunStore) -> None:
        self._files = files
        self._store = store
        self._newest: dict[type, RunCommand] = {}
        """The commands of which only the newest counts."""

    def tell(self, command: RunCommand) -> bool:
        """Queue a command; False if nobody will see it any more."""
        if isinstance(command, MeasureMemory | MeasureTimes):
            self._newest[type(command)] = command
        return self._files.tell(Job("run", partial(self._carry_out, command)))

    def _carry_out(self, command: RunCommand) -> Event | None:
        match command:
            case MeasureMemory() | MeasureTimes() if command is not self._newest[type(command)]:
                return None
            case MeasureMemory():
                return self._measure(command)
            case MeasureTimes(specs, batch_size):
                return TimesMeasured(specs, batch_size, _step_times(specs, batch_size))
            case ReadRun(run_id, first):
                file = self._store.read_weights(run_id, first=first)
                return RunRead(run_id, first, file.spec, file.weights or {})
            case WriteCurves(path, run):
                write_table(path, curves_table(run.curves))
                return Saved("curves", path)
            case WritePredictions(path, evaluation, dataset):
                name_of = None if dataset is None else dataset.sample_name
                write_table(path, predictions_table([(evaluation, name_of)]))
                return Saved("predictions", path)
            case SetRunDiscarded(run_id, discarded):
                self._store.set_discarded(run_id, discarded)
            case ListRuns():
                self._store.forget_discarded()
        return RunsListed(self._store.runs())

    def _measure(self, command: MeasureMemory) -> Event:
        taken = _batch_bytes(command.spec, command.batch_size)
        return MemoryMeasured(command.spec, command.batch_size, taken)


def _step_times(specs: tuple[NetworkSpec, ...], batch_size: int) -> tuple[StepTime | None, ...]:
    from cnngui.pipeline.training.timing import step_time  # not needed at the start

    return tuple(step_time(spec, batch_size, _LONGEST_TO_MEASURE_S) for spec in specs)


def _batch_bytes(spec: NetworkSpec, batch_size: int) -> int:
    from cnngui.engine.learning.network import training_bytes  # not needed at the start

    try:
        return training_bytes(spec, batch_size)
    except (NetworkError, TrainingError):
        return 0
