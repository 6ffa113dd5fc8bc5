"""How things move in drawn clips: along a line, round in a circle, nearer, farther, or not at all.

Lengths are shares of the picture's height, x to the right and y down. Time runs from -0.5 to 0.5,
from a clip's first frame to its last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ASPECT = 4 / 3
"""Width of a picture by its height, as most cameras have it."""


@dataclass(frozen=True)
class Pose:
    """Where a thing is at one time, how large and how far turned (radians, clockwise)."""

    x: float
    y: float
    scale: float
    angle: float


Path = Callable[[float], Pose]
"""Where a thing is at a time."""

_DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_TURNS = {"clockwise": 1, "anticlockwise": -1}
_CHANGES = {"grow": 1, "shrink": -1}
MOTIONS = (*_DIRECTIONS, *_TURNS, *_CHANGES, "still")

_SLANT = np.radians(18)
"""Nobody moves a hand along a ruler."""


@dataclass(frozen=True)
class Motion:
    """One motion.

    Attributes
    ----------
    path : of the thing that moves.
    spins : whether it turns on the spot, so that only a thing that is not round shows it.
    """

    path: Path
    spins: bool = False


def motion(name: str, rng: np.random.Generator) -> Motion:
    """Return a motion of a kind, one of ``MOTIONS``: anywhere, of any size and speed."""
    place = rng.uniform(-1, 1, 2) * (0.3 * ASPECT, 0.28)
    angle = rng.uniform(-0.6, 0.6)
    if name in _DIRECTIONS:
        return Motion(_along_a_line(_DIRECTIONS[name], place, angle, rng))
    if name in _TURNS:
        if rng.random() < 0.35:
            return Motion(_on_the_spot(_TURNS[name], place, rng), spins=True)
        return Motion(_in_a_circle(_TURNS[name], place, angle, rng))
    if name in _CHANGES:
        return Motion(_nearer_or_farther(_CHANGES[name], place, angle, rng))
    return Motion(_trembling(place, angle, rng))


def _along_a_line(
    direction: tuple[int, int], place: NDArray[np.float64], angle: float, rng: np.random.Generator
) -> Path:
    slant = rng.uniform(-_SLANT, _SLANT)
    x, y = direction
    cos, sin = np.cos(slant), np.sin(slant)
    length = np.exp(rng.uniform(np.log(0.15), np.log(1.2)))
    towards = length * np.array([cos * x - sin * y, sin * x + cos * y])
    done = _progress(rng)
    lean = rng.uniform(-0.35, 0.35)

    def pose(time: float) -> Pose:
        share = done(time) - 0.5
        x, y = place + share * towards
        return Pose(float(x), float(y), 1.0, angle + lean * share)

    return pose


def _in_a_circle(
    side: int, place: NDArray[np.float64], angle: float, rng: np.random.Generator
) -> Path:
    radius = rng.uniform(0.1, 0.34)
    flatness = rng.uniform(0.7, 1.0, 2)
    turns = rng.uniform(0.5, 1.7)
    start = rng.uniform(0, 2 * np.pi)
    middle = 0.6 * place
    # A hand that draws a circle stays upright; what hangs on a wheel turns with it.
    turning = 1.0 if rng.random() < 0.25 else 0.0

    def pose(time: float) -> Pose:
        turn = side * 2 * np.pi * turns * time
        x, y = middle + radius * flatness * (np.cos(start + turn), np.sin(start + turn))
        return Pose(float(x), float(y), 1.0, angle + turning * turn)

    return pose


def _on_the_spot(side: int, place: NDArray[np.float64], rng: np.random.Generator) -> Path:
    turns = rng.uniform(0.18, 0.55)
    start = rng.uniform(0, 2 * np.pi)
    x, y = map(float, place)

    def pose(time: float) -> Pose:
        return Pose(x, y, 1.0, start + side * 2 * np.pi * turns * time)

    return pose


def _nearer_or_farther(
    side: int, place: NDArray[np.float64], angle: float, rng: np.random.Generator
) -> Path:
    factor = rng.uniform(1.5, 3.2)
    done = _progress(rng)
    drift = rng.uniform(-0.04, 0.04, 2)

    def pose(time: float) -> Pose:
        share = done(time) - 0.5
        x, y = 0.6 * place + share * drift
        return Pose(float(x), float(y), float(factor ** (side * share)), angle)

    return pose


def _trembling(place: NDArray[np.float64], angle: float, rng: np.random.Generator) -> Path:
    reach = rng.uniform(0, 0.012, 2)
    phases = rng.uniform(0, 2 * np.pi, 2)
    swings = rng.uniform(0.5, 4, 2)

    def pose(time: float) -> Pose:
        x, y = place + reach * np.sin(2 * np.pi * swings * time + phases)
        return Pose(float(x), float(y), 1.0, angle)

    return pose


def _progress(rng: np.random.Generator) -> Callable[[float], float]:
    """Return how much of a motion is done at a time: it may begin late and end early."""
    begin, end = rng.uniform(-0.5, -0.25), rng.uniform(0.25, 0.5)
    softness = rng.uniform(0, 1)

    def done(time: float) -> float:
        share = min(max((time - begin) / (end - begin), 0.0), 1.0)
        eased = share * share * (3 - 2 * share)
        return float(share + softness * (eased - share))

    return done
