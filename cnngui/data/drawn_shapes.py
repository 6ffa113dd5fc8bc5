"""Plain shapes drawn by us, so that learning can be shown with no data at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.data import scenes
from cnngui.data.drawn import DrawnDataset, DrawnOptions
from cnngui.data.shape_outlines import SHAPES

CLASSES = tuple(SHAPES)
USUAL_OPTIONS = DrawnOptions(count=3000, seed=0, size=64)

FINER = 2
"""Drawn so many times as large, then made smaller: lines may then be thinner than a pixel."""
_LEAST_CONTRAST = 70.0


def shapes(address: str = "shapes", options: DrawnOptions = USUAL_OPTIONS) -> DrawnDataset:
    """Return a collection of circles, squares, triangles, stars, crosses and hearts."""
    return DrawnDataset("Shapes", address, CLASSES, draw_shape, options)


def draw_shape(label: int, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one large filled shape anywhere on a plain ground, in two colours and some noise.

    Returns
    -------
    uint8 ``(size, size, 3)``, RGB.
    """
    figure = SHAPES[CLASSES[label]](rng)
    side = FINER * size
    radius = rng.uniform(0.26, 0.42) * side
    place = side / 2 + rng.uniform(-1, 1, 2) * (side / 2 - 1.05 * radius)
    canvas = scenes.plain(side, rng)
    colour = contrasting_colour(canvas, place, rng)
    points = place + radius * figure.outline @ scenes.rotation(rng.uniform(-0.5, 0.5))
    scenes.fill_polygon(canvas, points, colour)
    return scenes.photographed(canvas, size, rng)


def contrasting_colour(
    canvas: scenes.Canvas, place: NDArray[np.float64], rng: np.random.Generator
) -> scenes.Colour:
    """Return a colour that is seen on what the canvas has around a place."""
    column, row = place.astype(int).clip(0, len(canvas) - 1)
    ground = canvas[row, column].astype(float)
    for _ in range(20):
        colour = scenes.random_colour(rng)
        if np.abs(np.array(colour) - ground).mean() >= _LEAST_CONTRAST:
            return colour
    return (0.0, 0.0, 0.0) if ground.mean() > 127 else (255.0, 255.0, 255.0)
