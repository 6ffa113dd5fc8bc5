"""What was measured, as tables that spreadsheets and scripts read: CSV in UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cnngui.atomic import write_atomically
from cnngui.pipeline.training.progress import Curves, Evaluation


def curves_table(curves: Curves) -> str:
    """Return every batch and every measurement as a row: what it was, epoch, loss, accuracy."""
    rows: list[Sequence[object]] = [("measured_on", "epoch", "loss", "accuracy")]
    for basis, columns in (
        ("batch", (curves.epochs, curves.loss, curves.accuracy)),
        (
            "validation",
            (curves.validation_epochs, curves.validation_loss, curves.validation_accuracy),
        ),
    ):
        rows += [(basis, *map(_number, row)) for row in zip(*columns, strict=True)]
    return _csv(rows)


def predictions_table(
    evaluations: Iterable[tuple[Evaluation, Callable[[int], str] | None]],
) -> str:
    """Return what each sample is and what it was taken for, with all probabilities.

    Parameters
    ----------
    evaluations : of one training; with each a function that names its samples by their numbers,
        None where the samples are not at hand.
    """
    rows: list[Sequence[object]] = []
    for evaluation, name_of in evaluations:
        if not rows:
            head = ("measured_on", "epoch", "sample", "name", "class", "predicted", "right")
            rows.append((*head, *(f"p({name})" for name in evaluation.classes)))
        classes, measured = evaluation.classes, evaluation.measured
        predicted = evaluation.summary.predicted
        for place, index in enumerate(evaluation.indices.tolist()):
            label, taken = int(evaluation.labels[place]), int(predicted[place])
            rows.append(
                (
                    measured.basis,
                    round(measured.epoch, 4),
                    index,
                    name_of(index) if name_of is not None else "",
                    classes[label],
                    classes[taken],
                    int(label == taken),
                    *map(_number, evaluation.probabilities[place]),
                )
            )
    return _csv(rows)


def write_table(path: Path, table: str) -> None:
    """Write a table, whole or not at all.

    Raises
    ------
    SaveError
        The disk refuses.
    """
    # A sample's file need not have a name that is valid text.
    write_atomically(path, table.encode(errors="backslashreplace"))


def _number(value: object) -> str:
    return f"{value:.9g}"


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
