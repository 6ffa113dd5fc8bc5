"""Draws the clip of the preset "Shapes": ``python resources/clip/draw_shapes_clip.py [FILE]``.

What a camera sees when somebody holds up one drawing after the other: a hand, a sheet of paper that
turns and tilts a little, and on it a circle, a square, a triangle, a star or a cross in felt pen.
Nothing here knows how the samples are drawn that the preset is trained on. Drawing it needs NumPy,
and ffmpeg with VP9.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from draw_clip import (
    HEIGHT,
    RATE,
    WIDTH,
    Colour,
    Field,
    X,
    Y,
    disc,
    edge,
    paint,
    shadow,
    star,
    turning,
    write_clip,
)
from numpy.typing import NDArray

SECONDS_EACH = 2.4
FRAMES_EACH = round(SECONDS_EACH * RATE)
FRAMES_TO_ARRIVE = 8
"""In so many frames a sheet is lifted into the picture, and in as many it is taken away."""

PAPER_WIDTH, PAPER_HEIGHT = 250.0, 290.0
"""Pixels, held straight at the usual distance."""

SKIN: Colour = (0.80, 0.58, 0.46)
SLEEVE: Colour = (0.20, 0.28, 0.42)


@dataclass(frozen=True)
class Drawing:
    """What is on one sheet: its shape, the pen's colour, and whether it is filled in."""

    shape: str
    pen: Colour
    is_filled: bool
    seed: int


DRAWINGS = (
    Drawing("circle", (0.12, 0.14, 0.20), False, 1),
    Drawing("star", (0.75, 0.13, 0.12), True, 2),
    Drawing("square", (0.10, 0.25, 0.62), False, 3),
    Drawing("triangle", (0.08, 0.42, 0.22), True, 4),
    Drawing("cross", (0.15, 0.12, 0.14), True, 5),
    Drawing("circle", (0.80, 0.38, 0.08), True, 6),
    Drawing("star", (0.13, 0.16, 0.45), False, 7),
    Drawing("square", (0.55, 0.12, 0.40), True, 8),
    Drawing("triangle", (0.14, 0.14, 0.16), False, 9),
    Drawing("cross", (0.72, 0.16, 0.10), False, 10),
)


def shape_distance(shape: str, x: Field, y: Field) -> Field:
    """Distance to the outline of a shape about 150 pixels across."""
    match shape:
        case "circle":
            return disc(x, y, 74)
        case "square":
            return np.maximum(np.abs(x), np.abs(y)) - np.float32(66)
        case "triangle":
            return star(x, y + 4, 3, 92)
        case "star":
            return star(x, y, 5, 94, 42)
        case _:
            across = np.maximum(np.abs(x) - 80, np.abs(y) - 26)
            down = np.maximum(np.abs(x) - 26, np.abs(y) - 80)
            return np.minimum(across, down)


def trembling(x: Field, y: Field, rng: np.random.Generator) -> tuple[Field, Field]:
    """Coordinates bent a little, as a hand that draws without a ruler bends them."""
    moved = []
    for along in (x, y):
        a, b = rng.uniform(0.02, 0.045, 2)
        p, q = rng.uniform(0, 2 * np.pi, 2)
        size = rng.uniform(1.5, 3.0)
        moved.append(along + size * np.sin(a * x + p) + size * np.sin(b * y + q))
    return moved[0].astype(np.float32), moved[1].astype(np.float32)


def room(turn: float) -> Field:
    """A wall with a lamp's light on it, a shelf's shadowy edge, and a desk below."""
    light = np.exp(-((X - 450 - 12 * np.sin(turn)) ** 2 + (Y - 60) ** 2) / (2 * 260.0**2))
    wall = np.array([0.42, 0.46, 0.47], np.float32) * (0.55 + 0.6 * light)[:, :, None]
    grain = 0.02 * np.sin(Y * 0.9 + 3 * np.sin(X / 97)) + 0.015 * np.sin(Y * 2.3 + X / 41)
    desk = np.array([0.36, 0.25, 0.16], np.float32) * (0.8 + 0.4 * light + grain)[:, :, None]
    picture = wall.astype(np.float32)
    paint(picture, edge(390 + 0.03 * X - Y), desk)
    for left, width, height, colour in (
        (40, 34, 150, (0.45, 0.18, 0.15)),
        (78, 26, 172, (0.16, 0.30, 0.36)),
        (108, 40, 138, (0.62, 0.55, 0.38)),
    ):
        book = np.maximum(
            np.abs(X - left - width / 2) - width / 2, np.abs(Y - 392 + height / 2) - height / 2
        )
        shadow(picture, book, softness=10)
        paint(picture, edge(book), np.asarray(colour, np.float32) * (0.7 + 0.4 * light)[..., None])
    return picture


def sheet_coordinates(
    middle: tuple[float, float], angle: float, size: float, tilt: tuple[float, float]
) -> tuple[Field, Field]:
    """Coordinates on a sheet that is turned, nearer or farther, and tilted away from us."""
    x, y = turning(X - np.float32(middle[0]), Y - np.float32(middle[1]), angle)
    depth = 1 + tilt[0] * x / 300 + tilt[1] * y / 300
    return (x / (size * depth)).astype(np.float32), (y / (size * depth)).astype(np.float32)


def hold_up(picture: Field, drawing: Drawing, time: float, lift: float) -> None:
    """Show a drawing; ``time`` 0..1 of its stay, ``lift`` 1 all the way up and 0 out of sight."""
    rng = np.random.default_rng(drawing.seed)
    lean, drift, p, q = rng.uniform(-1, 1, 4)
    sway = 2 * np.pi * time
    middle = (
        WIDTH / 2 + 14 * drift + 16 * np.sin(sway + p),
        HEIGHT / 2 - 12 + 8 * np.cos(sway + q) + (1 - lift) ** 2 * 460,
    )
    angle = np.radians(9 * lean + 6 * np.sin(sway + 2 * q))
    size = 1.04 + 0.10 * np.sin(sway + 2 * p)
    tilt = 0.22 * np.sin(sway + 4 * p), 0.18 * np.cos(sway + 3 * q)
    u, v = sheet_coordinates(middle, angle, size, tilt)
    sheet = np.maximum(np.abs(u) - PAPER_WIDTH / 2, np.abs(v) - PAPER_HEIGHT / 2) * size

    arm = np.abs(X - middle[0] - 50 - 0.25 * (Y - middle[1] - 170)) - 44
    arm = np.maximum(arm, middle[1] + 165 - Y)
    shadow(picture, arm)
    paint(picture, edge(arm), SLEEVE)
    shadow(picture, sheet - 6, softness=18)
    shine = 0.90 + 0.05 * u / PAPER_WIDTH - 0.07 * v / PAPER_HEIGHT
    white = np.array([1.0, 0.985, 0.95], np.float32) * shine[:, :, None]
    paint(picture, edge(sheet), white.astype(np.float32))

    distance = shape_distance(drawing.shape, *trembling(u, v + 10, rng)) * size
    if drawing.is_filled:
        strokes = 0.93 + 0.07 * np.sin((u + 0.6 * v) * 0.9 + 2 * np.sin(v / 13))
        paint(picture, edge(distance) * strokes, drawing.pen)
    paint(picture, edge(np.abs(distance) - 5.5 * size), drawing.pen)

    thumb_x, thumb_y = turning(X - middle[0] - 62, Y - middle[1] - 140 * size, 0.35)
    thumb = np.hypot(thumb_x, np.maximum(np.abs(thumb_y - 26) - 26, 0)) - 17
    shadow(picture, thumb - 2, softness=6, strength=0.3)
    paint(picture, edge(thumb), SKIN)
    nail = np.hypot(thumb_x / 0.8, thumb_y + 3) - 9
    paint(picture, edge(nail) * 0.5, (0.93, 0.76, 0.68))


def draw_frame(index: int) -> NDArray[np.uint8]:
    """Return frame ``index`` of the clip, uint8 ``(480, 640, 3)``, RGB."""
    turn = 2 * np.pi * index / (FRAMES_EACH * len(DRAWINGS))
    number, frame = divmod(index, FRAMES_EACH)
    from_an_end = min(frame, FRAMES_EACH - 1 - frame)
    lift = min(1.0, (from_an_end + 1) / FRAMES_TO_ARRIVE)
    picture = room(turn)
    hold_up(picture, DRAWINGS[number], frame / FRAMES_EACH, lift)
    # A cheap camera: a little grain, the same for every run of this script.
    grain = np.random.default_rng(index).standard_normal((HEIGHT, WIDTH, 1), np.float32)
    picture += 0.012 * grain
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("shapes.webm")
    write_clip(path, draw_frame, FRAMES_EACH * len(DRAWINGS))
