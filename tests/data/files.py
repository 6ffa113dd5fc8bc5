"""Writes the files that tests open."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np

from cnngui.images.opencv import cv2


def picture(value: int = 100, height: int = 6, width: int = 8) -> np.ndarray:
    pixels = np.full((height, width, 3), value, np.uint8)
    pixels[0, 0] = 255 - value, value // 2, 7
    return pixels


def write_image(path: Path, pixels: np.ndarray | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = picture() if pixels is None else pixels
    _, data = cv2.imencode(path.suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    path.write_bytes(data.tobytes())
    return path


def idx_bytes(values: np.ndarray) -> bytes:
    header = bytes((0, 0, 8, values.ndim))
    return header + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def write_mnist(
    folder: Path, images: np.ndarray, labels: np.ndarray, prefix: str = "train", packed: bool = True
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{prefix}-images-idx3-ubyte"
    for name, values in ((path, images), (folder / f"{prefix}-labels-idx1-ubyte", labels)):
        data = idx_bytes(values)
        if packed:
            name.with_name(f"{name.name}.gz").write_bytes(gzip.compress(data))
        else:
            name.write_bytes(data)
    return path.with_name(f"{path.name}.gz") if packed else path
