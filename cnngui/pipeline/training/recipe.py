"""What settings mean to the engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.learning.optimizers import SGD, Adam, AdamW, Optimizer
from cnngui.pipeline.training.settings import TrainingSettings


def make_optimizer(settings: TrainingSettings) -> Optimizer:
    """Return a new optimizer as the settings want it."""
    rate, decay = settings.learning_rate, settings.weight_decay
    match settings.optimizer:
        case "sgd":
            return SGD(rate, settings.momentum, nesterov=settings.nesterov, weight_decay=decay)
        case "adam":
            return Adam(rate, weight_decay=decay)
        case "adamw":
            return AdamW(rate, weight_decay=decay)


_USUAL = {"sgd": 1e-2, "adam": 1e-3, "adamw": 1e-3}


def class_weights(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Return weights with which classes count alike: float32 ``(K,)``, 1 where all are as frequent.

    Parameters
    ----------
    labels : int64 ``(N,)``, of what is learned from.
    classes : K.
    """
    counts = np.bincount(labels, minlength=classes)
    return (len(labels) / (classes * np.maximum(counts, 1))).astype(np.float32)


def higher_rate(settings: TrainingSettings) -> float:
    """Return a learning rate to try where the one of the settings was too low."""
    return max(10 * settings.learning_rate, _USUAL[settings.optimizer])


def lower_rate(settings: TrainingSettings) -> float:
    """Return a learning rate to try where the one of the settings was too high."""
    return min(settings.learning_rate / 10, _USUAL[settings.optimizer])
