"""Whether a training gets anywhere: the trend of its loss, beside the size of its steps."""

from __future__ import annotations

import math
import statistics
from collections import deque
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.training.settings import LossName

Verdict = Literal["too small", "too large", "stuck"]
"""Of the learning rate; "stuck": the loss does not fall, and the rate is not to blame."""

_LAST_BATCHES = 20
"""The median loss of so many is where it is now: a single wild batch does not count."""
_FIRST_BATCHES = 10
"""The mean loss of so many is where it began; the very first one alone says too little."""
_STEPS_BEFORE_JUDGING = 20
_STEPS_BEFORE_STUCK = 100

_BETTER = 0.95
"""A loss below this share of the one it began with has fallen."""
_LEARNED = 0.3
"""A loss below this share of what guessing costs need not fall any more."""
_RISEN = 1.5
"""A loss of so many times the one it began with has risen."""
_LARGE_STEP = 0.3
"""A step that changes the weights of a layer by this share of their length leaves little of them.
"""
_SHORT_WAY = 0.05
"""Weights that go no farther than this share of their length, all steps added up, stay as they are.
"""


class Course:
    """Follows the loss and the steps of one training, or of it since its rate was changed.

    Parameters
    ----------
    guessing : what the loss is of somebody who knows how frequent classes are, and nothing else.
    steps : how many there will be.
    warmup_steps : how many of them are smaller than they are meant to be.

    Attributes
    ----------
    first, now : the loss at first, and the median of the last batches.
    pace : by which share of its length the fastest layer is changed in a step, on average.
    peak : the most it was changed by in one step.
    guessing : as given.
    verdict : None while it learns, or while it is too early to tell.
    """

    def __init__(self, guessing: float, steps: int, warmup_steps: int = 0) -> None:
        self.guessing = guessing
        self._steps_left = steps
        self._warmup_left = warmup_steps
        self.restart()

    def restart(self) -> None:
        """Judge only what comes from now on."""
        self.first = self.now = 0.0
        self.pace = self.peak = 0.0
        self.verdict: Verdict | None = None
        self._steps = self._paced = 0
        self._lowest = math.inf
        self._very_first = 0.0
        self._total = 0.0
        self._last: deque[float] = deque(maxlen=_LAST_BATCHES)

    def add_step(self, loss: float, change: float) -> None:
        """Take in a step.

        Parameters
        ----------
        loss : of its batch, before the step.
        change : the largest change of a layer's weights, as a share of their length.
        """
        self._steps += 1
        self._steps_left -= 1
        if self._steps <= _FIRST_BATCHES:
            self._total += loss
            self.first = min(self._total / self._steps, self._first_bound(loss))
        self._last.append(loss)
        self.now = statistics.median(self._last)
        self._lowest = min(self._lowest, self.now)
        self.peak = max(self.peak, change)
        self._warmup_left -= 1
        if self._warmup_left < 0:
            self._paced += 1
            self.pace += (change - self.pace) / self._paced
        self.verdict = self._judge()

    @property
    def has_fallen(self) -> bool:
        """Whether the loss is clearly lower than it was, or than guessing."""
        goal = min(self.first, max(self.guessing, self.first / 2))
        return self._steps > 1 and self.now < _BETTER * goal

    def _first_bound(self, loss: float) -> float:
        """Return what the first loss is at most: a rate too large spoils it within some steps."""
        if self._steps == 1:
            self._very_first = max(loss, self.guessing)
        return self._very_first

    def _judge(self) -> Verdict | None:
        if self._steps < _FIRST_BATCHES:
            return None
        if self.now > _RISEN * max(self.first, self.guessing):
            return "too large"
        if self.now > 2 * self._lowest + self.guessing / 4:
            return "too large"  # it had learned, and lost it again
        if self._steps < _STEPS_BEFORE_JUDGING or self.has_fallen:
            return None
        if self.now < _LEARNED * self.guessing:
            return None
        if self.peak > _LARGE_STEP:
            return "too large"
        is_still = self._paced >= _STEPS_BEFORE_JUDGING and self._way() < _SHORT_WAY
        if is_still and self.now >= _BETTER * self.first:
            return "too small"
        if self._steps >= max(_STEPS_BEFORE_STUCK, self._steps_left):
            return "stuck"
        return None

    def _way(self) -> float:
        """Return how far the weights will have gone in the end, at most, at this pace."""
        return self.pace * (self._paced + max(self._steps_left, 0))


def guessing_loss(
    labels: NDArray[np.int64], classes: int, loss: LossName, weights: NDArray[np.float32] | None
) -> float:
    """Return the loss of who answers with the frequencies of the classes, whatever the sample.

    Parameters
    ----------
    labels : int64 ``(N,)``.
    classes : K.
    loss : which one.
    weights : float32 ``(K,)``, what each class counts; None for all alike.
    """
    counts = np.bincount(labels, minlength=classes).astype(np.float64)
    if weights is not None:
        counts *= weights
    shares = counts / counts.sum()
    if loss == "mse":
        return float(np.sum(shares * (1 - shares)) / classes)
    found = shares[shares > 0]
    return float(-np.sum(found * np.log(found)))
