"""Finds the files that come with the program (networks, clips, translations), and the user's."""

from __future__ import annotations

import tempfile
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")
"""In an installed package, in a checkout."""


def home_folder() -> Path:
    """Return the user's own folder; where the system knows of none, that for temporary files."""
    try:
        return Path.home()
    except RuntimeError:  # a container whose user has no name
        return Path(tempfile.gettempdir())


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
