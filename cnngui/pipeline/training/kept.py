"""The weights that are kept of a training while it goes on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.training.progress import Evaluation
from cnngui.weights import Weights

_BETTER = 0.999
"""A loss lower by less than a thousandth is no better: weights that hardly moved are not."""


class KeptWeights:
    """The weights that did best of those that were measured.

    Parameters
    ----------
    first : before training; kept until others were found to be better.
    classes_alike : whether the mean accuracy of the classes decides, not that of the samples.

    Attributes
    ----------
    weights : those with the highest accuracy; of several, with a clearly lower loss.
    evaluation : of them; None before anything was measured.
    """

    def __init__(self, first: Weights, *, classes_alike: bool = False) -> None:
        self.weights = first
        self._classes_alike = classes_alike
        self.evaluation: Evaluation | None = None

    def offer(self, evaluation: Evaluation, weights: Callable[[], Weights]) -> None:
        """Keep weights that were measured if they are better. The first ones come first.

        Parameters
        ----------
        evaluation : of these weights, on the samples that the first evaluation was of, or some of
            those: what is kept is then judged by the same ones.
        weights : called for a copy of them.
        """
        if self.evaluation is None:
            self.evaluation = evaluation
        elif self._is_better(evaluation, self.evaluation):
            self.weights, self.evaluation = weights(), evaluation

    def _is_better(self, new: Evaluation, old: Evaluation) -> bool:
        if len(new.indices) == len(old.indices):
            one, other = self._accuracy(new), self._accuracy(old)
            if one != other:
                return one > other
            return new.measured.loss < _BETTER * old.measured.loss
        return _is_better_on_common_samples(new, old)

    def _accuracy(self, evaluation: Evaluation) -> float:
        if self._classes_alike:
            return float(np.nanmean(evaluation.summary.class_accuracies))
        return evaluation.measured.accuracy


def _is_better_on_common_samples(new: Evaluation, old: Evaluation) -> bool:
    # Losses were measured on different samples, but what each sample was taken for is known.
    common = np.intersect1d(new.indices, old.indices)
    return _worth(new, common) > _worth(old, common)


def _worth(evaluation: Evaluation, indices: NDArray[np.int64]) -> tuple[float, float]:
    """Return accuracy, and mean probability of the right class, on some of the samples."""
    places = np.flatnonzero(np.isin(evaluation.indices, indices))
    labels = evaluation.labels[places]
    right = evaluation.summary.predicted[places] == labels
    shares = evaluation.probabilities[places, labels]
    return float(right.mean()), float(shares.mean())
