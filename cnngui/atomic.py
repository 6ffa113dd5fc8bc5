"""Writing a file so that it is whole or absent, and reading one that may be anything."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from cnngui.errors import SaveError, system_reason, text


def write_atomically(
    path: Path, content: bytes | Iterable[bytes | memoryview], *, private: bool = False
) -> None:
    """Write a file under a temporary name beside its place, then rename it.

    Content may come in parts, each made when the one before is written. A private file may be read
    and written by its owner alone, at every moment of its life.

    Raises
    ------
    SaveError
        If the folder is absent, read-only or full, or something else than a file has the name.
        What was there before is untouched.
    """
    place = place_of(path)
    # A short name of its own: the file's name may already be as long as the file system allows.
    temporary = place.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        try:
            mode = 0o600 if private else 0o666
            with open(temporary, "xb", opener=partial(os.open, mode=mode)) as file:
                for part in (content,) if isinstance(content, bytes) else content:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SaveError(str(path), text("must be writable"), system_reason(error)) from error


def read_bounded(path: Path, most: int) -> bytes:
    """Return the first ``most`` bytes of a file, all of it where it is shorter.

    Raises
    ------
    OSError
        If it is no file (a pipe would be waited for, for ever) or cannot be read.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    with path.open("rb") as file:
        return file.read(most)


def place_of(path: Path) -> Path:
    """Return where a file is put by that name: behind links, which a rename would replace.

    Raises
    ------
    SaveError
        If a folder or device has the name, or no file can have it.
    """
    try:
        place = Path(os.path.realpath(path))
        # A rename would put a file even in the place of /dev/null.
        if place.exists() and not place.is_file():
            found = text("a folder") if place.is_dir() else text("a device or pipe")
            raise SaveError(str(path), text("must be a file"), found)
    except OSError as error:
        raise SaveError(str(path), text("must be writable"), system_reason(error)) from error
    return place
