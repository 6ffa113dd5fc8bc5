"""What settings mean to the engine."""

from __future__ import annotations

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


def lower_rate(settings: TrainingSettings) -> float:
    """Return a learning rate to try where the one of the settings was too high."""
    usual = 1e-2 if settings.optimizer == "sgd" else 1e-3
    return min(settings.learning_rate / 10, usual)
