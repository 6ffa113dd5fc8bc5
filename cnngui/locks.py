"""A file that one process at a time holds, so that two of them do not write over each other."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


class OwnFolder:
    """A folder that belongs to one object of one process, beside those of others.

    It is there as long as somebody holds its lock; what is left of a process that ended is swept
    away by the next one.

    Parameters
    ----------
    parent : holds such folders and nothing else.
    """

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._lock = FileLock(parent / f"{self._name}.lock")

    @property
    def path(self) -> Path:
        """Where it is. From the first time it is asked for, others leave it alone.

        Raises
        ------
        OSError
            If it cannot be made.
        """
        path = self._parent / self._name
        path.mkdir(parents=True, exist_ok=True)
        self._lock.try_acquire()
        return path

    def sweep(self) -> None:
        """Delete what belongs to nobody any more. What cannot be deleted stays."""
        for path in _folders_in(self._parent):
            if path.name != self._name:
                _remove(path, FileLock(path.with_name(f"{path.name}.lock")))

    def remove(self) -> None:
        """Delete it with all that is in it. What cannot be deleted stays."""
        if self._lock.is_held:
            self._lock.release()
            _remove(self._parent / self._name, self._lock)


def _folders_in(parent: Path) -> list[Path]:
    try:
        return [path for path in parent.iterdir() if path.is_dir()]
    except OSError:
        return []


def _remove(path: Path, lock: FileLock) -> None:
    with suppress(OSError):
        if not lock.try_acquire():
            return
        shutil.rmtree(path, ignore_errors=True)
        lock.release()
        lock.path.unlink()
        path.parent.rmdir()  # fails while anything else is in it


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
