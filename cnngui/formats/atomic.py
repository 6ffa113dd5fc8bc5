"""Writing a file so that it is whole or absent, and an older one stays until then."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cnngui.errors import SaveError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside its place, then rename it.

    Raises
    ------
    SaveError
        If the folder is absent, read-only or full. What was there before is untouched.
    """
    # A short name of its own: the file's name may already be as long as the file system allows.
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SaveError(str(path), "must be writable", error.strerror or error) from error
