"""What a training needs of its settings, its samples, its network and the machine."""

from __future__ import annotations

import math
import os

import numpy as np

from cnngui.data.dataset import Dataset
from cnngui.engine.learning.network import training_bytes
from cnngui.errors import TrainingError, text
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
            rule = text("must be a number from {least:.12g} to {most:.12g}", least=least, most=most)
            raise TrainingError(_SETTINGS[name], rule, f"{values[name]:g}")


_SETTINGS = {
    "epochs": text("epochs"),
    "batch_size": text("batch size"),
    "learning_rate": text("learning rate"),
    "momentum": text("momentum"),
    "weight_decay": text("weight decay"),
    "warmup_epochs": text("warmup epochs"),
    "clip_norm": text("clip norm"),
    "validation_share": text("validation share"),
    "seed": text("seed"),
    "shift": text("shift"),
    "rotation": text("rotation"),
    "scale": text("scale"),
    "brightness": text("brightness"),
    "noise": text("noise"),
    "cutout": text("cutout"),
}
"""What messages call the settings that are numbers."""


def refuse_unusable_data(data: Dataset) -> None:
    """Raise a TrainingError where no network can learn from these samples.

    There are fewer than two samples or classes, more than 1,000 classes, or one without samples.
    """
    count = len(data.classes)
    if len(data) < 2:
        rule = text("must have two samples or more to learn from")
        raise TrainingError(data.name, rule, text("one") if len(data) else text("none"))
    if count < 2:
        rule = text("must have samples of two classes or more, to be told apart")
        raise TrainingError(data.name, rule, text("only {name}", name=shown(data.classes[0])))
    if count > MOST_CLASSES:
        rule = text("must have at most {most:,} classes", most=MOST_CLASSES)
        raise TrainingError(data.name, rule, f"{count:,}")
    counts = np.bincount(data.labels, minlength=count)
    empty = [shown(name) for name, found in zip(data.classes, counts, strict=True) if not found]
    if empty:
        names = ", ".join(empty[:_MOST_NAMED]) + (" ..." if len(empty) > _MOST_NAMED else "")
        rule = text("each class must have samples: add some, or remove it")
        raise TrainingError(data.name, rule, text("none of {names}", names=names))


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
        rule = text(
            "must put out {count} numbers, one for each class; it can be mended to do so",
            count=count,
        )
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
    smaller_batch = text("use batches of {count}", count=fitting)
    smaller_network = text("make the network or its input smaller")
    rule = text(
        "must take at most {room:.1f} GB, half of this machine's memory: {mend}",
        room=room / 1e9,
        mend=smaller_batch if fitting else smaller_network,
    )
    found = text("{needed:.1f} GB for a batch of {count}", needed=needed / 1e9, count=batch_size)
    raise TrainingError(spec.name, rule, found)


def _machine_bytes() -> float:
    """Return how much memory the machine has; endless where it cannot be told."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return math.inf
