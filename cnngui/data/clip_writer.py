"""A clip being recorded: a folder of numbered pictures that is whole or absent."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.data.stored import StoredSample, frame_name
from cnngui.errors import SaveError, system_reason, text
from cnngui.images.encoding import encoded_png


class ClipWriter:
    """Writes frames under a hidden name beside the clip's place, one by one.

    Nothing of it is in memory, so that a clip may be as long as there is room on the disk.

    Parameters
    ----------
    path : where the clip is to be; its folder's folder exists.

    Raises
    ------
    SaveError
        If the folder is absent, read-only or full; so does every other method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hidden = path.parent / f".{secrets.token_hex(8)}.tmp"
        self._times: list[float] = []
        try:
            self._hidden.mkdir()
        except OSError as error:
            raise self._failed(error) from error

    @property
    def length(self) -> int:
        """How many frames it has by now."""
        return len(self._times)

    def add(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """Write the next frame.

        Parameters
        ----------
        pixels : uint8 ``(H, W, 3)``, RGB.
        seconds : since the first one.
        """
        try:
            name = frame_name(len(self._times), seconds)
            (self._hidden / name).write_bytes(encoded_png(pixels))
        except OSError as error:
            raise self._failed(error) from error
        self._times.append(round(1000 * seconds) / 1000)

    def finish(self) -> StoredSample:
        """Put the clip in its place."""
        try:
            for file in self._hidden.iterdir():
                with file.open("r+b") as written:
                    os.fsync(written.fileno())
            os.replace(self._hidden, self._path)
        except OSError as error:
            raise self._failed(error) from error
        return StoredSample(self._path, "pictures", 0, len(self._times), tuple(self._times))

    def abandon(self) -> None:
        """Remove what is written."""
        with contextlib.suppress(OSError):
            shutil.rmtree(self._hidden)

    def _failed(self, error: OSError) -> SaveError:
        self.abandon()
        return SaveError(str(self._path), text("must be writable"), system_reason(error))
