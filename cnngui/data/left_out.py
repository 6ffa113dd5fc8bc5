"""Which clips of a long film are not learned from: a small hidden file beside the film says it.

A film is cut into clips where it is read and stays one file, so a clip of it cannot be moved to the
trash by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cnngui.atomic import read_bounded, write_atomically
from cnngui.data.stored import StoredSample, shown
from cnngui.errors import DataError, SaveError, system_reason, text

_FORMAT = "cnngui-left-out"
_VERSION = 1
_MOST_BYTES = 2**20

Bounds = tuple[int, int]
"""A clip's first frame in its film, and how many it has."""


def companion(film: Path) -> Path:
    """Return the hidden file that belongs to a film, whether it is there or not."""
    return film.with_name(f".{film.name}.left-out.json")


def left_out(film: Path, problems: list[DataError]) -> frozenset[Bounds]:
    """Return the clips of a film that are left out; a bad list is named among the problems."""
    path = companion(film)
    try:
        content = json.loads(read_bounded(path, _MOST_BYTES))
        if content["format"] != _FORMAT or content["version"] != _VERSION:
            raise ValueError(f"{content['format']} {content['version']}")
        return frozenset((int(first), int(length)) for first, length in content["clips"])
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        problems.append(DataError(shown(path), text("must be readable"), system_reason(error)))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        rule = text("must be a list of clips")
        problems.append(DataError(shown(path), rule, text("something else")))
    return frozenset()


def leave_out(clips: Iterable[StoredSample]) -> None:
    """Learn from these clips of films no longer.

    Raises
    ------
    SaveError
        If the disk is full or the folder read-only; those of the films before are left out.
    """
    for film, bounds in _by_film(clips).items():
        _write(film, left_out(film, []) | bounds)


def take_in(clips: Iterable[StoredSample]) -> None:
    """Learn from these clips of films again.

    Raises
    ------
    SaveError
        As for ``leave_out``.
    """
    for film, bounds in _by_film(clips).items():
        _write(film, left_out(film, []) - bounds)


def _by_film(clips: Iterable[StoredSample]) -> dict[Path, frozenset[Bounds]]:
    found: dict[Path, frozenset[Bounds]] = {}
    for clip in clips:
        found[clip.path] = found.get(clip.path, frozenset()) | {(clip.first, clip.length)}
    return found


def _write(film: Path, clips: frozenset[Bounds]) -> None:
    path = companion(film)
    if not clips:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise SaveError(str(path), text("must be writable"), system_reason(error)) from error
        return
    content = {"format": _FORMAT, "version": _VERSION, "clips": sorted(clips)}
    write_atomically(path, json.dumps(content).encode())
