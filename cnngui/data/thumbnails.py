"""Samples made small for looking at, many at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.data.augmentation import Augmentation
from cnngui.data.augmenting import augment
from cnngui.data.dataset import Dataset
from cnngui.errors import DataError
from cnngui.images.resizing import resized

MOST_FRAMES = 8
"""Of a clip that are looked at: enough to see how it moves."""

_AUGMENTED_SIDE = 128
_UNREADABLE_GREY = 96


def thumbnail(dataset: Dataset, index: int, size: int) -> NDArray[np.uint8]:
    """Return a sample whose longer side has ``size`` pixels.

    Returns
    -------
    Read-only uint8 ``(h, w, 3)``, RGB, of a picture; ``(t, h, w, 3)`` of a clip, frames from its
    first to its last. Plain grey if the file can no longer be read.
    """
    return _as_one(_small_frames(dataset, index, size))


def augmented_thumbnails(
    dataset: Dataset, indices: tuple[int, ...], size: int, how: Augmentation, seed: int
) -> tuple[NDArray[np.uint8], ...]:
    """Return samples as training may show them; see ``thumbnail``.

    Parameters
    ----------
    indices : the same one may be there many times, and is changed differently each time.
    seed : the same one gives the same pictures.
    """
    rng = np.random.default_rng(seed)
    small = {
        index: np.stack(_small_frames(dataset, index, min(size, _AUGMENTED_SIDE)))
        for index in set(indices)
    }
    return tuple(
        _as_one([resized(frame, size) for frame in augment(small[index][np.newaxis], how, rng)[0]])
        for index in indices
    )


def _small_frames(dataset: Dataset, index: int, size: int) -> list[NDArray[np.uint8]]:
    """Return the picture, or some frames of the clip, all of one size."""
    length = int(dataset.lengths[index])
    places = np.linspace(0, length - 1, min(length, MOST_FRAMES)).round().astype(int).tolist()
    try:
        frames = [resized(frame, size) for frame in dataset.frames(index, places)]
    except DataError:
        return [resized(np.full((1, 1, 3), _UNREADABLE_GREY, np.uint8), size)]
    return [frame for frame in frames if frame.shape == frames[0].shape]


def _as_one(frames: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    picture = frames[0] if len(frames) == 1 else np.stack(frames)
    picture.flags.writeable = False
    return picture
