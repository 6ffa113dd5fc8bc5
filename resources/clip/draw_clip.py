"""Draws the built-in clip: ``python resources/clip/draw_clip.py [FILE.webm]``.

Ten seconds that flow back into their own start. Each thing in them is there for some filter: a star
of wedges and a turning triangle for edges of every direction, rings and a turning grating for Gabor
filters of every direction and frequency, a checker board and dots for corners and blobs, a ribbon
of pure hues and shaded solids for colour and for smooth gradients.

Everything is a signed distance (negative inside) in pixels, so that every edge is anti-aliased by
one ``clip``. Every motion makes whole turns in the length of the clip. Drawing it needs NumPy,
and ffmpeg with VP9.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 480
RATE = 25
FRAMES = 250

Field = NDArray[np.float32]
Colour = tuple[float, float, float]

CREAM: Colour = (0.96, 0.93, 0.85)
NIGHT: Colour = (0.07, 0.09, 0.17)
TEAL: Colour = (0.05, 0.42, 0.45)
RUST: Colour = (0.80, 0.30, 0.14)

Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) + np.float32(0.5)


def turning(x: Field, y: Field, angle: float) -> tuple[Field, Field]:
    """Coordinates as seen by something turned by ``angle`` (radians)."""
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return c * x + s * y, c * y - s * x


def disc(x: Field, y: Field, radius: float) -> Field:
    """Distance to a disc."""
    return np.hypot(x, y) - np.float32(radius)


def star(x: Field, y: Field, points: int, outer: float, inner: float | None = None) -> Field:
    """Distance to a star; without an inner radius to the regular polygon with those corners."""
    half = np.pi / points
    if inner is None:
        inner = outer * np.cos(half)
    angle = np.abs((np.arctan2(x, -y) + half) % (2 * half) - half)
    radius = np.hypot(x, y)
    edge_x, edge_y = inner * np.cos(half) - outer, inner * np.sin(half)
    length = np.hypot(edge_x, edge_y)
    along, across = radius * np.cos(angle) - outer, radius * np.sin(angle)
    return ((across * -edge_x + along * edge_y) / length).astype(np.float32)


def around(x: float, y: float) -> tuple[Field, Field]:
    """Coordinates with their origin at a point of the picture."""
    return X - np.float32(x), Y - np.float32(y)


def afloat(x: float, y: float, turn: float, phase: float) -> tuple[Field, Field]:
    """Coordinates around a point that bobs a little."""
    return around(x + 5 * np.cos(turn + phase), y + 7 * np.sin(turn + phase))


def edge(distance: Field) -> Field:
    """Coverage 0..1 of each pixel by what lies where the distance is negative."""
    return np.clip(np.float32(0.5) - distance, 0, 1)


def paint(picture: Field, coverage: Field, colour: Colour | Field) -> None:
    """Lay a colour (or a picture of colours) over the picture where the coverage says so."""
    picture += coverage[:, :, None] * (np.asarray(colour, np.float32) - picture)


def shadow(picture: Field, distance: Field, softness: float = 14, strength: float = 0.45) -> None:
    """Darken the picture softly around a shape."""
    picture *= 1 - (strength * np.clip(0.5 - distance / (2 * softness), 0, 1) ** 2)[:, :, None]


def hue(turns: Field) -> Field:
    """Saturated colours around the colour wheel, ``(..., 3)``."""
    thirds = np.array([0, 1 / 3, 2 / 3], np.float32)
    return np.clip(np.abs((turns[..., None] + thirds) % 1 * 6 - 3) - 1, 0, 1)


def stripes(phase: Field, pixels_per_turn: Field | float) -> Field:
    """Coverage of every other half turn of ``phase`` (in turns), edges one pixel soft."""
    return np.clip(0.5 + np.sin(2 * np.pi * phase) * (pixels_per_turn / (2 * np.pi)), 0, 1)


def background(turn: float) -> Field:
    """Dusk: a gradient from blue to plum with a slow light in it."""
    height = (Y / HEIGHT)[:, :, None]
    top = np.array([0.13, 0.22, 0.42], np.float32)
    bottom = np.array([0.45, 0.22, 0.38], np.float32)
    picture = top + height * (bottom - top)
    x = X - WIDTH * (0.5 + 0.3 * np.cos(turn))
    y = Y - HEIGHT * (0.5 + 0.2 * np.sin(turn))
    glow = np.exp(-(x * x + y * y) / (2 * 190.0**2))[:, :, None]
    return (picture + glow * np.array([0.42, 0.30, 0.16], np.float32)).astype(np.float32)


def ribbon(picture: Field, turn: float) -> None:
    """Every pure hue, flowing along a wave."""
    wave = 2 * np.pi * X / WIDTH
    distance = np.abs(Y - HEIGHT / 2 - 46 * np.sin(wave + turn)) - 34
    slope = np.hypot(1, 46 * 2 * np.pi / WIDTH * np.cos(wave + turn))
    distance = distance / slope
    shadow(picture, distance - 4)
    shade = 1 - 0.35 * (np.clip(distance + 34, 0, 34) / 34)[:, :, None] ** 2
    paint(picture, edge(distance), hue(X / WIDTH - turn / (2 * np.pi)) * shade)


def wedges(picture: Field, turn: float) -> None:
    """A turning star of wedges: edges of every direction at once."""
    x, y = turning(*afloat(122, 112, turn, 0), turn / 14 * 4)
    angle = np.arctan2(y, x) / (2 * np.pi)
    plate(picture, disc(x, y, 92), NIGHT)
    inside = edge(disc(x, y, 84)) * edge(10 - np.hypot(x, y))
    paint(picture, inside * stripes(angle * 14, np.hypot(x, y) * 2 * np.pi / 14), CREAM)


def rings(picture: Field, turn: float) -> None:
    """Rings that run outwards while their spacing breathes."""
    x, y = afloat(524, 108, turn, 2)
    radius = np.hypot(x, y)
    spacing = 25 - 8 * np.cos(turn)
    plate(picture, disc(x, y, 86), CREAM)
    phase = radius / spacing - 3 * turn / (2 * np.pi)
    paint(picture, edge(disc(x, y, 78)) * stripes(phase, spacing), TEAL)


def grating(picture: Field, turn: float) -> None:
    """A grating that turns through every direction, its frequency changing across it."""
    x, y = afloat(518, 364, turn, 4)
    plate(picture, disc(x, y, 94), NIGHT)
    along, _ = turning(x, y, turn / 2)
    chirp = along / 22 + 0.0022 * (along * np.abs(along)) / 22
    spacing = 22 / (1 + 0.0044 * np.abs(along))
    paint(picture, edge(disc(x, y, 86)) * stripes(chirp + 0.25, spacing), CREAM)


def board(picture: Field, turn: float) -> None:
    """A rocking checker board: corners, and two directions of edges."""
    x, y = turning(*afloat(124, 362, turn, 5), 0.35 * np.sin(turn) + 0.12)
    plate(picture, np.maximum(np.abs(x), np.abs(y)) - 86, CREAM)
    cell = 26.0
    columns, rows = (2 * stripes(u / (2 * cell), 2 * cell) - 1 for u in (x, y))
    inside = edge(np.maximum(np.abs(x), np.abs(y)) - (3 * cell - 1))
    paint(picture, inside * (0.5 - 0.5 * columns * rows), RUST)


def dots(picture: Field, turn: float) -> None:
    """Dots that swell and shrink in a wave, above and below the ribbon."""
    pitch = 26.0
    column, row = np.floor(X / pitch), np.floor(Y / pitch)
    x, y = X - (column + 0.5) * pitch, Y - (row + 0.5) * pitch
    swell = 5.2 + 3.6 * np.sin(0.55 * column + 0.4 * row - 2 * turn)
    near = np.clip(1.15 - np.abs(X - WIDTH / 2) / 110, 0, 1)
    paint(picture, edge(np.hypot(x, y) - swell * near) * np.minimum(near * 4, 1), CREAM)


def plate(picture: Field, distance: Field, colour: Colour) -> None:
    """Lay a plate with a shadow."""
    shadow(picture, distance - 5)
    paint(picture, edge(distance), colour)


def solid(picture: Field, distance: Field, x: Field, y: Field, size: float, colour: Colour) -> None:
    """A plain shape with light from the upper left and a shadow."""
    shadow(picture, distance - 3, strength=0.55)
    light = np.clip(1.06 - 0.42 * (x + y) / size, 0.5, 1.3)[:, :, None]
    paint(picture, edge(distance), np.clip(np.asarray(colour, np.float32) * light, 0, 1))


def solids(picture: Field, turn: float) -> None:
    """Circle, square, triangle and star in pure colours, each on its own closed path."""
    x, y = around(320 + 235 * np.sin(turn), 240 + 150 * np.sin(2 * turn))
    solid(picture, disc(x, y, 40), x, y, 80, (0.90, 0.10, 0.12))
    x, y = around(320 + 240 * np.cos(turn + 0.6), 240 + 165 * np.sin(turn + 0.6))
    solid(picture, star(*turning(x, y, turn), 4, 50), x, y, 80, (0.08, 0.68, 0.24))
    x, y = around(320 - 150 * np.cos(2 * turn), 240 + 170 * np.sin(turn - 0.9))
    solid(picture, star(*turning(x, y, -turn), 3, 56), x, y, 80, (0.10, 0.26, 0.92))
    x, y = around(320 + 90 * np.sin(2 * turn + 2.2), 240 - 160 * np.sin(turn + 0.3))
    solid(picture, star(*turning(x, y, 2 * turn), 5, 54, 25), x, y, 80, (1.0, 0.80, 0.05))


def draw_frame(index: int) -> NDArray[np.uint8]:
    """Return frame ``index`` of the clip, uint8 ``(480, 640, 3)``, RGB."""
    turn = 2 * np.pi * index / FRAMES
    picture = background(turn)
    for part in (dots, ribbon, wedges, rings, board, grating, solids):
        part(picture, turn)
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


def write_clip(path: Path, draw: Callable[[int], NDArray[np.uint8]], frames: int) -> None:
    """Write a clip of so many frames, each drawn when its turn comes."""
    # Piped to ffmpeg, because OpenCV's own writer cannot be told a bit rate and makes 8 MB of it.
    raw = f"-f rawvideo -pix_fmt rgb24 -s {WIDTH}x{HEIGHT} -r {RATE} -i -"
    vp9 = "-vf scale=out_color_matrix=bt601 -pix_fmt yuv420p -c:v libvpx-vp9 -crf 36 -b:v 0 -g 50"
    options = f"-loglevel error -y {raw} {vp9} -cpu-used 2 -fflags +bitexact -flags +bitexact"
    ffmpeg = subprocess.Popen(["ffmpeg", *options.split(), str(path)], stdin=subprocess.PIPE)
    with ffmpeg.stdin:
        for index in range(frames):
            ffmpeg.stdin.write(draw(index).tobytes())
    if ffmpeg.wait() != 0:
        sys.exit(f"{path}: ffmpeg could not write it")
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("clip.webm")
    write_clip(path, draw_frame, FRAMES)
