"""Short clips in which something moves, drawn by us: what a network that spans time can learn from.

Grey, for a motion has no colour. Who learns these recognises how a hand moves before a camera.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.data import motion_things, scenes
from cnngui.data.clips import middle_frame
from cnngui.data.dataset import as_labels
from cnngui.data.drawn import DrawnDataset, DrawnOptions
from cnngui.data.motion_paths import ASPECT, MOTIONS, Motion, Pose, motion
from cnngui.images.opencv import cv2

Grey = NDArray[np.uint8]
"""uint8 ``(H, W)``."""

CLASSES = MOTIONS
USUAL_OPTIONS = DrawnOptions(count=3600, seed=0, size=48)

FRAMES = 22
FRAME_RATE = 25.0
TIMES = tuple(place / FRAME_RATE for place in range(FRAMES))

_FINER = 2
_LEAST_CONTRAST = 40.0
_SHUTTER_TIMES = 3


def motions(address: str = "motions", options: DrawnOptions = USUAL_OPTIONS) -> DrawnMotions:
    """Return a collection of things that move to a side, in circles, nearer, farther, or rest."""
    return DrawnMotions(address, options)


class DrawnMotions(DrawnDataset):
    """A ``Dataset`` of clips, ``size`` pixels high and a third wider. A frame is drawn alone."""

    def __init__(self, address: str, options: DrawnOptions) -> None:
        super().__init__("Motions", address, CLASSES, _middle_of, options)
        self.lengths = as_labels(np.full(options.count, FRAMES))

    def times(self, index: int) -> tuple[float, ...]:
        """Return the seconds of a clip's frames."""
        return TIMES

    def frames(self, index: int, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Draw some frames of a clip: uint8 ``(size, 4 / 3 size, 3)``, RGB, grey."""
        draw = draw_motion(int(self.labels[index]), self._options.size, self._rng(index))
        return map(draw, places)


def _middle_of(label: int, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    return draw_motion(label, size, rng)(middle_frame(FRAMES))


def draw_motion(
    label: int, size: int, rng: np.random.Generator
) -> Callable[[int], NDArray[np.uint8]]:
    """Return what draws frame i of a clip: uint8 ``(size, 4 / 3 size, 3)``, all channels alike."""
    scene = _scene(CLASSES[label], _FINER * size, rng)
    camera = _camera(size, rng)

    def frame(place: int) -> NDArray[np.uint8]:
        return camera(scene, place)

    return frame


@dataclass(frozen=True, eq=False)
class _Scene:
    """What is before the camera: a ground, what rests on it, and what moves.

    Attributes
    ----------
    ground : larger than the picture by half its size at each side.
    thing, size : what moves, and its size in pixels; none where nothing is there.
    moves_all : whether the camera itself moves, and the ground with it.
    """

    ground: Grey
    height: int
    motion: Motion
    thing: motion_things.Thing
    size: float
    moves_all: bool

    def seen(self, time: float, shake: NDArray[np.float64]) -> Grey:
        """Return what is seen at a time, -0.5 to 0.5: uint8 ``(height, 4 / 3 height)``."""
        height, width = self.height, round(ASPECT * self.height)
        pose, first = self.motion.path(time), self.motion.path(0.0)
        canvas = self._ground(pose, first, shake, (width, height))
        middle = np.array([width / 2, height / 2]) + height * (np.array([pose.x, pose.y]) + shake)
        if self.thing:
            motion_things.draw(canvas, self.thing, middle, self.size * pose.scale, pose.angle)
        return canvas

    def _ground(
        self, pose: Pose, first: Pose, shake: NDArray[np.float64], size: tuple[int, int]
    ) -> Grey:
        turn = np.degrees(first.angle - pose.angle) if self.moves_all else 0.0
        scale = pose.scale if self.moves_all else 1.0
        moved = shake.copy()
        if self.moves_all:
            moved += (pose.x - first.x, pose.y - first.y)
        middle = self.ground.shape[1] / 2, self.ground.shape[0] / 2
        matrix = cv2.getRotationMatrix2D(middle, turn, scale)
        matrix[:, 2] += np.array(size) / 2 - middle + self.height * moved
        warped = cv2.warpAffine(
            self.ground, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        return np.asarray(warped, np.uint8)


def _scene(name: str, height: int, rng: np.random.Generator) -> _Scene:
    moves_all = rng.random() < 0.08
    ground = _ground(height, rng)
    moving = motion(name, rng)
    is_empty = moves_all or (name == "still" and rng.random() < 0.3)
    size = np.exp(rng.uniform(np.log(0.09), np.log(0.34))) * height
    if name in ("grow", "shrink"):
        size = min(size, 0.24 * height)
    thing = _thing(moving, _seen_brightness(ground, rng), rng)
    if is_empty and not (moves_all and moving.spins):
        thing = ()
    return _Scene(ground, height, moving, thing, float(size), moves_all)


def _thing(moving: Motion, brightness: float, rng: np.random.Generator) -> motion_things.Thing:
    kind = rng.random()
    if kind < 0.45:
        return motion_things.hand(brightness, rng)
    if kind < 0.65 and not moving.spins:
        return motion_things.blob(brightness, rng)
    return motion_things.shape(brightness, rng, is_round=not moving.spins)


def _seen_brightness(ground: Grey, rng: np.random.Generator) -> float:
    """Return a brightness that differs from most of the ground's."""
    usual = float(np.median(ground))
    for _ in range(20):
        brightness = rng.uniform(10, 250)
        if abs(brightness - usual) >= _LEAST_CONTRAST:
            return float(brightness)
    return 0.0 if usual > 127 else 255.0


def _ground(height: int, rng: np.random.Generator) -> Grey:
    """Return a plain wall, a gradient, cloth, a room, or something like a photograph."""
    side = 2 * height
    kind = rng.random()
    if kind < 0.15:
        canvas = scenes.plain(side, rng)
    elif kind < 0.35:
        canvas = scenes.textured(side, rng)
    elif kind < 0.65:
        canvas = scenes.room(side, rng)
    else:
        return _like_a_photograph(side, rng)
    return np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY), np.uint8)


def _like_a_photograph(side: int, rng: np.random.Generator) -> Grey:
    """Return spots of every size, as strong the larger they are, and some things with edges."""
    fading = rng.uniform(0.45, 0.8)
    total = np.zeros((side, side), np.float32)
    for octave in range(1, 7):
        cells = rng.standard_normal((2**octave + 1, 2**octave + 1), np.float32)
        total += fading**octave * cv2.resize(cells, (side, side), interpolation=cv2.INTER_CUBIC)
    total *= rng.uniform(15, 60) / max(float(total.std()), 1e-6)
    picture = (total + rng.uniform(60, 190)).clip(0, 255).astype(np.uint8)
    for _ in range(rng.integers(0, 9)):
        things = (motion_things.blob, motion_things.shape)
        thing = things[rng.integers(2)](rng.uniform(0, 255), rng)
        size = rng.uniform(0.03, 0.22) * side
        motion_things.draw(picture, thing, rng.uniform(0, side, 2), size, rng.uniform(0, 2 * np.pi))
    return picture


def _camera(size: int, rng: np.random.Generator) -> Callable[[_Scene, int], NDArray[np.uint8]]:
    """Return what takes frame i of a scene: a hand that trembles, light, blur and noise."""
    gain, lift = rng.uniform(0.5, 1.15), rng.uniform(0, 40)
    drift, flicker = rng.uniform(-0.1, 0.1), rng.uniform(0, 0.02)
    noise = rng.uniform(0, 7) if rng.random() < 0.8 else 0.0
    blur = rng.uniform(0, 0.015) * size
    reach = rng.uniform(0, 0.008, 2) if rng.random() < 0.6 else np.zeros(2)
    swings, phases = rng.uniform(0.5, 5, 2), rng.uniform(0, 2 * np.pi, 2)
    open_share = rng.uniform(0.3, 1.0) if rng.random() < 0.3 else 0.0
    own = int(rng.integers(2**32))

    def frame(scene: _Scene, place: int) -> NDArray[np.uint8]:
        time = place / (FRAMES - 1) - 0.5
        shake = reach * np.sin(2 * np.pi * swings * time + phases)
        seen = scene.seen(time, shake)
        if open_share:
            # While the shutter is open what is fast becomes blurred.
            steps = open_share / (FRAMES - 1) / _SHUTTER_TIMES
            others = [scene.seen(time + step * steps, shake) for step in range(1, _SHUTTER_TIMES)]
            seen = np.asarray(np.mean([seen, *others], axis=0, dtype=np.float32), np.uint8)
        wide = round(ASPECT * size), size
        small = np.asarray(cv2.resize(seen, wide, interpolation=cv2.INTER_AREA), np.float32)
        if blur >= 0.3:
            small = np.asarray(cv2.GaussianBlur(small, (0, 0), blur), np.float32)
        # Noise is of each frame alone, whichever others are drawn.
        chance = np.random.default_rng((own, place))
        light = 1 + drift * time + flicker * chance.uniform(-1, 1)
        lit = gain * light * small + lift + noise * chance.standard_normal(small.shape, np.float32)
        grey = np.asarray(lit, np.float32).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)

    return frame
