"""What the window says of an evaluation, in words."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.lists import listed
from cnngui.gui.words.numbers import share_text
from cnngui.pipeline.training.progress import Evaluation

translate = QCoreApplication.translate

Measure = Literal["recall", "precision", "f1"]


def confusion_words(evaluation: Evaluation, label: int, predicted: int, count: int) -> str:
    """Return what a cell of the matrix says: ``12 of 40 “star” were taken for “cross”``."""
    if label == predicted:
        text = translate("Results", "{count} of {total} “{label}” were recognised")
    else:
        text = translate("Results", "{count} of {total} “{label}” were taken for “{predicted}”")
    return text.format(
        count=count,
        total=int(evaluation.summary.class_counts[label]),
        label=evaluation.classes[label],
        predicted=evaluation.classes[predicted],
    )


def measure_words() -> dict[Measure, tuple[str, str]]:
    """Return what the measures of a class are called, and what they say."""
    return {
        "recall": (
            translate("Results", "Recall"),
            translate("Results", "What share of a class's samples is taken for it"),
        ),
        "precision": (
            translate("Results", "Precision"),
            translate("Results", "What share of the samples taken for a class is of it"),
        ),
        "f1": ("F1", translate("Results", "Recall and precision in one: their harmonic mean")),
    }


def shares_of(evaluation: Evaluation, measure: Measure) -> NDArray[np.float32]:
    """Return each class's measure: float32 ``(K,)``, NaN where nothing can be told."""
    summary = evaluation.summary
    return {
        "recall": summary.class_accuracies,
        "precision": summary.class_precisions,
        "f1": summary.class_f1,
    }[measure]


def class_words(evaluation: Evaluation, label: int) -> str:
    """Return how well one class is recognised, and how far its name can be trusted."""
    summary = evaluation.summary
    total = int(summary.class_counts[label])
    if total:
        count = round(float(summary.class_accuracies[label]) * total)
        parts = [confusion_words(evaluation, label, label, count)]
    else:
        text = translate("Results", "no “{0}” to measure with")
        parts = [text.format(evaluation.classes[label])]
    for text, share in (
        (translate("Results", "precision {0}"), summary.class_precisions[label]),
        (translate("Results", "F1 {0}"), summary.class_f1[label]),
    ):
        if not np.isnan(share):
            parts.append(text.format(share_text(float(share))))
    return listed(parts)


def sample_words(evaluation: Evaluation, place: int) -> str:
    """Return what a sample is, and what it was taken for."""
    label, predicted = int(evaluation.labels[place]), int(evaluation.summary.predicted[place])
    share = share_text(float(evaluation.probabilities[place, predicted]))
    if label == predicted:
        text = translate("Results", "“{label}”, recognised with {share}")
    else:
        text = translate("Results", "“{label}”, taken for “{predicted}” with {share}")
    return text.format(
        label=evaluation.classes[label], predicted=evaluation.classes[predicted], share=share
    )
