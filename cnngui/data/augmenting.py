"""Small changes to a picture or clip that do not change what it shows.

So few examples go further. A clip is changed as a whole: all its frames alike, but for the noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.data.augmentation import Augmentation
from cnngui.images.opencv import cv2

_CUTOUT_GREY = 128
_NOISE_SHIFTS = 2**14
_FAR = 0.618
"""From one frame's place in the noise to the next one's, as a share: no two are near each other."""


def augment(
    batch: NDArray[np.uint8], how: Augmentation, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Change each picture or clip of a batch at random.

    Parameters
    ----------
    batch : uint8 ``(N, H, W, C)`` or ``(N, T, H, W, C)``, C 1 or 3; stays as it is.
    how : how far.
    rng : the same state gives the same pictures.

    Returns
    -------
    Fresh uint8 of the same shape. What comes into a picture from outside repeats its border.
    """
    changed = np.array(batch, np.uint8, order="C")
    if how.is_nothing:
        return changed
    # All numbers are drawn whatever is wanted, so that one setting does not change the others.
    draws = rng.random((len(changed), 9), np.float32)
    clips = changed if batch.ndim == 5 else changed[:, np.newaxis]
    noise = _noise_to_share(clips[:, 0], how.noise, rng) if how.noise > 0 else None
    for clip, draw in zip(clips, draws.tolist(), strict=True):
        for moment, picture in enumerate(clip):
            _move(picture, how, draw[:5])
            if how.brightness > 0 or noise is not None:
                place = (draw[6] + moment * _FAR) % 1
                _light(picture, 255 * how.brightness * (2 * draw[5] - 1), noise, place)
            if how.cutout > 0:
                _cut_out(picture, how.cutout, draw[7], draw[8])
    return changed


def _move(picture: NDArray[np.uint8], how: Augmentation, draw: list[float]) -> None:
    """Shift, flip, turn and scale in one go, so that the picture is blurred only once."""
    height, width = picture.shape[:2]
    flips = how.flip and draw[2] < 0.5
    if how.shift == how.rotation == how.scale == 0:
        if flips:
            picture[:] = picture[:, ::-1].copy()
        return
    degrees = how.rotation * (2 * draw[3] - 1)
    scale = 1 + how.scale * (2 * draw[4] - 1)
    middle = (width - 1) / 2, (height - 1) / 2
    matrix = cv2.getRotationMatrix2D(middle, degrees, scale)
    if flips:
        matrix[:, 2] += matrix[:, 0] * (width - 1)
        matrix[:, 0] *= -1
    matrix[0, 2] += how.shift * width * (2 * draw[0] - 1)
    matrix[1, 2] += how.shift * height * (2 * draw[1] - 1)
    moved = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    picture[:] = moved.reshape(picture.shape)


def _noise_to_share(
    batch: NDArray[np.uint8], deviation: float, rng: np.random.Generator
) -> NDArray[np.int16]:
    """Return normal noise for one picture and some more.

    The pictures of a batch take it from different places: drawing it for each would take longer
    than everything else together.
    """
    count = batch[0].size + _NOISE_SHIFTS if len(batch) else 0
    return (255 * deviation * rng.standard_normal(count, np.float32)).astype(np.int16)


def _light(
    picture: NDArray[np.uint8], brighter: float, noise: NDArray[np.int16] | None, place: float
) -> None:
    """Add a number to all values, and noise; what leaves 0..255 stays at the end."""
    flat = picture.reshape(1, -1)
    added = np.int16(round(brighter))
    if noise is None:
        change = np.full(flat.shape, added, np.int16)
    else:
        start = int(place * _NOISE_SHIFTS)
        change = noise[np.newaxis, start : start + flat.size] + added
    flat[:] = cv2.add(flat, change, dtype=cv2.CV_8U)


def _cut_out(picture: NDArray[np.uint8], share: float, across: float, down: float) -> None:
    height, width = picture.shape[:2]
    side = max(1, round(share * min(height, width)))
    left = int(across * (width + 1)) - side // 2
    top = int(down * (height + 1)) - side // 2
    picture[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)] = _CUTOUT_GREY
