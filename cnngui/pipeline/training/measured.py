"""What weights are worth, said so that nobody takes it for something else: on what, when."""

from __future__ import annotations

import json
import math
from typing import Any

from cnngui.errors import Text, text
from cnngui.pipeline.training.progress import Measurement, TrainingProgress

NOTE_KEY = "cnngui.training"
"""Under which a file of weights says in its metadata how they came about."""


def measured_words(measured: Measurement, share: str = "") -> Text:
    """Return a measurement in words: ``87.50 % of 40 samples kept apart, after epoch 3``.

    Parameters
    ----------
    share : how the accuracy is written; "" writes two digits after the point.
    """
    share = share or f"{100 * measured.accuracy:.2f} %"
    return text("{share} of {basis}", share=share, basis=basis_words(measured))


def basis_words(measured: Measurement) -> Text:
    """Return which samples were looked at, how many, and when."""
    count, when = measured.samples, when_words(measured.epoch)
    match measured.basis:
        case "validation":
            return text("{count:,} samples kept apart, {when}", count=count, when=when)
        case "training":
            return text("{count:,} samples that it learns from, {when}", count=count, when=when)
    return text("{count:,} samples given to test it, {when}", count=count, when=when)


def when_words(epoch: float) -> Text:
    """Return when weights were as they were measured."""
    if epoch == 0:
        return text("before training")
    return text("after epoch {epoch:g}", epoch=round(epoch, 2))


def best_words(progress: TrainingProgress, share: str = "") -> Text:
    """Return which weights of a training are kept, and what they are worth.

    Parameters
    ----------
    share : see ``measured_words``.
    """
    best = progress.best
    if best is None:
        return text("The first weights are kept: nothing was measured")
    if best.epoch == 0 and progress.step:
        return text(
            "The first weights are kept, for none that were measured later did better: {worth}",
            worth=measured_words(best, share),
        )
    return text("Best weights: {worth}", worth=measured_words(best, share))


def measured_entry(measured: Measurement) -> dict[str, Any]:
    """Return a measurement as what JSON can hold."""
    return {
        "measured_on": measured.basis,
        "samples": measured.samples,
        "epoch": round(measured.epoch, 4),
        "accuracy": measured.accuracy,
        "loss": measured.loss if math.isfinite(measured.loss) else None,
    }


def training_note(progress: TrainingProgress) -> str:
    """Return as JSON what a file of a training's best weights says of how they came about."""
    best = progress.best
    return json.dumps(
        {
            "data": progress.data_name,
            "state": progress.state,
            "epochs": round(progress.epoch, 4),
            "weights": None if best is None else measured_entry(best),
        }
    )
