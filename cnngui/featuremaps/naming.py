"""Names of what is saved: when it was, and of which network."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

_LONGEST_NAME = 40


def file_stem(moment: datetime, network_name: str) -> str:
    """Return ``2026-03-05_14-07-09_tiny-vgg``: sorts by time, safe on every file system."""
    name = re.sub(r"[^\w-]+", "-", network_name)[:_LONGEST_NAME].strip("-_")
    return f"{moment:%Y-%m-%d_%H-%M-%S}_{name or 'network'}"


def free_names(path: Path) -> Iterator[Path]:
    """Give ``path``, then ``path`` with -2, -3, ... before its suffix, but none that is taken."""
    for number in itertools.count(1):
        candidate = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        if not candidate.exists() and not candidate.is_symlink():
            yield candidate
