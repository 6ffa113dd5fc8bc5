"""What a training needs of its settings, its samples, its network and the machine."""

from __future__ import annotations

import math
import os

import numpy as np

from cnngui.data.dataset import Dataset
from cnngui.engine.learning.network import training_bytes
from cnngui.errors import TrainingError
from cnngui.pipeline.training.settings import MOST_CLASSES, TrainingSettings
from cnngui.pipeline.training.settings_codec import RANGES
from cnngui.spec.checks import shown
from cnngui.spec.mending import fits_classes
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer, shape_text

_MOST_NAMED = 5
_SHARE_OF_MEMORY = 0.5


def refuse_unusable_settings(settings: TrainingSettings) -> None:
    """Raise a TrainingError for the first setting that is out of its range."""
    values = vars(settings) | vars(settings.augmentation)
    for name, (least, most) in RANGES.items():
        if not least <= values[name] <= most:
            rule = f"must be a number from {least:.12g} to {most:.12g}"
            raise TrainingError(name.replace("_", " "), rule, f"{values[name]:g}")


def refuse_unusable_data(data: Dataset) -> None:
    """Raise a TrainingError where no network can learn from these samples.

    There are fewer than two samples or classes, more than 1,000 classes, or one without samples.
    """
    count = len(data.classes)
    if len(data) < 2:
        found = "one" if len(data) else "none"
        raise TrainingError(data.name, "must have two samples or more to learn from", found)
    if count < 2:
        rule = "must have samples of two classes or more, to be told apart"
        raise TrainingError(data.name, rule, f"only {shown(data.classes[0])}")
    if count > MOST_CLASSES:
        rule = f"must have at most {MOST_CLASSES:,} classes"
        raise TrainingError(data.name, rule, f"{count:,}")
    counts = np.bincount(data.labels, minlength=count)
    empty = [shown(name) for name, found in zip(data.classes, counts, strict=True) if not found]
    if empty:
        names = ", ".join(empty[:_MOST_NAMED]) + (" ..." if len(empty) > _MOST_NAMED else "")
        rule = "each class must have samples: add some, or remove it"
        raise TrainingError(data.name, rule, f"none of {names}")


def refuse_misfit(spec: NetworkSpec, count: int) -> None:
    """Raise a TrainingError where a network has not one unit for each of ``count`` classes.

    Raises
    ------
    NetworkError
        The network has problems of its own.
    """
    infer(spec).raise_if_invalid()
    if not fits_classes(spec, count):
        last = spec.last_id
        rule = f"must put out {count} numbers, one for each class; it can be mended to do so"
        raise TrainingError(last, rule, shape_text(infer(spec).shapes[last]))


def affordable_bytes(spec: NetworkSpec, batch_size: int) -> int:
    """Return how many bytes a batch takes, as ``training_bytes`` does.

    Raises
    ------
    TrainingError
        That is more than the machine should give. The message names the batch size that fits.
    """
    room = _SHARE_OF_MEMORY * _machine_bytes()
    needed = training_bytes(spec, batch_size)
    if needed <= room:
        return needed
    fitting = batch_size
    while fitting and training_bytes(spec, fitting) > room:
        fitting //= 2
    mend = f"use batches of {fitting}" if fitting else "make the network or its input smaller"
    rule = f"must take at most {room / 1e9:.1f} GB, half of this machine's memory: {mend}"
    found = f"{needed / 1e9:.1f} GB for a batch of {batch_size}"
    raise TrainingError(spec.name, rule, found)


def _machine_bytes() -> float:
    """Return how much memory the machine has; endless where it cannot be told."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return math.inf
