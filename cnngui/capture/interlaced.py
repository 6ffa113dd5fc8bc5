"""Films of two half pictures a frame, which OpenCV since 4.13 leaves unconverted without a word.

It gives then what was in its memory before: black, or something private. There is no property to
ask, but what is given does not change from frame to frame, though the packets hold changes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnngui.capture.ffmpeg import Decoder, codec_of
from cnngui.capture.timeline import LOOKED_INTO, Packets
from cnngui.images.files import Picture

_NEVER_INTERLACED = frozenset({"VP80", "VP90", "AV01", "FFV1", "HEVC", "HEV1", "HVC1", "GIF "})
_PIXELS_PER_BYTE = 400
"""A frame that changes nothing takes less than a byte for so many pixels."""


def seems_unconverted(
    first: Picture, decoder: Decoder, packets: Packets, open_decoder: Callable[[], Decoder]
) -> bool:
    """Whether pictures are none of the film's.

    Parameters
    ----------
    first : the first picture that ``decoder`` gave.
    open_decoder : opens the film once more.
    """
    if codec_of(decoder).upper() in _NEVER_INTERLACED or packets.count < 2:
        return False
    again = open_decoder()
    try:
        picture = again.picture() if again.grab() else None
        if picture is None or not np.array_equal(picture, first):
            return True  # decoding has one result
        height, width = first.shape[:2]
        if packets.bytes_of_change < width * height / _PIXELS_PER_BYTE:
            return False
        for _ in range(min(packets.count, LOOKED_INTO) - 1):
            picture = again.picture() if again.grab() else None
            if picture is None or not np.array_equal(picture, first):
                return False
        return True
    finally:
        again.close()
