"""The boxes that AVIF and HEIC are made of (ISO base media file format, ISO 14496-12, 4.2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_BOXES = 1000
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)


@dataclass(frozen=True)
class Box:
    """One box.

    Attributes
    ----------
    kind : four letters.
    start, end : of its content, as places in the file.
    """

    kind: bytes
    start: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Give the boxes one after the other, as far as they are whole; a few at most."""
    end = len(data) if end is None else min(end, len(data))
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            return
        yield Box(kind, start + head, start + size)
        start += size


def is_heic(data: bytes) -> bool:
    """Whether a file, or its first 64 bytes, is an HEIC (HEIF) picture and no AVIF."""
    if data[4:8] != b"ftyp":
        return False
    size = min(struct.unpack(">I", data[:4])[0], 64, len(data))
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, size - 3, 4))]
    return data[8:12] in _HEIC_BRANDS and not {b"avif", b"avis"} & set(brands)
