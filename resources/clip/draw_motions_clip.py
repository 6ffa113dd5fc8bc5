"""Draws the clip of "Motion" and "Motions": ``python resources/clip/draw_motions_clip.py [FILE]``.

What a camera sees when somebody waves: a hand goes left and right, up and down, round in circles,
comes nearer and goes back, and rests in between. Nothing here knows how the clips are drawn that
the preset is trained on. Drawing it needs NumPy, and ffmpeg with VP9.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from draw_clip import HEIGHT, WIDTH, Colour, Field, X, Y, edge, paint, shadow, turning, write_clip
from draw_shapes_clip import SKIN, SLEEVE, room
from numpy.typing import NDArray

REST = 20
"""Frames between two motions: a window of 22 then sees hardly anything move."""

SHARES: Colour = (0.86, 0.72, 0.62)
"""Of the skin's light where fingers lie in the hand's shadow."""


@dataclass(frozen=True)
class Pose:
    """Where the hand is, in pixels, and how near: 1 at arm's length."""

    x: float = 400.0
    y: float = 250.0
    size: float = 1.0


HOME = Pose()
LEFT, HIGH, NEAR = Pose(x=200.0), Pose(y=130.0), Pose(size=1.9)
MOTIONS: tuple[tuple[str, int, Pose, Pose], ...] = (
    ("left", 25, HOME, LEFT),
    ("right", 25, LEFT, HOME),
    ("up", 22, HOME, HIGH),
    ("down", 22, HIGH, HOME),
    ("clockwise", 50, HOME, HOME),
    ("anticlockwise", 50, HOME, HOME),
    ("grow", 25, HOME, NEAR),
    ("shrink", 25, NEAR, HOME),
)
"""What it does one after the other: in how many frames, from where to where."""

TURNS, RADIUS = 2, 70.0


def poses() -> Iterator[tuple[str, Pose]]:
    """Yield for each frame what the hand does, and where it is."""
    for name, frames, begin, end in MOTIONS:
        for frame in range(REST):
            sway = np.sin(2 * np.pi * frame / REST)
            yield "still", Pose(begin.x + 1.5 * sway, begin.y, begin.size)
        for frame in range(1, frames + 1):
            yield name, _on_the_way(name, frame / frames, begin, end)


def _on_the_way(name: str, time: float, begin: Pose, end: Pose) -> Pose:
    eased = 0.5 * time + 0.5 * time * time * (3 - 2 * time)
    if name in ("clockwise", "anticlockwise"):
        side = 1 if name == "clockwise" else -1
        turn = 2 * np.pi * TURNS * eased
        # From the lowest point of the circle, and back to it.
        across, up = side * -np.sin(turn), 1 - np.cos(turn)
        return Pose(begin.x + RADIUS * across, begin.y - RADIUS * up, begin.size)
    near = begin.size * (end.size / begin.size) ** eased
    x, y = (a + (b - a) * eased for a, b in ((begin.x, end.x), (begin.y, end.y)))
    return Pose(x, y, near)


def capsule(x: Field, y: Field, length: float, radius: float) -> Field:
    """Distance to a finger that stands upright on the origin."""
    return np.hypot(x, y - np.clip(y, -length, 0)) - np.float32(radius)


def wave(picture: Field, pose: Pose) -> None:
    """Show the open hand, its arm reaching up from below."""
    u, v = (X - pose.x) / pose.size, (Y - pose.y) / pose.size
    u, v = u.astype(np.float32), v.astype(np.float32)
    lean = 0.30 * (v - 60)
    arm = np.maximum(np.abs(u - lean) - 34 - 0.06 * (v - 60), 52 - v) * pose.size
    wrist = np.maximum(np.abs(u - lean) - 25, np.abs(v - 50) - 22) * pose.size
    shadow(picture, arm - 4, softness=16)
    paint(picture, edge(wrist), tuple(0.92 * value for value in SKIN))
    paint(picture, edge(arm), SLEEVE)
    shade = tuple(a * b for a, b in zip(SKIN, SHARES, strict=True))
    for root, angle, length in ((-30, -0.30, 62), (-10, -0.10, 76), (11, 0.08, 74), (31, 0.27, 60)):
        across, along = turning(u - root, v + 22, angle)
        finger = capsule(across, along, length, 11.5) * pose.size
        shadow(picture, finger - 2, softness=8, strength=0.3)
        paint(picture, edge(finger), shade)
        paint(picture, edge(finger + 3 * pose.size), SKIN)
    across, along = turning(u + 36, v - 12, -0.95)
    paint(picture, edge(capsule(across, along, 56, 13) * pose.size), SKIN)
    palm = (np.hypot(u / 1.0, v / 1.08) - 44) * pose.size
    light = (1.04 - 0.10 * (u + v) / 60)[:, :, None].clip(0.85, 1.12)
    paint(picture, edge(palm), (np.asarray(SKIN, np.float32) * light).astype(np.float32))


def draw_frame(index: int) -> NDArray[np.uint8]:
    """Return frame ``index`` of the clip, uint8 ``(480, 640, 3)``, RGB."""
    _, pose = FRAMES[index]
    picture = BACKGROUND.copy()
    wave(picture, pose)
    # A cheap camera: a little grain, the same for every run of this script.
    grain = np.random.default_rng(index).standard_normal((HEIGHT, WIDTH, 1), np.float32)
    picture += 0.012 * grain
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


FRAMES = tuple(poses())
BACKGROUND = room(0.0)

if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("motions.webm")
    write_clip(path, draw_frame, len(FRAMES))
