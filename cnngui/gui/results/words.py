"""What the window says of an evaluation, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.numbers import share_text
from cnngui.pipeline.training.progress import Evaluation

translate = QCoreApplication.translate


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


def class_words(evaluation: Evaluation, label: int) -> str:
    """Return how well one class is recognised."""
    summary = evaluation.summary
    total = int(summary.class_counts[label])
    if not total:
        return translate("Results", "no “{0}” to measure with").format(evaluation.classes[label])
    count = round(float(summary.class_accuracies[label]) * total)
    return confusion_words(evaluation, label, label, count)


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
