"""Pictures of several moments beside each other, the oldest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.wall import MOMENT_GAP
from cnngui.images.shrinking import shrink

LONGEST = 16_384
"""Pixels: wider strips are made of smaller pictures, so that other programs open them."""


def filmstrip(pictures: NDArray[np.uint8], between: int = 0) -> NDArray[np.uint8]:
    """Return pictures side by side, each as it is where that is not too wide.

    Parameters
    ----------
    pictures : uint8 ``(T, H, W)`` or ``(T, H, W, C)``.
    between : the value of what lies between them.

    Returns
    -------
    uint8 ``(h, w)`` or ``(h, w, C)``, fresh.
    """
    count, height, width, *rest = pictures.shape
    room = (LONGEST + MOMENT_GAP) // count - MOMENT_GAP
    if width > room:
        height, width = max(height * room // width, 1), room
    step = width + MOMENT_GAP
    strip = np.full((height, count * step - MOMENT_GAP, *rest), between, np.uint8)
    for place, picture in enumerate(pictures):
        left = place * step
        small = shrink(picture, width, height)
        strip[:, left : left + width] = small.reshape(height, width, *rest)
    return strip
