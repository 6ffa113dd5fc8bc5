"""The weights that are kept of a training while it goes on."""

from __future__ import annotations

import math

from cnngui.pipeline.training.progress import Evaluation
from cnngui.weights import Weights


class KeptWeights:
    """The best weights so far, and the last ones that did no worse than those at first.

    Parameters
    ----------
    first : before training.

    Attributes
    ----------
    good : to come back to when later ones turn out to be bad.
    best : those with the highest accuracy; of several, with the lowest loss.
    accuracy, epoch, evaluation : of the best ones; None where they were not looked at.
    """

    def __init__(self, first: Weights) -> None:
        self.good = self.best = first
        self.accuracy = 0.0
        self.epoch = 0.0
        self.evaluation: Evaluation | None = None
        self._loss = math.inf

    def is_best(self, accuracy: float, loss: float) -> bool:
        """Return whether weights that are worth this much are the best so far."""
        return (accuracy, -loss) > (self.accuracy, -self._loss)

    def keep_best(
        self,
        weights: Weights,
        accuracy: float,
        loss: float,
        epoch: float,
        evaluation: Evaluation | None,
    ) -> None:
        """Keep these as the best ones."""
        self.best, self.accuracy, self._loss = weights, accuracy, loss
        self.epoch, self.evaluation = epoch, evaluation

    def fall_back(self) -> None:
        """Where no epoch has come to its end, the good ones are the best there are."""
        if self.epoch == 0:
            self.best, self.evaluation = self.good, None
