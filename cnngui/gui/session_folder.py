"""A folder for each window that is open, where it keeps what was not saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cnngui.locks import FileLock

KEPT_DESCRIPTION = "unsaved-network.json"
KEPT_WEIGHTS = "unsaved-network.safetensors"

_LOCK = "session.lock"
_OTHERS = "sessions"
_MOST = 100


class SessionFolder:
    """A folder that no other window uses as long as this object lives and is not released.

    The first window's is ``folder`` itself, those of windows beside it are below it.

    Parameters
    ----------
    folder : of the settings.
    restores : whether to take one in which a window that has ended left something, if there is one;
        else those are left for a later window.
    """

    def __init__(self, folder: Path, *, restores: bool) -> None:
        self.path = folder
        self._lock: FileLock | None = None
        for place in _candidates(folder, restores):
            with suppress(OSError):
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
                lock = FileLock(place / _LOCK)
                if not lock.try_acquire():
                    continue
                # Another window may have been faster, and has left something by now.
                if not restores and _holds_something(place):
                    lock.release()
                    continue
                self.path, self._lock = place, lock
                return

    def release(self) -> None:
        """Leave it, with what is in it, to the next window."""
        if self._lock is not None:
            self._lock.release()


def _candidates(folder: Path, restores: bool) -> Iterator[Path]:
    places = [folder, *(folder / _OTHERS / str(number) for number in range(1, _MOST))]
    if restores:
        yield from filter(_holds_something, places)
    yield from (place for place in places if not _holds_something(place))


def _holds_something(place: Path) -> bool:
    return any((place / name).is_file() for name in (KEPT_DESCRIPTION, KEPT_WEIGHTS))
