"""A frame of any shape made into what the network wants to see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.images.opencv import cv2
from cnngui.spec.network import InputSpec


def fit_frame(pixels: NDArray[np.uint8], target: InputSpec) -> NDArray[np.uint8]:
    """Bring a picture to the input's size and channels.

    Parameters
    ----------
    pixels : uint8 ``(H, W, 3)``, RGB.
    target : size, channels and fit wanted: ``stretch`` ignores the shape, ``crop`` keeps the
        largest centred part of the right shape, ``letterbox`` keeps all of it between black bars.

    Returns
    -------
    Fresh C-contiguous uint8 ``(target.height, target.width, target.channels)``; grey is the luma of
    ITU-R BT.601.
    """
    height, width = pixels.shape[:2]
    if target.fit == "crop":
        pixels = _centred_part(pixels, target.width, target.height)
        fitted = _resized(pixels, target.width, target.height)
    elif target.fit == "letterbox":
        scale = min(target.width / width, target.height / height)
        inner_width = min(target.width, max(1, round(width * scale)))
        inner_height = min(target.height, max(1, round(height * scale)))
        fitted = np.zeros((target.height, target.width, 3), np.uint8)
        left = (target.width - inner_width) // 2
        top = (target.height - inner_height) // 2
        fitted[top : top + inner_height, left : left + inner_width] = _resized(
            pixels, inner_width, inner_height
        )
    else:
        fitted = _resized(pixels, target.width, target.height)
    if target.channels == 1:
        grey = cv2.cvtColor(fitted, cv2.COLOR_RGB2GRAY)
        return np.asarray(grey, np.uint8)[:, :, np.newaxis]
    return fitted


def _centred_part(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return a view: the largest centred part with the shape of ``width`` by ``height``."""
    full_height, full_width = pixels.shape[:2]
    scale = min(full_width / width, full_height / height)
    part_width = min(full_width, max(1, round(width * scale)))
    part_height = min(full_height, max(1, round(height * scale)))
    left = (full_width - part_width) // 2
    top = (full_height - part_height) // 2
    return pixels[top : top + part_height, left : left + part_width]


def _resized(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return a fresh picture of that size."""
    full_height, full_width = pixels.shape[:2]
    if (full_width, full_height) == (width, height):
        return pixels.copy()
    shrinks = width * height < full_width * full_height
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = cv2.resize(pixels, (width, height), interpolation=interpolation)
    return np.asarray(resized, np.uint8)
