"""How a picture is to be turned before it is looked at, as its file says.

OpenCV applies this to some kinds of files, in some ways of reading them, in some of its versions.
Here it is read for all, from at most a few kilobytes, and applied once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.images.boxes import Box, boxes

_ORIENTATION_TAG = 0x0112
_SHORT = 3
_MOST_FIELDS = 1000
_MOST_PARTS = 10_000
_EXIF = b"Exif\0\0"
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Orientation:
    """What has to be done to the stored picture.

    Attributes
    ----------
    quarter_turns : counterclockwise, 0 to 3; done first.
    mirrored : left and right change places.
    """

    quarter_turns: int = 0
    mirrored: bool = False

    def applied(self, stored: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn a picture ``(H, W, ...)``; a view if nothing else is needed."""
        turned = np.rot90(stored, self.quarter_turns)
        return turned[:, ::-1] if self.mirrored else turned


UPRIGHT = Orientation()

_OF_EXIF = {
    1: UPRIGHT,
    2: Orientation(0, mirrored=True),
    3: Orientation(2),
    4: Orientation(2, mirrored=True),
    5: Orientation(3, mirrored=True),
    6: Orientation(3),
    7: Orientation(1, mirrored=True),
    8: Orientation(1),
}
"""By the value of Exif's field (CIPA DC-008, 4.6.4)."""


def orientation_of(data: bytes) -> Orientation:
    """Return how a PNG, JPEG, WebP or AVIF is to be turned; upright where it does not say.

    OpenCV turns TIFFs by itself, always.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return _first_of(_jpeg_exif(data))
        if data.startswith(_PNG):
            return _first_of(_png_exif(data))
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _first_of(_webp_exif(data))
        if data[4:8] == b"ftyp":
            return _of_items(data)
    except (struct.error, IndexError):
        pass  # cut off
    return UPRIGHT


def _first_of(blocks: Iterator[bytes]) -> Orientation:
    return next((_of_exif(block) for block in blocks), UPRIGHT)


def _of_exif(block: bytes) -> Orientation:
    """Read the orientation from Exif's first directory (TIFF 6.0, section 2)."""
    block = block.removeprefix(_EXIF)
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return UPRIGHT
    (offset,) = struct.unpack_from(f"{order}I", block, 4)
    (count,) = struct.unpack_from(f"{order}H", block, offset)
    for number in range(min(count, _MOST_FIELDS)):
        field = offset + 2 + 12 * number
        tag, kind, values, value = struct.unpack_from(f"{order}HHIH", block, field)
        if tag == _ORIENTATION_TAG and kind == _SHORT and values == 1:
            return _OF_EXIF.get(value, UPRIGHT)
    return UPRIGHT


def _jpeg_exif(data: bytes) -> Iterator[bytes]:
    offset = 2
    for _ in range(_MOST_PARTS):
        prefix, marker, length = struct.unpack_from(">BBH", data, offset)
        if prefix != 0xFF or marker == 0xDA or length < 2:  # the picture itself begins
            return
        if marker == 0xE1 and data.startswith(_EXIF, offset + 4):
            yield data[offset + 4 : offset + 2 + length]
        offset += 2 + length


def _png_exif(data: bytes) -> Iterator[bytes]:
    offset = len(_PNG)
    for _ in range(_MOST_PARTS):
        length, kind = struct.unpack_from(">I4s", data, offset)
        if kind == b"eXIf":
            yield data[offset + 8 : offset + 8 + min(length, 2**16)]
        offset += 12 + length


def _webp_exif(data: bytes) -> Iterator[bytes]:
    offset = 12
    for _ in range(_MOST_PARTS):
        kind, length = struct.unpack_from("<4sI", data, offset)
        if kind == b"EXIF":
            yield data[offset + 8 : offset + 8 + min(length, 2**16)]
        offset += 8 + length + length % 2


def _of_items(data: bytes) -> Orientation:
    """Read what AVIF says of its main picture: turned first, then mirrored (ISO 23008-12, 6.5).

    Exif in such a file is only what the camera knew, and not to be applied again.
    """
    meta = next((box for box in boxes(data) if box.kind == b"meta"), None)
    if meta is None:
        return UPRIGHT
    inside = {box.kind: box for box in boxes(data, meta.start + 4, meta.end)}
    primary, properties = inside.get(b"pitm"), inside.get(b"iprp")
    if primary is None or properties is None:
        return UPRIGHT
    is_long = data[primary.start] > 0
    (item,) = struct.unpack_from(">I" if is_long else ">H", data, primary.start + 4)
    told: list[Box] = []
    linked: list[int] = []
    for box in boxes(data, properties.start, properties.end):
        if box.kind == b"ipco":
            told = list(boxes(data, box.start, box.end))
        elif box.kind == b"ipma":
            linked += _linked(data, box, item)
    quarter_turns, mirrored = 0, False
    for number in linked:
        if not 0 < number <= len(told):
            continue
        box = told[number - 1]
        if box.kind == b"irot":
            quarter_turns += data[box.start] & 3
        elif box.kind == b"imir":
            mirrored = not mirrored
            # By its other axis: top and bottom change places.
            quarter_turns += 0 if data[box.start] & 1 else 2
    return Orientation(quarter_turns % 4, mirrored)


def _linked(data: bytes, box: Box, wanted: int) -> list[int]:
    """Return the numbers of an item's properties, counted from 1 (ISO 23008-12, 9.3)."""
    version, flags = data[box.start], data[box.start + 3]
    (count,) = struct.unpack_from(">I", data, box.start + 4)
    offset = box.start + 8
    found: list[int] = []
    for _ in range(min(count, _MOST_PARTS)):
        item, links = struct.unpack_from(">IB" if version else ">HB", data, offset)
        offset += 5 if version else 3
        for _ in range(links):
            if flags & 1:
                (link,) = struct.unpack_from(">H", data, offset)
                number, offset = link & 0x7FFF, offset + 2
            else:
                number, offset = data[offset] & 0x7F, offset + 1
            if item == wanted:
                found.append(number)
    return found
