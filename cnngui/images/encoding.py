"""Pictures made into files' contents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.images.opencv import cv2


def encoded_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return the content of a PNG file that reads back the same.

    Parameters
    ----------
    pixels : uint8 ``(H, W, 3)``, RGB.
    """
    _, encoded = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return encoded.tobytes()
