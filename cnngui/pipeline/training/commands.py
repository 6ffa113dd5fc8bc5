"""What the thread that trains may be told."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.data.dataset import Dataset
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


@dataclass(frozen=True, eq=False)
class Begin:
    """Train this network on these samples."""

    spec: NetworkSpec
    weights: Weights | None
    dataset: Dataset
    settings: TrainingSettings
    paused: bool


@dataclass(frozen=True)
class Pause:
    """Stand still."""


@dataclass(frozen=True)
class Resume:
    """Go on."""


@dataclass(frozen=True)
class OneBatch:
    """Do one batch, then stand still."""


@dataclass(frozen=True)
class Stop:
    """End it."""


@dataclass(frozen=True)
class Reset:
    """Go back to the first weights."""


@dataclass(frozen=True)
class SetLearningRate:
    """Go on with another learning rate."""

    rate: float


TrainingCommand = Begin | Pause | Resume | OneBatch | Stop | Reset | SetLearningRate
