"""Pictures made larger or smaller, in their own shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.images.opencv import cv2


def resized(picture: NDArray[np.uint8], longer_side: int) -> NDArray[np.uint8]:
    """Return a picture whose longer side has so many pixels.

    Parameters
    ----------
    picture : uint8 ``(H, W, 3)``; returned itself if it is so already.
    """
    height, width = picture.shape[:2]
    scale = longer_side / max(height, width)
    if scale == 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Pixels of a small picture are to be seen as what they are.
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(picture, size, interpolation=interpolation), np.uint8)
