"""Outlines of shapes, as a ruler draws them and as a hand does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""``(n, 2)``: x to the right, y down, within about 1 of the middle."""

_POINTS_PER_SIDE = 8


@dataclass(frozen=True, eq=False)
class Figure:
    """One shape.

    Attributes
    ----------
    outline : closed, its last point joins its first; may be filled.
    strokes : lines by which a pen draws it.
    """

    outline: Points
    strokes: tuple[Points, ...]


def circle(rng: np.random.Generator) -> Figure:
    """Return a circle, or nearly one."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    radii = np.array([1.0, rng.uniform(0.82, 1.0)])
    return _closed(np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii)


def square(rng: np.random.Generator) -> Figure:
    """Return a square, or nearly one."""
    half = 0.85 * np.array([1.0, rng.uniform(0.8, 1.0)])
    return _closed(_along(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half))


def triangle(rng: np.random.Generator) -> Figure:
    """Return a triangle with sides of about the same length."""
    corners = _on_circle(3) + rng.uniform(-0.12, 0.12, (3, 2))
    return _closed(_along(corners))


def star(rng: np.random.Generator) -> Figure:
    """Return a star of five points: its outline, or drawn in one line through its middle."""
    corners = _on_circle(10)
    corners[1::2] *= rng.uniform(0.36, 0.52)
    figure = _closed(_along(corners))
    if rng.random() < 0.5:
        return figure
    tips = _on_circle(5)[[0, 2, 4, 1, 3]]
    return Figure(figure.outline, _closed(_along(tips)).strokes)


def cross(rng: np.random.Generator) -> Figure:
    """Return an upright cross: its outline, or drawn as two lines."""
    arm = rng.uniform(0.18, 0.38)
    quarter = np.array([[arm, -1], [arm, -arm], [1, -arm]])
    turns = [np.array([[0, 1], [-1, 0]]), -np.eye(2), np.array([[0, -1], [1, 0]])]
    corners = np.concatenate([quarter, *(quarter @ turn for turn in turns)])
    figure = _closed(_along(corners))
    if rng.random() < 0.4:
        return figure
    across = np.linspace([-1.0, 0.0], [1.0, 0.0], _POINTS_PER_SIDE)
    return Figure(figure.outline, (across, across[:, ::-1] * [1, -1]))


def heart(rng: np.random.Generator) -> Figure:
    """Return a heart, slim or broad."""
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return _closed(np.stack([x * rng.uniform(0.85, 1.1), -y - 2], axis=1) / 16)


SHAPES: dict[str, Callable[[np.random.Generator], Figure]] = {
    "circle": circle,
    "square": square,
    "triangle": triangle,
    "star": star,
    "cross": cross,
    "heart": heart,
}


def by_hand(figure: Figure, rng: np.random.Generator) -> Figure:
    """Return the figure as an unsteady hand draws it: bent, and its ends do not quite meet."""
    waves = rng.uniform(-1, 1, (4, 2)) * rng.uniform(0.02, 0.09)
    phases = rng.uniform(0, 2 * np.pi, (4, 2))
    counts = np.array([1.0, 2.0, 3.0, 5.0])

    def bent(points: Points) -> Points:
        # By the place in the plane, so that lines that meet still do.
        along = points @ np.array([[1.0, 0.35], [-0.35, 1.0]])
        angles = counts[:, None] * 2 * along[:, None, :] + phases
        return points + (waves * np.sin(angles)).sum(axis=1)

    strokes = []
    for stroke in figure.strokes:
        ends = rng.normal(0, 0.06, (2, 2))
        share = np.linspace(1, 0, len(stroke))[:, None] ** 6
        strokes.append(bent(stroke) + share * ends[0] + share[::-1] * ends[1])
    return Figure(bent(figure.outline), tuple(strokes))


def _on_circle(count: int) -> Points:
    """Return points at equal angles, the first one at the top."""
    angles = 2 * np.pi * np.arange(count) / count
    return np.stack([np.sin(angles), -np.cos(angles)], axis=1)


def _along(corners: Points) -> Points:
    """Return points along all sides, so that sides can be bent."""
    steps = np.arange(_POINTS_PER_SIDE)[None, :, None] / _POINTS_PER_SIDE
    following = np.roll(corners, -1, axis=0)
    return (corners[:, None] + steps * (following - corners)[:, None]).reshape(-1, 2)


def _closed(outline: Points) -> Figure:
    return Figure(outline, (np.concatenate([outline, outline[:1]]),))
