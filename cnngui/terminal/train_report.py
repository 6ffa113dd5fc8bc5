"""What is written of a training on the command line: a report in JSON, and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnngui import __version__
from cnngui.data.dataset import Dataset
from cnngui.engine import parallel
from cnngui.pipeline.training.measured import measured_entry
from cnngui.pipeline.training.progress import Evaluation, TrainingProgress
from cnngui.pipeline.training.settings_codec import settings_entry
from cnngui.pipeline.training.tables import curves_table, predictions_table, write_table
from cnngui.terminal.cli_train import TrainArguments
from cnngui.terminal.reports import write_report


def write_results(
    arguments: TrainArguments,
    progress: TrainingProgress,
    evaluations: Sequence[tuple[Evaluation, Dataset]],
    tested: Evaluation | None,
    seconds: float,
) -> None:
    """Write the report and the tables that are asked for.

    Parameters
    ----------
    evaluations : of the best weights, each with the data set that its samples are of.

    Raises
    ------
    SaveError
        The disk refuses.
    """
    if arguments.report is not None:
        write_report(arguments.report, training_report(arguments, progress, tested, seconds))
    if arguments.curves is not None:
        write_table(arguments.curves, curves_table(progress.curves))
    if arguments.predictions is not None:
        table = predictions_table(
            (evaluation, data.sample_name) for evaluation, data in evaluations
        )
        write_table(arguments.predictions, table)


def training_report(
    arguments: TrainArguments,
    progress: TrainingProgress,
    tested: Evaluation | None,
    seconds: float,
) -> dict[str, Any]:
    """Return what a training was, how it went and what came of it, as what JSON can hold."""
    curves = progress.curves
    return {
        "program": f"cnngui {__version__}",
        "network": progress.spec.name,
        "data": arguments.data,
        "test": arguments.test,
        "classes": progress.spec.classes,
        "samples": {
            "training": progress.samples[0],
            "validation": progress.samples[1],
            "test": 0 if tested is None else len(tested.labels),
        },
        "settings": settings_entry(progress.settings),
        "threads": parallel.thread_count(),
        "state": progress.state,
        "message": str(progress.message) or None,
        "batches": progress.step,
        "epochs": round(progress.epoch, 4),
        "seconds": round(seconds, 3),
        "samples_per_second": round(progress.samples_per_second, 1),
        "memory_bytes": progress.memory_bytes,
        "findings": [
            {"kind": finding.kind, "words": str(finding.words)} for finding in progress.findings
        ],
        "best": None if progress.best is None else measured_entry(progress.best),
        "curves": {
            "batches": {
                "epoch": curves.epochs.tolist(),
                "loss": curves.loss.tolist(),
                "accuracy": curves.accuracy.tolist(),
            },
            "validation": {
                "epoch": curves.validation_epochs.tolist(),
                "loss": curves.validation_loss.tolist(),
                "accuracy": curves.validation_accuracy.tolist(),
            },
        },
        "evaluation": _evaluation_as_json(progress.evaluation),
        "test_evaluation": _evaluation_as_json(tested),
    }


def _evaluation_as_json(evaluation: Evaluation | None) -> dict[str, Any] | None:
    if evaluation is None:
        return None
    summary = evaluation.summary
    classes = {
        name: {
            "samples": int(summary.class_counts[label]),
            "precision": _share(summary.class_precisions[label]),
            "recall": _share(summary.class_accuracies[label]),
            "f1": _share(summary.class_f1[label]),
        }
        for label, name in enumerate(evaluation.classes)
    }
    return measured_entry(evaluation.measured) | {
        "class_accuracies": {name: found["recall"] for name, found in classes.items()},
        "classes": classes,
        "confusion_matrix": None if summary.matrix is None else summary.matrix.tolist(),
    }


def _share(value: np.float32) -> float | None:
    """Return a share; None, as JSON has it, for what nothing could be counted of."""
    return None if np.isnan(value) else float(value)
