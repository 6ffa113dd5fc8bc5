"""How few samples are learned from: in small batches, again and again."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.training.settings import TrainingSettings

FEWEST_STEPS = 100
"""Adam's steps are small: after fewer of them hardly any network knows its classes."""
_GOOD_STEPS = 150
_SMALL_BATCH = 8
_UNBALANCED = 3
"""A class that has so many times the samples of another one outweighs it."""


def rarest_class(labels: NDArray[np.int64], classes: int) -> tuple[int, int] | None:
    """Return the rarest class and the commonest one; None where no class is rare.

    Parameters
    ----------
    labels : int64 ``(N,)``.
    classes : how many there are; those without samples are not counted.
    """
    counts = np.bincount(labels, minlength=classes)
    present = np.flatnonzero(counts)
    if not len(present):
        return None
    rare, common = (present[pick(counts[present])] for pick in (np.argmin, np.argmax))
    if counts[common] < _UNBALANCED * counts[rare]:
        return None
    return int(rare), int(common)


def step_count(settings: TrainingSettings, samples: int) -> int:
    """Return how many times a training on so many samples changes the weights."""
    learned = max(round(samples * (1 - settings.validation_share)), 1)
    return settings.epochs * math.ceil(learned / settings.batch_size)


def with_enough_steps(settings: TrainingSettings, samples: int) -> TrainingSettings | None:
    """Return settings of smaller batches and more epochs; None where there are steps enough."""
    if step_count(settings, samples) >= FEWEST_STEPS:
        return None
    small = replace(settings, batch_size=min(settings.batch_size, _SMALL_BATCH))
    steps_an_epoch = step_count(replace(small, epochs=1), samples)
    epochs = max(small.epochs, 10 * math.ceil(_GOOD_STEPS / steps_an_epoch / 10))
    return replace(small, epochs=epochs)
