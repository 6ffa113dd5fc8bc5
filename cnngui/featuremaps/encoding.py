"""Pictures encoded by OpenCV, a few at a time, for a file that we write ourselves.

OpenCV's own files keep what was written last in memory, and cannot be read until they are closed.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cnngui.errors import SaveError, system_reason, text
from cnngui.featuremaps.mp4 import JPEG, MPEG4
from cnngui.images.opencv import cv2

# What opencv-python brings everywhere, the smaller one first.
_CODECS = (("mp4v", cv2.CAP_FFMPEG, MPEG4), ("MJPG", cv2.CAP_OPENCV_MJPEG, JPEG))

_PICTURE, _GROUP = b"\0\0\1\xb6", b"\0\0\1\xb3"


class Encoder:
    """Encodes pictures that follow each other, in groups that need nothing outside themselves.

    Parameters
    ----------
    size : width and height of every picture, even numbers.
    rate : pictures a second.

    Attributes
    ----------
    coding : ``MPEG4`` or ``JPEG``.

    Raises
    ------
    SaveError
        If no codec works, or there is no folder for temporary files.
    """

    def __init__(self, size: tuple[int, int], rate: float) -> None:
        self._size, self._rate = size, rate
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="cnngui-recording-"))
        except OSError as error:
            rule = text("must be a folder that can be written to")
            raise SaveError(tempfile.gettempdir(), rule, system_reason(error)) from error
        self._file = self._folder / "group.avi"
        self._writer: cv2.VideoWriter | None = None
        self._count = 0
        for codec, backend, coding in _CODECS:
            self._codec, self._backend, self.coding = codec, backend, coding
            writer = self._opened()
            if writer.isOpened():
                writer.release()
                return
        self.close()
        rule = text("must have a codec that this OpenCV can write")
        raise SaveError(text("a recording"), rule, text("none that works"))

    @property
    def count(self) -> int:
        """How many pictures the group has that was begun."""
        return self._count

    def add(self, bgr: cv2.typing.MatLike) -> None:
        """Take the next picture, uint8 ``(H, W, 3)``, blue first."""
        if self._writer is None:
            self._writer = self._opened()
        self._writer.write(bgr)
        self._count += 1

    def finish_group(self) -> list[bytes]:
        """Return the pictures taken since the last call, encoded; the first one stands alone.

        Raises
        ------
        SaveError
            If they could not be written to the folder for temporary files.
        """
        writer, self._writer = self._writer, None
        count, self._count = self._count, 0
        if writer is None:
            return []
        writer.release()
        try:
            found = list(_frames(self._file.read_bytes()))
        except OSError:
            found = []
        if len(found) != count:
            rule = text("must have room for the recording's next pictures")
            raise SaveError(
                str(self._folder.parent), rule, text("{count} of them", count=len(found))
            )
        return found

    def close(self) -> None:
        """Remove what is only needed meanwhile. May be called twice."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _opened(self) -> cv2.VideoWriter:
        fourcc = cv2.VideoWriter.fourcc(*self._codec)
        return cv2.VideoWriter(str(self._file), self._backend, fourcc, self._rate, self._size)


def set_up_of(first: bytes) -> bytes:
    """Return what stands before the picture in an MPEG-4 stream's first frame: how to decode it."""
    places = [place for mark in (_PICTURE, _GROUP) if (place := first.find(mark)) >= 0]
    return first[: min(places, default=0)]


def _frames(avi: bytes) -> Iterator[bytes]:
    """Give the frames of an AVI file, as long as they are whole (RIFF: chunks within lists)."""
    lists = [(0, len(avi))]
    while lists:
        start, end = lists.pop()
        while start + 8 <= end:
            kind, length = struct.unpack_from("<4sI", avi, start)
            if kind in (b"RIFF", b"LIST"):
                lists.append((start + 8 + length + length % 2, end))
                start, end = start + 12, min(start + 8 + length, end)
                continue
            if kind == b"00dc" and start + 8 + length <= end:
                yield avi[start + 8 : start + 8 + length]
            start += 8 + length + length % 2
