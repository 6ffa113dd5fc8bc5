"""How far a network's answers are from what is right, and in which direction they should go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class LossResult:
    """What a loss makes of one batch; arrays have the logits' dtype.

    Attributes
    ----------
    value : the mean over the batch.
    probabilities : ``(N, K)``, the softmax of the logits.
    gradient : ``(N, K)``, of the value by the logits.
    weight : what the batch counts beside others: its samples, each as much as its class does.
    """

    value: float
    probabilities: NDArray[Any]
    gradient: NDArray[Any]
    weight: float


class Loss(Protocol):
    """Compares a batch's logits ``(N, K)`` with its labels: int64 ``(N,)``, each below K."""

    def __call__(self, logits: NDArray[Any], labels: NDArray[np.int64]) -> LossResult: ...  # noqa: D102


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Return ``exp(x)`` made to sum to 1 in each row of ``(N, K)``; fresh, of the same dtype."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


class _Weighted:
    """What two losses have in common.

    Parameters
    ----------
    class_weights : float32 ``(K,)``, how much a sample of each class counts, as in PyTorch's
        ``CrossEntropyLoss(weight=...)``: means are divided by the sum of the weights. None lets all
        samples count alike.
    """

    def __init__(self, class_weights: NDArray[np.float32] | None = None) -> None:
        self._class_weights = class_weights

    def _shares(self, labels: NDArray[np.int64]) -> tuple[NDArray[Any] | None, float]:
        """Return what each sample is of the mean, None for all alike; and what all count."""
        if self._class_weights is None:
            return None, float(len(labels))
        weights = self._class_weights[labels]
        total = float(weights.sum())
        return weights / total, total


class CrossEntropy(_Weighted):
    """Minus the logarithm of the probability that the softmax gives to the right class."""

    def __call__(self, logits: NDArray[Any], labels: NDArray[np.int64]) -> LossResult:
        """Return loss, probabilities and gradient; see ``Loss``."""
        rows = np.arange(len(logits))
        shifted = logits - logits.max(axis=1, keepdims=True)
        probabilities = np.exp(shifted)
        sums = probabilities.sum(axis=1, keepdims=True)
        # Not the logarithm of the probability, which may have become 0.
        values = np.log(sums[:, 0]) - shifted[rows, labels]
        probabilities /= sums
        gradient = probabilities.copy()
        gradient[rows, labels] -= 1
        shares, weight = self._shares(labels)
        if shares is None:
            gradient /= len(logits)
            value = np.mean(values)
        else:
            gradient *= shares[:, np.newaxis]
            value = np.sum(shares * values)
        return LossResult(float(value), probabilities, gradient, weight)


class MeanSquaredError(_Weighted):
    """The mean square of how far each output is from 1 (the right class's) or 0 (all others').

    As in PyTorch, the mean goes over the outputs, too.
    """

    def __call__(self, logits: NDArray[Any], labels: NDArray[np.int64]) -> LossResult:
        """Return loss, probabilities and gradient; see ``Loss``."""
        distance = logits.copy()
        distance[np.arange(len(logits)), labels] -= 1
        shares, weight = self._shares(labels)
        if shares is None:
            value = np.mean(np.square(distance))
            distance *= 2 / distance.size
        else:
            value = np.sum(shares * np.square(distance).mean(axis=1))
            distance *= shares[:, np.newaxis] * (2 / distance.shape[1])
        return LossResult(float(value), softmax(logits), distance, weight)


def loss_named(
    name: Literal["cross-entropy", "mse"], class_weights: NDArray[np.float32] | None = None
) -> Loss:
    """Return the loss that settings call by that name; see its class for ``class_weights``."""
    loss = CrossEntropy if name == "cross-entropy" else MeanSquaredError
    return loss(class_weights)
