"""How the learning rate changes on the way: factors of the rate that was asked for."""

from __future__ import annotations

import math
from typing import Literal


def step_factor(progress: float) -> float:
    """Return 1, and a tenth of it after each third of the way; ``progress`` is in 0..1."""
    return 0.1 ** min(int(3 * progress), 2)


def cosine_factor(progress: float) -> float:
    """Return half a cosine's way from 1 to 0 (Loshchilov and Hutter, "SGDR", 2016)."""
    return 0.5 * (1 + math.cos(math.pi * progress))


def rate_factor(
    name: Literal["constant", "step", "cosine"], step: int, steps: int, warmup_steps: int = 0
) -> float:
    """Return what the learning rate is multiplied by in one step of a training.

    Parameters
    ----------
    name : the schedule; "step" and "cosine" run over what comes after the warm-up.
    step : how many steps were done before, below ``steps``.
    steps : of the whole training.
    warmup_steps : over how many the rate rises first, in equal parts, to its full height.
    """
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    progress = (step - warmup_steps) / (steps - warmup_steps)
    match name:
        case "step":
            return step_factor(progress)
        case "cosine":
            return cosine_factor(progress)
    return 1.0
