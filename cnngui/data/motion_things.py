"""Things that move in drawn clips: shapes, blobs, and hands with an arm, all of them grey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.data.scenes import fill_polygon, rotation
from cnngui.data.shape_outlines import SHAPES, by_hand

Points = NDArray[np.float64]
"""``(n, 2)``: x to the right, y down, within about 1 of the middle."""


@dataclass(frozen=True, eq=False)
class Part:
    """A polygon of one brightness, 0..255."""

    outline: Points
    brightness: float


Thing = tuple[Part, ...]
"""What moves as one, the parts behind first."""


def draw(
    canvas: NDArray[np.uint8], thing: Thing, middle: NDArray[np.float64], size: float, angle: float
) -> None:
    """Draw a thing into a grey picture.

    Parameters
    ----------
    canvas : uint8 ``(H, W)``.
    middle, size : in pixels; a thing reaches about ``size`` from its middle.
    angle : radians, clockwise.
    """
    turn = size * rotation(angle)
    for part in thing:
        fill_polygon(canvas, middle + part.outline @ turn, (part.brightness,))


def shape(brightness: float, rng: np.random.Generator, *, is_round: bool = True) -> Thing:
    """Return one of the drawn shapes, perhaps with a smaller one on it."""
    names = [name for name in SHAPES if is_round or name != "circle"]
    figure = SHAPES[names[rng.integers(len(names))]](rng)
    if rng.random() < 0.5:
        figure = by_hand(figure, rng)
    stretch = np.array([1.0, rng.uniform(0.5, 1.0)])
    parts = [Part(figure.outline * stretch, brightness)]
    if rng.random() < 0.5:
        spot = _blob(rng) * rng.uniform(0.2, 0.5) + rng.uniform(-0.35, 0.35, 2)
        parts.append(Part(spot * stretch, _other(brightness, rng)))
    return tuple(parts)


def blob(brightness: float, rng: np.random.Generator) -> Thing:
    """Return a smooth lump, perhaps with spots."""
    spots = [
        Part(
            _blob(rng) * rng.uniform(0.1, 0.3) + rng.uniform(-0.5, 0.5, 2), _other(brightness, rng)
        )
        for _ in range(rng.integers(0, 4))
    ]
    return (Part(_blob(rng), brightness), *spots)


def hand(brightness: float, rng: np.random.Generator) -> Thing:
    """Return a hand, open or closed, with its arm: the fingers point up."""
    shade = brightness * rng.uniform(0.75, 1.0)
    sleeve = _other(brightness, rng) if rng.random() < 0.7 else shade
    wide, lean = rng.uniform(0.3, 0.55), rng.uniform(-0.5, 0.5)
    arm = np.array([[-wide, 0.45], [wide, 0.45], [1.3 * wide, 6.0], [-1.3 * wide, 6.0]])
    arm[2:, 0] += 6 * lean
    palm = _ellipse(rng.uniform(0.45, 0.6), rng.uniform(0.45, 0.6)) + np.array([0, 0.15])
    length = rng.uniform(0.1, 0.3) if rng.random() < 0.3 else rng.uniform(0.5, 0.85)
    spread = rng.uniform(0.1, 0.7)
    fingers = [
        _finger((0.36 * side, -0.15), spread * side, length * (1 - 0.2 * side * side), 0.13)
        for side in (-1.0, -0.33, 0.33, 1.0)
    ]
    thumb_side = rng.choice((-1, 1))
    thumb = _finger((0.42 * thumb_side, 0.2), 1.1 * thumb_side, 0.7 * length, 0.14)
    lit = [brightness * rng.uniform(0.85, 1.0) for _ in range(len(fingers) + 1)]
    return (
        Part(arm, sleeve),
        *(Part(outline, light) for outline, light in zip([*fingers, thumb], lit, strict=True)),
        Part(palm, brightness),
    )


def _other(brightness: float, rng: np.random.Generator) -> float:
    """Return a brightness that is seen on another one."""
    step = rng.uniform(25, 110) * rng.choice((-1, 1))
    other = brightness + step
    return float(other if 0 <= other <= 255 else brightness - step)


def _blob(rng: np.random.Generator) -> Points:
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    waves = np.arange(2, 6)
    sizes = rng.uniform(0, 0.35, 4) / waves * 2
    radii = 1 + (sizes * np.sin(angles[:, None] * waves + rng.uniform(0, 2 * np.pi, 4))).sum(axis=1)
    points = np.stack([np.cos(angles), np.sin(angles) * rng.uniform(0.6, 1.0)], axis=1)
    return 0.9 * radii[:, None] * points


def _ellipse(across: float, down: float) -> Points:
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.stack([across * np.cos(angles), down * np.sin(angles)], axis=1)


def _finger(root: tuple[float, float], lean: float, length: float, wide: float) -> Points:
    """Return a finger: a long lump from its root upwards, leaning to the right (radians)."""
    outline = _ellipse(wide, 0.5 * length + wide) - np.array([0, 0.5 * length])
    return np.array(root) + outline @ rotation(lean)
