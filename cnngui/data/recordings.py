"""Which samples were recorded together: their files' names say it.

A recording's samples are ``<begin>-<four digits>_<number>.png``, its clips folders of that name
without the ``.png``. Clips of one file belong together. Names of one sample each,
``<time>-<four digits>.png``, belong together where the times of a class follow closely on each
other: that is how samples were named before.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_TIME = "%Y-%m-%d_%H-%M-%S-%f"
_NAME = re.compile(
    r"(?P<begin>(?P<time>\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{6})-[0-9a-f]{4})(?P<number>_\d+)?"
    r"(-[0-9a-f]{8})?(\.png)?",
    re.ASCII,
)
_LONGEST_GAP_S = 1.5
"""Between samples of one recording, where only their times are known."""


def new_recording() -> str:
    """Return a name that no other recording has; later ones sort behind."""
    return f"{datetime.now().strftime(_TIME)}-{secrets.token_hex(2)}"


def sample_name(recording: str, number: int) -> str:
    """Return the name of a recording's picture of that number; later ones sort behind."""
    return f"{clip_name(recording, number)}.png"


def clip_name(recording: str, number: int) -> str:
    """Return the name of a recording's clip of that number, a folder."""
    return f"{recording}_{number:05}"


def recordings_of(files: Sequence[Path]) -> NDArray[np.int64]:
    """Return for each file which recording it is of: int64 ``(N,)``; others have one each.

    Parameters
    ----------
    files : those of a class follow on each other, sorted by their names; a file of several samples
        is there for each.
    """
    numbers: dict[object, int] = {}
    found = np.empty(len(files), np.int64)
    last: tuple[Path, datetime, object] | None = None
    for place, path in enumerate(files):
        match = _NAME.fullmatch(path.name)
        time = _time_of(match["time"]) if match else None
        key: object = path
        if match is None or time is None:
            last = None
        elif match["number"]:
            key, last = match["begin"], None
        else:
            if last is not None and last[0] == path.parent and _is_near(last[1], time):
                key = last[2]
            last = path.parent, time, key
        found[place] = numbers.setdefault(key, len(numbers))
    return found


def _time_of(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _TIME)
    except ValueError:
        return None


def _is_near(earlier: datetime, later: datetime) -> bool:
    return abs((later - earlier).total_seconds()) <= _LONGEST_GAP_S
