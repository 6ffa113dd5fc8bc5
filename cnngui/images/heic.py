"""HEIC, the pictures of phones: read by libheif where it is installed, else refused by name.

OpenCV cannot read them; FFmpeg opens one as a video of its first tile.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import SourceError, text
from cnngui.images.opencv import MAX_PICTURE_PIXELS


def decode_heic(data: bytes, thing: str) -> NDArray[np.uint8]:
    """Decode an HEIC picture, upright.

    Returns
    -------
    uint8 ``(H, W, 3)`` or, with transparency, ``(H, W, 4)``, RGB.

    Raises
    ------
    SourceError
        If libheif is not there, or the picture is broken or too large.
    """
    if importlib.util.find_spec("pillow_heif") is None:
        rule = text("must be a JPEG or PNG, or the package pillow-heif be installed")
        raise SourceError(thing, rule, text("an HEIC picture"))
    pillow_heif: Any = importlib.import_module("pillow_heif")
    try:
        # This reads the header; the picture is decoded when it is asked for.
        opened = pillow_heif.open_heif(data, convert_hdr_to_8bit=True, bgr_mode=False)
        width, height = opened.size
        if width * height > MAX_PICTURE_PIXELS:
            rule = text("an image may have at most {most:,} pixels", most=MAX_PICTURE_PIXELS)
            raise SourceError(thing, rule, f"{width:,} x {height:,}")
        pixels = np.array(opened, np.uint8)
    except (ValueError, OSError, RuntimeError, EOFError, SyntaxError) as error:
        raise SourceError(thing, text("must be a whole image"), text("a broken one")) from error
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
