"""What the samples page says of a data set, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnngui.data.dataset import Dataset
from cnngui.gui.words.lists import listed

translate = QCoreApplication.translate

_UNEVEN = 2.0
"""Times as many samples as another class has: from here on it is worth a word."""


def class_counts(dataset: Dataset) -> list[int]:
    """Return how many samples each class has."""
    counts: list[int] = np.bincount(dataset.labels, minlength=len(dataset.classes)).tolist()
    return counts


def count_label(count: int) -> str:
    """Return a count as the page writes it: ``12,000``."""
    return f"{count:,}"


def summary(dataset: Dataset) -> str:
    """Return a data set in one line: ``2,000 samples, 10 classes``."""
    samples, classes = len(dataset), len(dataset.classes)
    return listed(
        (
            translate("Samples", "1 sample")
            if samples == 1
            else translate("Samples", "{0} samples").format(count_label(samples)),
            translate("Samples", "1 class")
            if classes == 1
            else translate("Samples", "{0} classes").format(count_label(classes)),
        )
    )


def advice(names: Sequence[str], counts: Sequence[int]) -> str:
    """Return what about the classes would spoil a training; empty if nothing would."""
    if not any(counts):
        return ""
    empty = [name for name, count in zip(names, counts, strict=True) if not count]
    if empty:
        return translate("Samples", "{0} has no samples yet").format(empty[0])
    if len(names) < 2:
        return translate("Samples", "A network needs at least two classes to tell apart")
    most, least = max(counts), min(counts)
    if most < _UNEVEN * least:
        return ""
    return translate("Samples", "{0} has {1} times as many samples as {2}").format(
        names[counts.index(most)], _times(most / least), names[counts.index(least)]
    )


def problems_label(count: int) -> str:
    """Return how many files were left out."""
    if count == 1:
        return translate("Samples", "1 file could not be read")
    return translate("Samples", "{0} files could not be read").format(count_label(count))


def _times(ratio: float) -> str:
    return f"{ratio:.1f}".removesuffix(".0") if ratio < 10 else f"{ratio:,.0f}"
