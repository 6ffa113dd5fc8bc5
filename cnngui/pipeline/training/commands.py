"""What the thread that trains, and who keeps its runs, may be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnngui.data.dataset import Dataset
from cnngui.pipeline.messages import NewestOnly
from cnngui.pipeline.training.progress import Evaluation, TrainingProgress
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


@dataclass(frozen=True, eq=False)
class StartTraining:
    """Begin a training in place of one that may be under way, which is stopped.

    ``TrainingPreparing`` and ``TrainingProgressed`` follow, or ``TrainingRefused``; in the end
    ``TrainingEnded``.

    Attributes
    ----------
    weights : to begin with; None takes those that the network has in the live view.
    paused : stand still before the first batch.
    """

    spec: NetworkSpec
    weights: Weights | None
    dataset: Dataset
    settings: TrainingSettings
    paused: bool = False


@dataclass(frozen=True)
class PauseTraining:
    """Stand still after the batch under way."""


@dataclass(frozen=True)
class ResumeTraining:
    """Go on."""


@dataclass(frozen=True)
class TrainOneBatch:
    """Do one batch, then stand still."""


@dataclass(frozen=True)
class StopTraining:
    """End it and keep the best weights; ``TrainingEnded`` follows."""


@dataclass(frozen=True)
class ResetTraining:
    """Go back to the first weights and stand still there."""


@dataclass(frozen=True)
class SetLearningRate:
    """Go on with another learning rate."""

    rate: float


TrainingCommand = (
    StartTraining
    | PauseTraining
    | ResumeTraining
    | TrainOneBatch
    | StopTraining
    | ResetTraining
    | SetLearningRate
)


@dataclass(frozen=True)
class MeasureMemory(NewestOnly):
    """Find out what memory a batch takes; ``MemoryMeasured`` follows.

    A large network takes half a second.
    """

    spec: NetworkSpec
    batch_size: int


@dataclass(frozen=True)
class MeasureTimes(NewestOnly):
    """Find out how long a step of each network takes; ``TimesMeasured`` follows.

    That takes up to a second for each.
    """

    specs: tuple[NetworkSpec, ...]
    batch_size: int


@dataclass(frozen=True)
class ListRuns:
    """Read the runs kept on disk, and let go of those put aside; ``RunsListed`` follows."""


@dataclass(frozen=True)
class ReadRun:
    """Read a run's best weights, or its first ones; ``RunRead`` or ``JobFailed`` follows."""

    run_id: str
    first: bool = False


@dataclass(frozen=True)
class SetRunDiscarded:
    """Put a run aside, until the next ``ListRuns``; or bring it back. ``RunsListed`` follows."""

    run_id: str
    discarded: bool


@dataclass(frozen=True, eq=False)
class WriteCurves:
    """Write a run's curves as a table; ``Saved("curves")`` or ``JobFailed`` follows."""

    path: Path
    run: TrainingProgress


@dataclass(frozen=True, eq=False)
class WritePredictions:
    """Write what samples were taken for as a table; ``Saved("predictions")`` or ``JobFailed``.

    Attributes
    ----------
    dataset : that the samples are of, for their names; None where it is not open.
    """

    path: Path
    evaluation: Evaluation
    dataset: Dataset | None


RunCommand = (
    MeasureMemory
    | MeasureTimes
    | ListRuns
    | ReadRun
    | SetRunDiscarded
    | WriteCurves
    | WritePredictions
)
