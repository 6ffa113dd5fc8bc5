"""What a network makes of samples whose classes are known."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.data.dataset import Dataset
from cnngui.engine.learning.losses import Loss
from cnngui.errors import DataError, text
from cnngui.pipeline.training.batches import Batches
from cnngui.pipeline.training.progress import Basis, Evaluation, Measurement
from cnngui.pipeline.training.summary import summarise
from cnngui.spec.checks import shown

Predict = Callable[[NDArray[np.float32]], NDArray[Any]]


def evaluate(
    predict: Predict,
    batches: Batches,
    indices: NDArray[np.int64],
    labels: NDArray[np.int64],
    classes: tuple[str, ...],
    loss: Loss,
    chunk: int,
    *,
    basis: Basis,
    epoch: float,
) -> Generator[None, None, Evaluation]:
    """Return an evaluation, with a pause (a yield) before each chunk but one.

    Parameters
    ----------
    predict : float32 ``(N, C, H, W)`` to logits ``(N, K)``.
    batches, indices, labels : the samples, which of them, and what those are: int64 ``(N,)``.
    classes : K names.
    chunk : how many samples are shown to the network at a time.
    basis, epoch : see ``Measurement``.

    Raises
    ------
    DataError
        A file can no longer be read.
    """
    probabilities = np.empty((len(indices), len(classes)), np.float32)
    total = weight = 0.0
    for start in range(0, len(indices), chunk):
        if start:
            yield
        part = slice(start, start + chunk)
        result = loss(predict(batches.take(indices[part])), labels[part])
        probabilities[part] = result.probabilities
        total += result.value * result.weight
        weight += result.weight
    for array in (probabilities, indices, labels):
        array.flags.writeable = False
    summary = summarise(labels, probabilities)
    measured = Measurement(basis, len(indices), epoch, summary.accuracy, total / weight)
    return Evaluation(measured, classes, indices, labels, probabilities, summary)


def labels_among(classes: tuple[str, ...], data: Dataset) -> NDArray[np.int64]:
    """Return a data set's labels by the numbers that its classes have among others.

    Raises
    ------
    DataError
        If one of its classes is not among them.
    """
    for name in data.classes:
        if name not in classes:
            rule = text("must be of the classes that are learned")
            raise DataError(data.name, rule, shown(name))
    return np.array([classes.index(name) for name in data.classes], np.int64)[data.labels]
