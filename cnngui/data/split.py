"""Samples put apart to measure with: the same ones each time, some of every class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import DataError, text


def stratified_split(
    labels: NDArray[np.int64], share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split samples so that every class is found in both parts in about the same shares.

    Parameters
    ----------
    labels : int64 ``(N,)``, not negative.
    share : of the samples of each class that go to validation, 0 (none) to below 1. Above 0, every
        class of two samples or more has at least one in each part; a single one is for training.
    seed : the same one gives the same parts.

    Returns
    -------
    training, validation : int64 indices, ascending; together every index once.

    Raises
    ------
    DataError
        If ``share`` is not in its range.
    """
    if not 0 <= share < 1:
        raise DataError(text("validation share"), text("must be at least 0 and below 1"), share)
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    counts = np.bincount(labels)
    place_in_class = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    set_apart = np.rint(counts * share).astype(np.int64)
    if share > 0:
        set_apart = np.minimum(np.maximum(set_apart, 1), np.maximum(counts - 1, 0))
    is_validation = place_in_class < np.repeat(set_apart, counts)
    return np.sort(by_class[~is_validation]), np.sort(by_class[is_validation])
