"""Shapes as on paper held up to a camera, among others, drawn by us.

Who learns these recognises what a hand has drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.data import scenes
from cnngui.data.drawn import DrawnDataset, DrawnOptions
from cnngui.data.drawn_shapes import CLASSES, FINER, USUAL_OPTIONS, contrasting_colour
from cnngui.data.shape_outlines import SHAPES, Figure, by_hand

_PENS = ((20, 20, 25), (25, 40, 130), (170, 30, 40), (20, 100, 60), (60, 30, 90), (70, 70, 75))


def shapes_on_paper(address: str = "paper", options: DrawnOptions = USUAL_OPTIONS) -> DrawnDataset:
    """Return a collection of the same shapes, drawn and printed, on paper and elsewhere."""
    return DrawnDataset("Shapes on paper", address, CLASSES, draw_shape_on_paper, options)


def draw_shape_on_paper(label: int, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one shape of any size, place, turn, colour and surrounding.

    Returns
    -------
    uint8 ``(size, size, 3)``, RGB.
    """
    figure = SHAPES[CLASSES[label]](rng)
    side = FINER * size
    radius = rng.uniform(0.16, 0.44) * side
    room_left = side / 2 - 0.9 * radius
    place = side / 2 + rng.uniform(-1, 1, 2) * room_left
    to_pixels = _projection(place, radius, rng)
    if rng.random() < 0.6:
        canvas = scenes.room(side, rng)
        paper = _paper_colour(rng)
        scenes.lay_paper(canvas, _paper_corners(place, radius, rng), paper, rng)
        colour = _pen_colour(rng)
        is_by_hand = rng.random() < 0.75
    else:
        canvas = (scenes.plain if rng.random() < 0.6 else scenes.textured)(side, rng)
        colour = contrasting_colour(canvas, place, rng)
        is_by_hand = rng.random() < 0.3
    if is_by_hand:
        figure = by_hand(figure, rng)
    _draw(canvas, figure, to_pixels, colour, radius * rng.uniform(0.08, 0.26), rng)
    return scenes.photographed(canvas, size, rng)


class _Projection:
    """Takes points of a figure to pixels: turned, skewed, and seen a little from the side."""

    def __init__(
        self, matrix: NDArray[np.float64], tilt: NDArray[np.float64], place: NDArray[np.float64]
    ) -> None:
        self._matrix = matrix
        self._tilt = tilt
        self._place = place

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._place + points @ self._matrix / (1 + points @ self._tilt)[:, None]


def _projection(place: NDArray[np.float64], radius: float, rng: np.random.Generator) -> _Projection:
    # Things held up are mostly upright, but not always.
    most = 0.45 if rng.random() < 0.6 else np.pi
    turn = scenes.rotation(rng.uniform(-most, most))
    skew = np.eye(2) + rng.uniform(-0.16, 0.16, (2, 2))
    return _Projection(radius * turn @ skew, rng.uniform(-0.15, 0.15, 2), place)


def _paper_corners(
    place: NDArray[np.float64], radius: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    half = radius * rng.uniform(1.15, 2.6, 2)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners += rng.uniform(-0.12, 0.12, (4, 2)) * half
    offset = rng.uniform(-1, 1, 2) * (half - 1.1 * radius)
    return place + offset + corners @ scenes.rotation(rng.uniform(-0.35, 0.35))


def _paper_colour(rng: np.random.Generator) -> scenes.Colour:
    return tuple((rng.uniform(195, 255) + rng.uniform(-12, 8, 3)).clip(0, 255).tolist())


def _pen_colour(rng: np.random.Generator) -> scenes.Colour:
    if rng.random() < 0.75:
        pen = np.array(_PENS[rng.integers(len(_PENS))])
        return tuple((pen + rng.uniform(-15, 40, 3)).clip(0, 255).tolist())
    return tuple(rng.permutation([rng.uniform(0, 60), rng.uniform(0, 160), rng.uniform(60, 230)]))


def _draw(
    canvas: scenes.Canvas,
    figure: Figure,
    to_pixels: _Projection,
    colour: scenes.Colour,
    thickness: float,
    rng: np.random.Generator,
) -> None:
    """Fill the figure, or draw its lines, or both in two colours."""
    kind = rng.random()
    if kind < 0.45:
        scenes.fill_polygon(canvas, to_pixels(figure.outline), colour)
        if kind > 0.35:
            edge = tuple(0.5 * value for value in colour)
            closed = np.concatenate([figure.outline, figure.outline[:1]])
            scenes.draw_line(canvas, to_pixels(closed), edge, 0.5 * thickness)
        return
    for stroke in figure.strokes:
        scenes.draw_line(canvas, to_pixels(stroke), colour, thickness)
