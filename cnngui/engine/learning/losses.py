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
    """

    value: float
    probabilities: NDArray[Any]
    gradient: NDArray[Any]


class Loss(Protocol):
    """Compares a batch's logits ``(N, K)`` with its labels: int64 ``(N,)``, each below K."""

    def __call__(self, logits: NDArray[Any], labels: NDArray[np.int64]) -> LossResult: ...  # noqa: D102


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Return ``exp(x)`` made to sum to 1 in each row of ``(N, K)``; fresh, of the same dtype."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


class CrossEntropy:
    """Minus the logarithm of the probability that the softmax gives to the right class."""

    def __call__(self, logits: NDArray[Any], labels: NDArray[np.int64]) -> LossResult:
        """Return loss, probabilities and gradient; see ``Loss``."""
        rows = np.arange(len(logits))
        shifted = logits - logits.max(axis=1, keepdims=True)
        probabilities = np.exp(shifted)
        sums = probabilities.sum(axis=1, keepdims=True)
        # Not the logarithm of the probability, which may have become 0.
        value = np.mean(np.log(sums[:, 0]) - shifted[rows, labels])
        probabilities /= sums
        gradient = probabilities.copy()
        gradient[rows, labels] -= 1
        gradient /= len(logits)
        return LossResult(float(value), probabilities, gradient)


class MeanSquaredError:
    """The mean square of how far each output is from 1 (the right class's) or 0 (all others').

    As in PyTorch, the mean goes over the outputs, too.
    """

    def __call__(self, logits: NDArray[Any], labels: NDArray[np.int64]) -> LossResult:
        """Return loss, probabilities and gradient; see ``Loss``."""
        distance = logits.copy()
        distance[np.arange(len(logits)), labels] -= 1
        value = np.mean(np.square(distance))
        distance *= 2 / distance.size
        return LossResult(float(value), softmax(logits), distance)


def loss_named(name: Literal["cross-entropy", "mse"]) -> Loss:
    """Return the loss that settings call by that name."""
    return CrossEntropy() if name == "cross-entropy" else MeanSquaredError()
