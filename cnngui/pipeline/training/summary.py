"""What can be read off the probabilities that a network gives labelled samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.training.progress import Confusion, EvaluationSummary

MOST_MATRIX_CLASSES = 60
"""A larger table of confusions is mostly zeros, and its cells too small to be pointed at."""

_MOST_CONFUSIONS = 200
_MOST_SAMPLES = 60


def summarise(labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> EvaluationSummary:
    """Count and rank what a network makes of samples.

    Parameters
    ----------
    labels : int64 ``(N,)``, what the samples are, each below K.
    probabilities : float32 ``(N, K)``; NaN counts as 0.
    """
    count, classes = probabilities.shape
    shares = np.nan_to_num(probabilities, copy=True, nan=0.0)
    places = np.arange(count)
    predicted = shares.argmax(axis=1).astype(np.int64)
    is_right = predicted == labels
    class_counts = np.bincount(labels, minlength=classes).astype(np.int64)
    right_counts = np.bincount(labels[is_right], minlength=classes)
    taken_counts = np.bincount(predicted, minlength=classes)
    with np.errstate(invalid="ignore"):
        class_accuracies = (right_counts / class_counts).astype(np.float32)
        class_precisions = (right_counts / taken_counts).astype(np.float32)
        class_f1 = (2 * right_counts / (class_counts + taken_counts)).astype(np.float32)
    over_truth = shares[places, predicted] - shares[places, labels]
    return EvaluationSummary(
        accuracy=float(is_right.mean()) if count else 0.0,
        predicted=predicted,
        matrix=_matrix(labels, predicted, classes) if classes <= MOST_MATRIX_CLASSES else None,
        confusions=_confusions(labels[~is_right], predicted[~is_right], classes),
        class_counts=class_counts,
        class_accuracies=class_accuracies,
        class_precisions=class_precisions,
        class_f1=class_f1,
        most_wrong=_first(over_truth, places[~is_right], largest=True),
        most_unsure=_first(_lead(shares), places, largest=False),
    )


def _matrix(
    labels: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    counts = np.bincount(labels * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def _confusions(
    labels: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> tuple[Confusion, ...]:
    kinds, counts = np.unique(labels * classes + predicted, return_counts=True)
    commonest = np.argsort(-counts, kind="stable")[:_MOST_CONFUSIONS]
    return tuple(
        Confusion(*divmod(int(kinds[place]), classes), int(counts[place])) for place in commonest
    )


def _lead(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much each sample's largest share exceeds the next one."""
    if shares.shape[1] < 2:
        return np.ones(len(shares), np.float32)
    two = np.partition(shares, -2, axis=1)[:, -2:]
    return two[:, 1] - two[:, 0]


def _first(
    keys: NDArray[np.float32], places: NDArray[np.int64], *, largest: bool
) -> NDArray[np.int64]:
    """Return the places with the largest or smallest keys, in order."""
    sorted_keys = -keys[places] if largest else keys[places]
    return places[np.argsort(sorted_keys, kind="stable")[:_MOST_SAMPLES]].astype(np.int64)
