"""Samples put apart to measure with: the same ones each time, some of every class."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import DataError, text

Indices = NDArray[np.int64]


class Split(NamedTuple):
    """Which samples are learned from, and which are measured with.

    Attributes
    ----------
    training, validation : int64 indices, ascending; together every index once.
    alike : classes whose samples are of one recording alone, and on both sides: those measured
        with look like those learned from.
    """

    training: Indices
    validation: Indices
    alike: tuple[int, ...]


def stratified_split(
    labels: Indices, share: float, seed: int, recordings: Indices | None = None
) -> Split:
    """Split samples so that every class is found in both parts in about the same shares.

    Parameters
    ----------
    labels : int64 ``(N,)``, not negative.
    share : of the samples of each class that go to validation, 0 (none) to below 1. Above 0, every
        class of two samples or more has at least one in each part; a single one is for training.
    seed : the same one gives the same parts.
    recordings : int64 ``(N,)``, which recording each sample is of; None: one each. Samples of one
        look alike, so they stay on one side. Where a class has one recording alone, its last
        samples are measured with.

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
    set_apart = np.rint(counts * share).astype(np.int64)
    if share > 0:
        set_apart = np.minimum(np.maximum(set_apart, 1), np.maximum(counts - 1, 0))
    if recordings is not None and share > 0 and len(np.unique(recordings)) < len(labels):
        return _by_recordings(np.split(by_class, np.cumsum(counts)[:-1]), set_apart, recordings)
    place_in_class = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    is_validation = place_in_class < np.repeat(set_apart, counts)
    return Split(np.sort(by_class[~is_validation]), np.sort(by_class[is_validation]), ())


def _by_recordings(classes: list[Indices], set_apart: Indices, recordings: Indices) -> Split:
    """Split whole recordings; ``classes`` holds each one's samples in a random order."""
    sides: dict[int, bool] = {}
    """Which recordings are measured with; one may have samples of several classes."""
    alike: list[int] = []
    validation: list[Indices] = []
    training: list[Indices] = []
    for label, samples in enumerate(classes):
        of_sample = recordings[samples]
        numbers, first, sizes = np.unique(of_sample, return_index=True, return_counts=True)
        order = np.argsort(first)
        if len(numbers) > 1:
            _choose(numbers[order].tolist(), sizes[order].tolist(), int(set_apart[label]), sides)
        is_apart = np.array([sides.get(int(number), True) for number in of_sample], bool)
        if is_apart.all():
            # There is nothing else to learn this class from.
            samples = np.sort(samples)
            is_apart = np.arange(len(samples)) >= len(samples) - set_apart[label]
            if len(samples) > 1:
                alike.append(label)
        training.append(samples[~is_apart])
        validation.append(samples[is_apart])
    return Split(
        np.sort(np.concatenate(training)), np.sort(np.concatenate(validation)), tuple(alike)
    )


def _choose(numbers: list[int], sizes: list[int], wanted: int, sides: dict[int, bool]) -> None:
    """Put recordings apart until there are about as many samples as wanted; both sides get one."""
    free = [
        (number, size) for number, size in zip(numbers, sizes, strict=True) if number not in sides
    ]
    apart = sum(
        size for number, size in zip(numbers, sizes, strict=True) if sides.get(number, False)
    )
    is_learned = any(not sides[number] for number in numbers if number in sides)
    for place, (number, size) in enumerate(free):
        is_last = place == len(free) - 1
        sides[number] = abs(apart + size - wanted) < abs(apart - wanted)
        if is_last and not is_learned:
            sides[number] = False
        is_learned = is_learned or not sides[number]
        apart += size if sides[number] else 0
    if not apart and len(free) > 1:
        sides[min(free, key=lambda one: one[1])[0]] = True
