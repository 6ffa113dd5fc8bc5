"""Collects what is measured in a training as curves of bounded length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.training.progress import Curves
from cnngui.pipeline.training.thinning import ThinnedList

_MOST_POINTS = 2000
_KEPT_SHARE = 0.95
"""The average keeps this share of itself with each batch: it follows the last twenty or so."""


class CurveRecorder:
    """The curves of one training as they grow.

    Attributes
    ----------
    smooth_loss, smooth_accuracy : exponential moving averages over the batches; 0 before the first.
    """

    def __init__(self) -> None:
        self.smooth_loss = 0.0
        self.smooth_accuracy = 0.0
        self._weight = 0.0
        self._batches: ThinnedList[tuple[float, ...]] = ThinnedList(_MOST_POINTS)
        self._validations: ThinnedList[tuple[float, ...]] = ThinnedList(_MOST_POINTS)

    def add_batch(self, epoch: float, loss: float, accuracy: float) -> None:
        """Add what one training batch gave; ``epoch`` is a fraction."""
        self._weight = _KEPT_SHARE * self._weight + (1 - _KEPT_SHARE)
        # Weighted by all there were so far, so that the first batches count fully.
        share = (1 - _KEPT_SHARE) / self._weight
        self.smooth_loss += share * (loss - self.smooth_loss)
        self.smooth_accuracy += share * (accuracy - self.smooth_accuracy)
        self._batches.add((epoch, loss, accuracy, self.smooth_loss, self.smooth_accuracy))

    def add_validation(self, epoch: float, loss: float, accuracy: float) -> None:
        """Add what was measured on the samples kept apart."""
        self._validations.add((epoch, loss, accuracy))

    def curves(self) -> Curves:
        """Return all of it up to now, as fresh read-only arrays."""
        return Curves(
            *_columns(self._batches.items(), 5),
            *_columns(self._validations.items(), 3),
        )


def _columns(points: Sequence[tuple[float, ...]], count: int) -> NDArray[np.float32]:
    columns = np.array(points, np.float32).reshape(-1, count).T.copy()
    columns.flags.writeable = False
    return columns
