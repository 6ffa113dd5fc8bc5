"""A file that one process at a time holds, so that two of them do not write over each other."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PAUSE_S = 0.01
_HELD_BY_ANOTHER = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)


class FileLock:
    """A lock that the system takes back from a process that ends, however it ends.

    The file itself stays and is empty. Where the file system knows no locks, whoever asks gets it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds it."""
        return self._file is not None

    def try_acquire(self) -> bool:
        """Take the lock if nobody else has it; say whether it is held now.

        Raises
        ------
        OSError
            If there can be no such file.
        """
        if self._file is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        if not _lock(file):
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let go of it; nothing happens where it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @contextmanager
    def held(self, patience_s: float) -> Iterator[bool]:
        """Hold the lock for a block; give False if another held it for ``patience_s`` seconds."""
        deadline = time.monotonic() + patience_s
        while not (acquired := self.try_acquire()) and time.monotonic() < deadline:
            time.sleep(_PAUSE_S)
        try:
            yield acquired
        finally:
            self.release()


def _lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _HELD_BY_ANOTHER
    return True
