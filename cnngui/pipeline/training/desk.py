"""What may be asked of the training, as commands to its thread; every call returns at once."""

from __future__ import annotations

from collections.abc import Callable

from cnngui.data.dataset import Dataset
from cnngui.errors import NetworkError, TrainingError
from cnngui.pipeline.engine_commands import ShowWeights
from cnngui.pipeline.engine_worker import EngineWorker
from cnngui.pipeline.events import Event
from cnngui.pipeline.file_worker import FileWorker, Job
from cnngui.pipeline.training.commands import (
    Begin,
    OneBatch,
    Pause,
    Reset,
    Resume,
    SetLearningRate,
    Stop,
)
from cnngui.pipeline.training.progress import (
    MemoryMeasured,
    RunRead,
    RunsListed,
    TrainingEnded,
)
from cnngui.pipeline.training.run_store import RunStore
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.worker import TrainingWorker
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


class TrainingDesk:
    """Where the window gives its orders to the training.

    Parameters
    ----------
    worker : carries them out.
    engine : shows the weights of a training meanwhile.
    files : reads and moves what is kept of earlier trainings.
    store : where that is.
    """

    def __init__(
        self, worker: TrainingWorker, engine: EngineWorker, files: FileWorker, store: RunStore
    ) -> None:
        self._worker = worker
        self._engine = engine
        self._files = files
        self._store = store
        self._to_measure: tuple[NetworkSpec, int] | None = None

    def start(
        self,
        spec: NetworkSpec,
        weights: Weights | None,
        dataset: Dataset,
        settings: TrainingSettings,
        *,
        paused: bool = False,
    ) -> None:
        """Begin a training in place of one that may be under way, which is stopped.

        ``TrainingPreparing`` and ``TrainingProgressed`` follow, or ``TrainingRefused``; in the end
        ``TrainingEnded``. ``weights`` None takes those that the network has in the live view.
        """
        self._worker.tell(Begin(spec, weights, dataset, settings, paused))

    def pause(self) -> None:
        """Stand still after the batch under way."""
        self._worker.tell(Pause())

    def resume(self) -> None:
        """Go on."""
        self._worker.tell(Resume())

    def step(self) -> None:
        """Do one batch, and stand still."""
        self._worker.tell(OneBatch())

    def stop(self) -> None:
        """End it and keep the best weights; ``TrainingEnded`` follows."""
        self._worker.tell(Stop())

    def reset(self) -> None:
        """Go back to the first weights and stand still there."""
        self._worker.tell(Reset())

    def set_learning_rate(self, rate: float) -> None:
        """Go on with another learning rate."""
        self._worker.tell(SetLearningRate(rate))

    def hide_weights(self) -> None:
        """Let the live view compute with the weights that its network names."""
        self._engine.tell(ShowWeights(NetworkSpec(), None))

    def measure_memory(self, spec: NetworkSpec, batch_size: int) -> None:
        """Find out what memory a batch takes; ``MemoryMeasured`` follows. The newest call wins.

        A large network takes half a second.
        """
        self._to_measure = asked = spec, batch_size

        def measured() -> Event | None:
            return (
                MemoryMeasured(*asked, _batch_bytes(*asked)) if self._to_measure is asked else None
            )

        self._do(measured)

    def list_runs(self) -> None:
        """Read the runs kept on disk, and let go of those put aside; ``RunsListed`` follows."""

        def tidied() -> Event:
            self._store.forget_discarded()
            return self._listed()

        self._do(tidied)

    def read_run(self, run_id: str, *, first: bool = False) -> None:
        """Read a run's best weights, or its first ones; ``RunRead`` or ``JobFailed`` follows."""

        def read() -> Event:
            file = self._store.read_weights(run_id, first=first)
            return RunRead(run_id, first, file.spec, file.weights or {})

        self._do(read)

    def set_run_discarded(self, run_id: str, discarded: bool) -> None:
        """Put a run aside, until the next ``list_runs``; or bring it back. ``RunsListed``."""

        def move() -> Event:
            self._store.set_discarded(run_id, discarded)
            return self._listed()

        self._do(move)

    def close(self, timeout_s: float) -> TrainingEnded | None:
        """Stop what is under way, keep it, and end the thread, within the time given.

        Returns the last training's end, if there was one; None also where time did not suffice.
        """
        self._worker.stop()
        self._worker.join(timeout_s)
        return self._worker.ended

    def _do(self, run: Callable[[], Event | None]) -> None:
        self._files.tell(Job("run", run))

    def _listed(self) -> Event:
        return RunsListed(self._store.runs())


def _batch_bytes(spec: NetworkSpec, batch_size: int) -> int:
    from cnngui.engine.learning.network import training_bytes  # not needed at the start

    try:
        return training_bytes(spec, batch_size)
    except (NetworkError, TrainingError):
        return 0
