"""Training settings as plain values, for files; read back without trust."""

from __future__ import annotations

import math
from dataclasses import asdict, fields
from typing import Any, TypeVar, get_args

from cnngui.data.augmentation import Augmentation
from cnngui.pipeline.training.settings import (
    LossName,
    OptimizerName,
    ScheduleName,
    TrainingSettings,
)

RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 100_000),
    "batch_size": (1, 65_536),
    "learning_rate": (0.0, 1e9),
    "momentum": (0.0, 0.9999),
    "weight_decay": (0.0, 100.0),
    "warmup_epochs": (0.0, 100_000.0),
    "clip_norm": (0.0, 1e9),
    "patience": (0, 100_000),
    "validation_share": (0.0, 0.9),
    "seed": (0, 2**31 - 1),
    "shift": (0.0, 0.5),
    "rotation": (0.0, 180.0),
    "scale": (0.0, 0.9),
    "brightness": (0.0, 1.0),
    "noise": (0.0, 1.0),
    "cutout": (0.0, 0.9),
}
"""Least and most of each number, by its name in ``TrainingSettings`` or ``Augmentation``."""

_CHOICES: dict[str, tuple[str, ...]] = {
    "optimizer": get_args(OptimizerName),
    "schedule": get_args(ScheduleName),
    "loss": get_args(LossName),
}
_Settings = TypeVar("_Settings", TrainingSettings, Augmentation)


def settings_entry(settings: TrainingSettings) -> dict[str, Any]:
    """Return settings as what JSON can hold."""
    return asdict(settings)


def settings_from_entry(entry: object) -> TrainingSettings:
    """Return the settings that ``settings_entry`` was given.

    What is absent, of another type or out of range has its default: old settings are never a
    reason not to go on.
    """
    values = entry if isinstance(entry, dict) else {}
    augmentation = values.get("augmentation")
    return _read(
        TrainingSettings(
            augmentation=_read(
                Augmentation(), augmentation if isinstance(augmentation, dict) else {}
            )
        ),
        values,
    )


def _read(defaults: _Settings, values: dict[str, Any]) -> _Settings:
    found = {item.name: getattr(defaults, item.name) for item in fields(defaults)}
    for name, default in found.items():
        value = values.get(name)
        if _is_usable(name, value, default):
            found[name] = type(default)(value)
    return type(defaults)(**found)


def _is_usable(name: str, value: object, default: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, str):
        return value in _CHOICES[name]
    if name not in RANGES or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(default, int) and value != int(value if math.isfinite(value) else 0):
        return False
    least, most = RANGES[name]
    return least <= value <= most
