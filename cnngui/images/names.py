"""Which files are images, which are none of ours, and the order in which people count them."""

from __future__ import annotations

import re
from pathlib import Path

IMAGE_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("png", "jpg", "jpeg", "jpe", "jfif", "bmp", "webp", "tif", "tiff", "gif", "avif"),
        *("heic", "heif", "hif", "jp2", "ppm", "pgm", "pbm", "pnm"),
    )
)

_SYSTEM_NAMES = frozenset(
    {
        *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin"),
        *("system volume information", "__macosx", "icon\r", "@eadir", "#recycle", "#snapshot"),
        *("lost+found", "network trash folder", "temporary items"),
    }
)
"""What Windows, macOS, Linux and network disks put beside people's files, in small letters."""


def is_image_name(path: Path) -> bool:
    """Whether a file is named as images are."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def is_passed_over(path: Path) -> bool:
    """Whether a file or folder is hidden or the system's own, and so no business of anybody."""
    return path.name.startswith(".") or path.name.casefold() in _SYSTEM_NAMES


def listed(folder: Path) -> list[Path]:
    """Return a folder's files and folders in the order in which people count them.

    Those that are passed over are not among them.

    Raises
    ------
    OSError
    """
    return sorted((path for path in folder.iterdir() if not is_passed_over(path)), key=natural_key)


def natural_key(path: Path) -> list[tuple[int, str]]:
    """Sort digits as numbers (2.png before 10.png); the name settles what is then equal."""
    parts = re.split(r"(\d+)", path.name.casefold())
    key = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts if part]
    return [*key, (-1, path.name)]
