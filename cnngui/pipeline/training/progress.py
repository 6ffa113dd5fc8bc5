"""How a training stands: what the window paints several times a second. Arrays are read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import UserError, Words
from cnngui.pipeline.messages import NewestOnly
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

TrainingState = Literal["preparing", "running", "paused", "finished", "stopped", "failed"]
"""The last three are ends. "failed": gradients or loss were no longer numbers."""

Ailment = Literal["vanishing", "silenced", "exploding", "nan"]
"""Gradients that never reach a layer; that do not any more; that change it too much; no numbers."""

FindingKind = Literal[
    "too large",
    "too small",
    "stuck",
    "idle",
    "vanishing",
    "silenced",
    "exploding",
    "nan",
    "overfitting",
    "alike",
    "no better",
    "ended early",
]

Basis = Literal["validation", "training", "test"]
"""Samples kept apart; those learned from, where none are kept apart; others, given in the end."""


@dataclass(frozen=True)
class Measurement:
    """What some weights are worth, and how that was found out.

    Attributes
    ----------
    basis : which samples were looked at.
    samples : how many of them.
    epoch : when the weights were as they were measured, in epochs; 0 before training.
    accuracy : share of the samples taken for what they are.
    loss : the mean over them.
    """

    basis: Basis
    samples: int
    epoch: float
    accuracy: float
    loss: float


@dataclass(frozen=True, eq=False)
class Curves:
    """What was measured so far; bounded, long trainings are thinned out.

    Attributes
    ----------
    epochs : float32 ``(S,)``, when, in epochs, ``loss`` and ``accuracy`` of batches were measured.
    loss, accuracy : float32 ``(S,)``, of training batches, raw.
    smooth_loss, smooth_accuracy : float32 ``(S,)``, their exponential moving averages.
    validation_epochs, validation_loss, validation_accuracy : float32 ``(E,)``; the first is
        measured before training, at 0; empty if nothing is kept apart.
    """

    epochs: NDArray[np.float32]
    loss: NDArray[np.float32]
    accuracy: NDArray[np.float32]
    smooth_loss: NDArray[np.float32]
    smooth_accuracy: NDArray[np.float32]
    validation_epochs: NDArray[np.float32]
    validation_loss: NDArray[np.float32]
    validation_accuracy: NDArray[np.float32]


@dataclass(frozen=True)
class RateChange:
    """The learning rate became another one on the way.

    Attributes
    ----------
    step, epoch, seconds : after how many batches, epochs, seconds of training.
    rate : the new one, to which the schedule's factor is applied.
    """

    step: int
    epoch: float
    seconds: float
    rate: float


@dataclass(frozen=True)
class LayerHealth:
    """How one layer learns, averaged over the last steps.

    Attributes
    ----------
    gradient : root mean square of its gradients.
    update : length of the change of its weights in a step, as a share of the weights' length.
    """

    layer_id: str
    gradient: float
    update: float
    ailment: Ailment | None = None


@dataclass(frozen=True)
class IdleUnits:
    """How many of an activation's units (or maps) follow no change of what they read.

    They are saturated, or 0, for every sample looked at; no gradient comes through them.
    """

    layer_id: str
    idle: int
    units: int


@dataclass(frozen=True)
class Finding:
    """Something to be told of a training, with what can be done about it."""

    kind: FindingKind
    words: Words


@dataclass(frozen=True, eq=False)
class KernelMoment:
    """The convolutions' weights at one moment, by layer id: ``(out, in / groups, kh, kw)``."""

    step: int
    epoch: float
    kernels: dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Confusion:
    """``count`` samples of class ``label`` that were taken for class ``predicted``."""

    label: int
    predicted: int
    count: int


@dataclass(frozen=True, eq=False)
class EvaluationSummary:
    """What can be read off an evaluation; "places" are those of its samples, 0..N-1.

    Attributes
    ----------
    accuracy : share of the samples taken for what they are; 0 if there are none.
    predicted : int64 ``(N,)``, the class of the largest probability.
    matrix : int64 ``(K, K)``, counts by label (row) and by what it was taken for (column); None
        where there are too many classes for one to be looked at.
    confusions : the commonest mistakes, most first; bounded.
    class_counts : int64 ``(K,)``, samples of each class.
    class_accuracies : float32 ``(K,)``, what share of each class's samples is taken for it, which
        is its recall; NaN for a class without samples.
    class_precisions : float32 ``(K,)``, what share of the samples taken for a class is of it; NaN
        where none is.
    class_f1 : float32 ``(K,)``, the harmonic mean of both: 2 TP / (2 TP + FP + FN); NaN where
        there are neither samples nor any taken for them.
    most_wrong : int64, places of mistakes, those made with most confidence first; bounded.
    most_unsure : int64, places, those whose two largest probabilities are closest first; bounded.
    """

    accuracy: float
    predicted: NDArray[np.int64]
    matrix: NDArray[np.int64] | None
    confusions: tuple[Confusion, ...]
    class_counts: NDArray[np.int64]
    class_accuracies: NDArray[np.float32]
    class_precisions: NDArray[np.float32]
    class_f1: NDArray[np.float32]
    most_wrong: NDArray[np.int64]
    most_unsure: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What the network makes of samples.

    Attributes
    ----------
    measured : on which ones, when, and what came of it.
    classes : names.
    indices : int64 ``(N,)``, which samples of the data set.
    labels : int64 ``(N,)``, what they are.
    probabilities : float32 ``(N, K)``.
    summary : made with ``summary.summarise`` where the evaluation is made, off the window's thread.
    """

    measured: Measurement
    classes: tuple[str, ...]
    indices: NDArray[np.int64]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    summary: EvaluationSummary


@dataclass(frozen=True, eq=False)
class TrainingProgress:
    """A training as it stands; also what is kept of it as a run when it has ended.

    Attributes
    ----------
    run_id : names the run, also on disk.
    state : see ``TrainingState``.
    spec : the network being trained, with its classes.
    data_name, data_address : of the data set.
    settings : as they were in the beginning.
    rate_changes : what became of the learning rate on the way, in order.
    samples : (training, validation) counts.
    epoch : how many epochs are done, as a fraction.
    step, steps : batches done, and in all.
    learning_rate : of the last step.
    samples_per_second, seconds_left : 0 while unknown.
    memory_bytes : what activations kept for backward and their gradients take.
    curves, layers, moments : see there; ``moments[0]`` is before training, the last one is now.
    findings : what is to be told of how it goes, the worst first.
    best : what the weights kept as the best ones are worth; at epoch 0 they are the first ones.
        None where nothing was measured: the first ones are kept then, too.
    evaluation : the newest, while the training goes on; of the best weights when it has ended.
    message : why it failed, in words; "" otherwise.
    measuring : whether it is finding out what the weights are worth: before the first batch, after
        an epoch, or when it was stopped in one.
    """

    run_id: str
    state: TrainingState
    spec: NetworkSpec
    data_name: str
    data_address: str
    settings: TrainingSettings
    rate_changes: tuple[RateChange, ...]
    samples: tuple[int, int]
    epoch: float
    step: int
    steps: int
    learning_rate: float
    samples_per_second: float
    seconds_left: float
    memory_bytes: int
    curves: Curves
    layers: tuple[LayerHealth, ...]
    moments: tuple[KernelMoment, ...]
    findings: tuple[Finding, ...]
    best: Measurement | None
    evaluation: Evaluation | None
    message: Words = ""
    measuring: bool = False


@dataclass(frozen=True)
class TrainingPreparing(NewestOnly):
    """Event: so many of the samples have been made ready; no batch yet."""

    done: int
    total: int


@dataclass(frozen=True)
class MemoryMeasured(NewestOnly):
    """Event: a batch takes so many bytes; 0 for a network that cannot learn."""

    spec: NetworkSpec
    batch_size: int
    memory_bytes: int


@dataclass(frozen=True)
class StepTime:
    """How long a step of a training takes; where ``is_more``, longer than that."""

    seconds: float
    is_more: bool = False


@dataclass(frozen=True)
class TimesMeasured(NewestOnly):
    """Event: how long a step of each network takes; None for those that cannot be measured."""

    specs: tuple[NetworkSpec, ...]
    batch_size: int
    times: tuple[StepTime | None, ...]


@dataclass(frozen=True, eq=False)
class TrainingProgressed(NewestOnly):
    """Event: a training goes on, has paused or has ended."""

    progress: TrainingProgress


@dataclass(frozen=True, eq=False)
class TrainingEnded:
    """Event, never lost: a training has ended; these are its weights.

    Attributes
    ----------
    progress : as it stood at the end.
    spec : the network with the layers' ``weights_id`` naming the learned weights.
    weights : the best ones.
    """

    progress: TrainingProgress
    spec: NetworkSpec
    weights: Weights


@dataclass(frozen=True)
class TrainingRefused:
    """Event, never lost: a training could not begin; or, without an error, it was given up."""

    error: UserError | None


@dataclass(frozen=True, eq=False)
class RunsListed:
    """Event: the runs kept on disk, newest first."""

    runs: tuple[TrainingProgress, ...]


@dataclass(frozen=True)
class RunsKept:
    """Event: a run was written or let go; these are on disk now, newest first."""

    run_ids: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RunRead:
    """Event: a run's best or first weights were read; ``spec`` names them."""

    run_id: str
    first: bool
    spec: NetworkSpec
    weights: Weights
