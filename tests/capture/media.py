"""Pictures and media files for the tests of capture."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.source import Picture, Source
from cnngui.images.opencv import cv2

BITS = 8


def numbered(index: int, width: int = 160, height: int = 64) -> NDArray[np.uint8]:
    """A picture that carries its number as black and white bars, whatever a codec does to it."""
    bar = np.arange(width) * BITS // width
    row = np.where(index >> bar & 1, 255, 0).astype(np.uint8)
    return np.broadcast_to(row[None, :, None], (height, width, 3)).copy()


def number_of(picture: Picture) -> int:
    """Read the number back."""
    height, width = picture.shape[:2]
    middles = ((np.arange(BITS) + 0.5) * width / BITS).astype(int)
    return int(sum(1 << bit for bit, x in enumerate(middles) if picture[height // 2, x, 1] > 127))


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def write_image(path: Path, rgb: NDArray[np.uint8]) -> Path:
    done, data = cv2.imencode(path.suffix, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    assert done
    path.write_bytes(data.tobytes())
    return path


def write_video(path: Path, count: int, codec: str = "MJPG", rate: float = 25.0) -> Path:
    """Write ``count`` numbered frames."""
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), rate, (160, 64)
    )
    assert writer.isOpened()
    for index in range(count):
        writer.write(numbered(index))
    writer.release()
    return path


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size, with next to nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def read_all(source: Source) -> list[Picture]:
    pictures = []
    while (picture := source.read()) is not None:
        pictures.append(picture)
    return pictures
