"""Digits drawn by us, light on dark as MNIST's: in OpenCV's fonts, and by a pen."""

from __future__ import annotations

import threading
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnngui.data.drawn import DrawnDataset, DrawnOptions
from cnngui.images.opencv import cv2

CLASSES = tuple("0123456789")
USUAL_OPTIONS = DrawnOptions(count=4000, seed=0, size=28)

_FINER = 4
_OUTLINE_FONTS = ("sans", "italic", "uni")
_font_lock = threading.Lock()
"""A font of OpenCV 5 keeps the thickness it was used with last, for all threads."""

_PEN_WAYS = {
    "0": ("3.4,0 1.2,1.5 0.4,5 1.2,8.5 3.4,10 5.6,8.5 6.4,5 5.6,1.5 3.4,0",),
    "1": (
        "3,0 3,10",
        "1,2.4 3,0 3,10",
        "1,2.4 3,0 3,10  |  1,10 5,10",
    ),
    "2": ("0.5,2.6 1.6,0.5 4,0 5.8,1.8 5,4.6 2.6,7.4 0.3,10 6.4,10",),
    "3": ("0.6,1.4 2.6,0 5.2,1 5.2,3.6 2.6,4.8 5.4,5.9 6,8 3.6,10 0.4,8.8",),
    "4": (
        "4.6,10 4.6,0 0.3,6.8 6.8,6.8",
        "1.2,0 0.8,5 5.6,5  |  5.4,0.4 4.8,10",
    ),
    "5": ("5.8,0 1.4,0 1,4.4 3.4,3.8 5.8,5.2 5.8,8 3.6,10 0.4,8.8",),
    "6": ("5,0.2 2,2.8 0.6,6.4 1.4,9.2 3.6,10 5.6,8.6 5.2,6 3,5.2 0.8,7.2",),
    "7": (
        "0.4,0 6,0 2.6,10",
        "0.4,0 6,0 2.6,10  |  1.6,5 5.8,5",
    ),
    "8": ("5.4,1.6 3.2,0 1,1.8 2.4,4.2 5,6 5.8,8.2 3.2,10 0.8,8.2 1.6,6 4.4,4 5.4,1.6",),
    "9": ("5.6,2.4 3.6,0 1,1.4 0.8,3.8 2.8,5 5.2,3.8 5.6,2.4 5.2,6.4 4.4,10",),
}
"""Places ``x,y`` in a box that is 10 high, as a pen goes through them: several ways where people
differ, and ``|`` where the pen is lifted."""


def digits(address: str = "digits", options: DrawnOptions = USUAL_OPTIONS) -> DrawnDataset:
    """Return a collection of the digits 0 to 9."""
    return DrawnDataset("Digits", address, CLASSES, draw_digit, options)


def draw_digit(label: int, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one digit of any size, place, slant and thickness.

    Returns
    -------
    uint8 ``(size, size, 3)``, RGB with equal channels, light on dark.
    """
    side = _FINER * size
    if rng.random() < 0.5:
        ink = _by_pen(CLASSES[label], side, rng)
    else:
        ink = _in_font(CLASSES[label], side, rng)
    ink = _bent(ink, rng)
    fine = _placed(ink, rng)
    picture = cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA)
    lit = picture.astype(np.float32) * rng.uniform(0.75, 1.15)
    lit += rng.uniform(0, 6) * rng.standard_normal(lit.shape, np.float32) * (lit > 0)
    return np.repeat(lit.clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def _by_pen(text: str, side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    ways = _PEN_WAYS[text]
    ink = np.zeros((side, side), np.uint8)
    thickness = max(1, round(rng.uniform(0.05, 0.13) * side))
    for stroke in ways[rng.integers(len(ways))].split("|"):
        places = np.array([place.split(",") for place in stroke.split()], float)
        corners = places + rng.normal(0, 0.3, places.shape)
        points = _rounded(corners) * [0.065 * side, 0.06 * side] + [0.28 * side, 0.2 * side]
        cv2.polylines(ink, [np.rint(points).astype(np.int32)], False, 255, thickness, cv2.LINE_AA)
    return ink


def _rounded(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the corners of a line three times over (Chaikin's curve); its ends stay."""
    for _ in range(3):
        before, after = corners[:-1], corners[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1)
        corners = np.concatenate([corners[:1], cut.reshape(-1, 2), corners[-1:]])
    return corners


def _in_font(text: str, side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    ink = np.zeros((side, side), np.uint8)
    height = 0.6 * side
    place = round(0.3 * side), round(0.8 * side)
    fonts = _outline_fonts()
    if fonts and rng.random() < 0.7:
        font = fonts[rng.integers(len(fonts))]
        weight = int(rng.integers(150, 900))
        with _font_lock:
            cv2.putText(ink, text, place, (255,), font, round(height / 0.7), weight)
        return ink
    face = int(rng.integers(cv2.FONT_HERSHEY_SCRIPT_COMPLEX + 1))
    thickness = max(1, round(rng.uniform(0.03, 0.1) * side))
    scale = cv2.getFontScaleFromHeight(face, round(height), thickness)
    with _font_lock:
        cv2.putText(ink, text, place, face, scale, (255,), thickness, cv2.LINE_AA)
    return ink


@cache
def _outline_fonts() -> tuple[cv2.FontFace, ...]:
    """Return the fonts that come with OpenCV 5; none with OpenCV 4."""
    if not hasattr(cv2, "FontFace"):
        return ()
    return tuple(cv2.FontFace(name) for name in _OUTLINE_FONTS)


def _bent(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Move each part of the picture a little, neighbours together, as handwriting varies."""
    side = len(ink)
    cells = rng.uniform(-1, 1, (4, 4, 2)) * rng.uniform(0, 0.06) * side
    moves = cv2.resize(cells.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    places = np.arange(side, dtype=np.float32)
    bent = cv2.remap(
        ink, moves[:, :, 0] + places, moves[:, :, 1] + places[:, None], cv2.INTER_LINEAR
    )
    return np.asarray(bent, np.uint8)


def _placed(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Slant and turn the digit, and bring it near the middle in about MNIST's size."""
    side = len(ink)
    left, top, width, height = cv2.boundingRect(ink)
    scale = side * rng.uniform(0.55, 0.8) / max(width, height, 1)
    slant, turn = rng.uniform(-0.35, 0.25), rng.uniform(-0.2, 0.2)
    stretch = rng.uniform(0.8, 1.15) * scale
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, -slant * scale], [0, scale]])
    middle = np.array([left + width / 2, top + height / 2])
    wanted = side / 2 + rng.uniform(-0.07, 0.07, 2) * side
    move = np.concatenate([matrix, (wanted - matrix @ middle)[:, None]], axis=1)
    return np.asarray(cv2.warpAffine(ink, move, (side, side), flags=cv2.INTER_LINEAR), np.uint8)
