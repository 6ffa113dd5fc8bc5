"""What is around a drawn shape: walls, rooms, paper held up, light and the camera's faults."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.images.opencv import cv2

Canvas = NDArray[np.uint8]
"""uint8 ``(H, W, 3)``, RGB, drawn into."""
Colour = tuple[float, ...]

_FRACTION_BITS = 4
"""OpenCV draws with whole numbers that have so many bits behind the point."""
_MOST_BLUR = 0.02
"""Standard deviation, as a share of the side."""

_SKIN = ((240, 200, 175), (224, 172, 140), (198, 134, 100), (141, 85, 60), (90, 56, 42))


def random_colour(rng: np.random.Generator) -> Colour:
    """Return any colour, greys and saturated ones alike."""
    grey = rng.uniform(20, 240)
    return tuple((grey + rng.uniform(-1, 1, 3) * rng.uniform(0, 110)).clip(0, 255).tolist())


def fill_polygon(canvas: Canvas, points: NDArray[np.float64], colour: Colour) -> None:
    """Fill a polygon given in pixels, with smooth edges."""
    cv2.fillPoly(canvas, [_fixed(points)], colour, cv2.LINE_AA, _FRACTION_BITS)


def draw_line(
    canvas: Canvas, points: NDArray[np.float64], colour: Colour, thickness: float
) -> None:
    """Draw a line through points given in pixels, with round ends."""
    width = max(1, round(thickness))
    cv2.polylines(canvas, [_fixed(points)], False, colour, width, cv2.LINE_AA, _FRACTION_BITS)


def plain(size: int, rng: np.random.Generator) -> Canvas:
    """Return one colour, or one that goes over into another."""
    first = np.array(random_colour(rng))
    second = random_colour(rng) if rng.random() < 0.5 else first
    direction = rng.uniform(0, 2 * np.pi)
    ramp = _ramp(size, direction)[:, :, None]
    return (first + ramp * (second - first)).astype(np.uint8)


def textured(size: int, rng: np.random.Generator) -> Canvas:
    """Return soft spots of several colours, as of cloth, wood or a wall."""
    cells = int(rng.integers(2, 24))
    middle = np.array(random_colour(rng))
    spread = rng.uniform(10, 60)
    spots = middle + rng.uniform(-1, 1, (cells, cells, 3)) * spread
    return _enlarged(spots.clip(0, 255).astype(np.uint8), size)


def room(size: int, rng: np.random.Generator) -> Canvas:
    """Return something like a room out of focus: surfaces, things, edges, perhaps a face."""
    canvas = textured(size, rng)
    for _ in range(rng.integers(2, 9)):
        colour = random_colour(rng)
        place = rng.uniform(0, size, 2)
        extent = rng.uniform(0.05, 0.5, 2) * size
        kind = rng.random()
        if kind < 0.5:
            corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * extent
            fill_polygon(canvas, place + corners @ rotation(rng.uniform(-0.4, 0.4)), colour)
        elif kind < 0.75:
            draw_line(canvas, rng.uniform(0, size, (2, 2)), colour, rng.uniform(0.01, 0.08) * size)
        else:
            _ellipse(canvas, place, extent, rng.uniform(0, 180), colour)
    if rng.random() < 0.3:
        place = rng.uniform(0.1, 0.9, 2) * size
        _ellipse(canvas, place, np.array([0.2, 0.28]) * size, 0, _SKIN[rng.integers(len(_SKIN))])
    return _blurred(canvas, rng.uniform(0, _MOST_BLUR) * size)


def lay_paper(
    canvas: Canvas, corners: NDArray[np.float64], colour: Colour, rng: np.random.Generator
) -> None:
    """Draw a sheet of paper, sometimes ruled, with its shadow and perhaps fingers that hold it.

    Parameters
    ----------
    corners : ``(4, 2)``, pixels, in the order in which they follow each other.
    """
    size = len(canvas)
    if rng.random() < 0.5:
        dark = tuple(0.5 * value for value in canvas.mean(axis=(0, 1)).tolist())
        fill_polygon(canvas, corners + rng.uniform(0.01, 0.04, 2) * size, dark)
    fill_polygon(canvas, corners, colour)
    if rng.random() < 0.15:
        ink = tuple((np.array(colour) * [0.8, 0.87, 0.95]).tolist())
        for share in np.linspace(0, 1, int(rng.integers(5, 14)))[1:-1]:
            ends = corners[[0, 1]] + share * (corners[[3, 2]] - corners[[0, 1]])
            draw_line(canvas, ends, ink, 1)
    if rng.random() < 0.4:
        tone = _SKIN[rng.integers(len(_SKIN))]
        side = int(rng.integers(4))
        middle = corners[[side, (side + 1) % 4]].mean(axis=0)
        for _ in range(rng.integers(1, 4)):
            place = middle + rng.uniform(-0.08, 0.08, 2) * size
            extent = rng.uniform([0.03, 0.05], [0.06, 0.12]) * size
            _ellipse(canvas, place, extent, rng.uniform(0, 180), tone)


def photographed(canvas: Canvas, size: int, rng: np.random.Generator) -> Canvas:
    """Return the canvas as a camera sees it: uneven light, colour cast, blur, noise.

    Parameters
    ----------
    size : side of the picture wanted, in pixels.
    """
    picture = np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    picture = _blurred(picture, rng.uniform(0, _MOST_BLUR) * size)
    light = 1 + rng.uniform(0, 0.35) * (2 * _ramp(size, rng.uniform(0, 2 * np.pi)) - 1)
    if rng.random() < 0.25:
        light *= _shadow(size, rng)
    gains = rng.uniform(0.55, 1.2) * rng.uniform(0.9, 1.1, 3)
    seen = picture.astype(np.float32) * light[:, :, None].astype(np.float32)
    seen *= gains.astype(np.float32)
    seen += rng.uniform(0, 30)
    seen += rng.uniform(0, 12) * rng.standard_normal(seen.shape, np.float32)
    return seen.clip(0, 255).astype(np.uint8)


def rotation(angle: float) -> NDArray[np.float64]:
    """Return the matrix that turns points ``(n, 2)`` from the right, by radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin], [-sin, cos]])


def _ellipse(
    canvas: Canvas,
    place: NDArray[np.float64],
    radii: NDArray[np.float64],
    angle: float,
    colour: Colour,
) -> None:
    box = (tuple(place.tolist()), tuple((2 * radii).tolist()), angle)
    cv2.ellipse(canvas, box, colour, cv2.FILLED, cv2.LINE_AA)


def _shadow(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a factor per pixel: one side lies in a soft shadow."""
    distance = _ramp(size, rng.uniform(0, 2 * np.pi)) - rng.uniform(0.2, 0.8)
    softness = rng.uniform(0.02, 0.2)
    return 1 - rng.uniform(0.15, 0.5) * (distance / softness + 0.5).clip(0, 1)


def _ramp(size: int, direction: float) -> NDArray[np.float64]:
    """Return ``(size, size)`` values that grow from about 0 to 1 in a direction."""
    places = np.linspace(-0.5, 0.5, size)
    return 0.5 + places * np.cos(direction) + places[:, None] * np.sin(direction)


def _blurred(picture: Canvas, deviation: float) -> Canvas:
    if deviation < 0.3:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), deviation), np.uint8)


def _enlarged(cells: Canvas, size: int) -> Canvas:
    return np.asarray(cv2.resize(cells, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(points * 2**_FRACTION_BITS).astype(np.int32)
