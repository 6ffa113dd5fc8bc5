"""Which files are images, and the order in which people count them."""

from __future__ import annotations

import re
from pathlib import Path

IMAGE_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("png", "jpg", "jpeg", "jpe", "bmp", "webp", "tif", "tiff", "avif", "jp2"),
        *("ppm", "pgm", "pbm", "pnm"),
    )
)


def is_image_name(path: Path) -> bool:
    """Whether a file is named as images are."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def natural_key(path: Path) -> list[tuple[int, str]]:
    """Sort digits as numbers (2.png before 10.png); the name settles what is then equal."""
    parts = re.split(r"(\d+)", path.name.casefold())
    key = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts if part]
    return [*key, (-1, path.name)]
