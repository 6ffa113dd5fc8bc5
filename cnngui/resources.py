"""Finds the files that come with the program: networks, the built-in clip, icons, translations."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")
"""In an installed package, in a checkout."""


def resource_path(name: str) -> Path:
    """Return the path of ``name`` below ``resources/`` ("networks/lenet-5.json").

    Raises
    ------
    FileNotFoundError
        If no such file or folder came with the program.
    """
    for place in _PLACES:
        path = place / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is not among the program's resources")
