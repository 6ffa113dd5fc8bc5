"""What the window says of a training: its state, its settings, its figures, its ailments."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QDate, QLocale

from cnngui.gui.words.errors import said
from cnngui.gui.words.lists import listed
from cnngui.gui.words.numbers import bytes_label, clock, number_text, share_text
from cnngui.pipeline.training.measured import best_words, measured_words
from cnngui.pipeline.training.progress import (
    Measurement,
    TrainingProgress,
    TrainingState,
)
from cnngui.pipeline.training.settings import TrainingSettings

translate = QCoreApplication.translate

UNDER_WAY: tuple[TrainingState, ...] = ("preparing", "running", "paused")
_TIME, _TIME_LENGTH = "%Y%m%d-%H%M%S", 15
_MOST_SECONDS = 100.0
"""From there on it is told in minutes."""
_SLOW = 10.0
"""Samples a second below which a digit after the point says something."""


def state_words(state: TrainingState) -> str:
    """Return what a training is doing, in one word or two."""
    return {
        "preparing": translate("Training", "Reading the samples"),
        "running": translate("Training", "Training"),
        "paused": translate("Training", "Paused"),
        "finished": translate("Training", "Finished"),
        "stopped": translate("Training", "Stopped"),
        "failed": translate("Training", "Failed"),
    }[state]


def status_words(progress: TrainingProgress) -> str:
    """Return in one line how a training stands; what is not known yet is left out."""
    parts = [
        translate("Training", "Measuring") if progress.measuring else state_words(progress.state),
        translate("Training", "epoch {0} of {1}").format(
            f"{progress.epoch:.1f}", progress.settings.epochs
        ),
    ]
    if progress.state == "running" and progress.seconds_left > 0:
        parts.append(translate("Training", "{0} left").format(clock(progress.seconds_left + 0.5)))
    if progress.state == "running" and progress.samples_per_second > 0:
        rate = progress.samples_per_second
        number = f"{rate:,.0f}" if rate >= _SLOW else f"{rate:.1f}"
        parts.append(translate("Training", "{0} samples/s").format(number))
    if progress.best is not None or progress.state not in UNDER_WAY:
        parts.append(kept_words(progress))
    if progress.learning_rate > 0:
        rate_words = translate("Training", "learning rate {0}")
        parts.append(rate_words.format(number_text(progress.learning_rate)))
    if progress.memory_bytes:
        parts.append(
            translate("Training", "{0} for gradients").format(bytes_label(progress.memory_bytes))
        )
    return "  ·  ".join(parts)


def duration_words(seconds: float) -> str:
    """Return about how long something takes: ``8 s``, ``6 min``."""
    if seconds < _MOST_SECONDS:
        return translate("Training", "{0} s").format(max(round(seconds), 1))
    return translate("Training", "{0} min").format(round(seconds / 60))


def optimizer_words(settings: TrainingSettings) -> str:
    """Return an optimizer as people write it, with what is special about it."""
    name = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}[settings.optimizer]
    if settings.optimizer == "sgd" and settings.nesterov:
        return f"{name} + Nesterov"
    return name


def settings_words(run: TrainingProgress) -> str:
    """Return what tells one training from another in a few words: ``Adam 0.001, 10 epochs``.

    Of rates that were changed on the way the first and the last one are told.
    """
    settings, rates = run.settings, [number_text(run.settings.learning_rate)]
    if len(run.rate_changes) > 1:
        rates.append("…")
    rates += [number_text(change.rate) for change in run.rate_changes[-1:]]
    parts = [
        f"{optimizer_words(settings)} {' → '.join(rates)}",
        translate("Training", "{0} epochs").format(settings.epochs),
        translate("Training", "batch {0}").format(settings.batch_size),
    ]
    if settings.schedule != "constant":
        parts.append(schedule_names()[settings.schedule])
    if settings.weight_decay:
        decay = number_text(settings.weight_decay)
        parts.append(translate("Training", "weight decay {0}").format(decay))
    if settings.clip_norm:
        parts.append(
            translate("Training", "clipped at {0}").format(number_text(settings.clip_norm))
        )
    if settings.loss != "cross-entropy":
        parts.append(loss_names()[settings.loss])
    if settings.class_weights:
        parts.append(translate("Training", "classes alike"))
    if settings.patience:
        parts.append(translate("Training", "patience {0}").format(settings.patience))
    if not settings.augmentation.is_nothing:
        parts.append(translate("Training", "augmented"))
    parts.append(translate("Training", "seed {0}").format(settings.seed))
    return listed(parts)


def rate_changes_words(run: TrainingProgress) -> list[str]:
    """Return each change of the learning rate with its time."""
    words = translate("Training", "learning rate {0} from epoch {1} on, after {2}")
    return [
        words.format(number_text(change.rate), f"{change.epoch:.2f}", clock(change.seconds))
        for change in run.rate_changes
    ]


def schedule_names() -> dict[str, str]:
    """Return what the learning rate may do, by the setting's value."""
    return {
        "constant": translate("Training", "stays"),
        "step": translate("Training", "falls in steps"),
        "cosine": translate("Training", "falls as a cosine"),
    }


def loss_names() -> dict[str, str]:
    """Return the losses' names, by the setting's value."""
    return {
        "cross-entropy": translate("Training", "cross-entropy"),
        "mse": translate("Training", "mean squared error"),
    }


def run_when(run_id: str) -> str:
    """Return when a run began, as its id says: the time, and before today the day, too."""
    try:
        began = datetime.strptime(run_id[:_TIME_LENGTH], _TIME)
    except ValueError:
        return ""
    if began.date() == datetime.now().date():
        return f"{began:%H:%M:%S}"
    day = translate("Training", "d MMM")
    return QLocale().toString(QDate(began.year, began.month, began.day), day) + f" {began:%H:%M}"


def accuracy_words(measured: Measurement) -> str:
    """Return what share was right, of which samples, when: no number stands without that."""
    return said(measured_words(measured, share_text(measured.accuracy)))


def kept_words(progress: TrainingProgress) -> str:
    """Return which weights of a training are kept, and what they are worth."""
    share = "" if progress.best is None else share_text(progress.best.accuracy)
    return said(best_words(progress, share))


def last_number(values: NDArray[np.float32]) -> float | None:
    """Return the last value measured; None where there is none, or it is no number."""
    if not len(values) or not np.isfinite(values[-1]):
        return None
    return float(values[-1])
