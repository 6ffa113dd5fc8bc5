"""How long a training would take on this machine: found out by doing a batch of it."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from cnngui.engine.gradients.interruption import AbandonedError, Interruption
from cnngui.engine.learning.losses import CrossEntropy
from cnngui.engine.learning.network import TrainableNetwork, training_bytes
from cnngui.errors import NetworkError, TrainingError
from cnngui.pipeline.training.progress import StepTime
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

_BATCHES = 3
"""The first one takes longer: everything is made ready for it."""
_MOST_BYTES = 1_000_000_000


def step_time(spec: NetworkSpec, batch_size: int, most_s: float) -> StepTime | None:
    """Return how long a step takes, or that it is longer than this can wait.

    None for a network that cannot learn, or that takes much memory.

    Parameters
    ----------
    spec : ends in one number per class.
    batch_size : samples per step.
    most_s : what may be spent on it; for a step that takes longer that is the answer.
    """
    began = perf_counter()

    def is_late() -> bool:
        return perf_counter() - began > most_s

    def give_up() -> None:
        raise AbandonedError

    seconds = most_s
    try:
        if training_bytes(spec, batch_size) > _MOST_BYTES:
            return None
        # Which weights it has makes no difference.
        network = TrainableNetwork(spec.redrawn(0), interruption=Interruption(is_late, give_up))
        x = np.random.default_rng(0).random((batch_size, *spec.input.shape), np.float32)
        (units,) = infer(spec).shapes[spec.last_id]
        labels = np.arange(batch_size) % units
        for _ in range(_BATCHES):
            start = perf_counter()
            network.gradients_of(x, labels, CrossEntropy())
            seconds = min(seconds, perf_counter() - start)
    except AbandonedError:
        return StepTime(seconds, is_more=seconds == most_s)
    except (NetworkError, TrainingError, MemoryError):
        return None
    return StepTime(seconds)
