"""Samples made small for looking at, many at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.data.augmentation import Augmentation
from cnngui.data.augmenting import augment
from cnngui.data.dataset import Dataset
from cnngui.errors import DataError
from cnngui.images.resizing import resized

_AUGMENTED_SIDE = 128
_UNREADABLE_GREY = 96


def thumbnail(dataset: Dataset, index: int, size: int) -> NDArray[np.uint8]:
    """Return a sample whose longer side has ``size`` pixels.

    Returns
    -------
    Read-only uint8 ``(h, w, 3)``, RGB; plain grey if the file can no longer be read.
    """
    return _frozen(resized(_picture(dataset, index), size))


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
        index: resized(_picture(dataset, index), min(size, _AUGMENTED_SIDE))
        for index in set(indices)
    }
    return tuple(
        _frozen(resized(augment(small[index][np.newaxis], how, rng)[0], size)) for index in indices
    )


def _picture(dataset: Dataset, index: int) -> NDArray[np.uint8]:
    try:
        return dataset.picture(index)
    except DataError:
        return np.full((1, 1, 3), _UNREADABLE_GREY, np.uint8)


def _frozen(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture.flags.writeable = False
    return picture
