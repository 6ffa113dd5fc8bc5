"""The wall as a video file, written while it runs, with the input beside it."""

from __future__ import annotations

import os
import shutil
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import numpy as np

from cnngui.errors import SaveError, system_reason, text
from cnngui.featuremaps.colormaps import PAPER, Picture
from cnngui.featuremaps.encoding import Encoder, set_up_of
from cnngui.featuremaps.mp4 import JPEG, MPEG4, Mp4Writer
from cnngui.images.opencv import cv2
from cnngui.images.shrinking import shrink

RESERVE_BYTES = 32 * 2**20
"""Recording stops when less than this is free: the end of the file still has to be written."""

MAX_GAP_S = 2.0
"""A picture is held at most this long where frames stay away, for a pause or a lost camera."""

GROUP_S = 0.4
"""So much is lost at most where the program is ended from outside."""

_MARGIN = 16
_INPUT_SHARE = 0.3


class Recorder:
    """A video file that grows with every picture. To be closed, also after an error.

    It can be played all the while, and afterwards even if it was never closed.

    Parameters
    ----------
    path : a file that does not exist yet; its suffix is chosen here, see ``path``.
    width, height : pixels of every picture, even numbers.
    rate : pictures a second with which it will be played.

    Raises
    ------
    SaveError
        If the folder cannot be written to or is almost full.
    """

    def __init__(self, path: Path, width: int, height: int, rate: float) -> None:
        self._size = (width, height)
        self._rate = min(max(rate, 1.0), 120.0)
        self._group = max(round(GROUP_S * self._rate), 1)
        self._taken = 0
        self._start: float | None = None
        self._last: Picture = np.zeros((height, width, 3), np.uint8)
        self._writer: Mp4Writer | None = None
        self.path = path.with_suffix(".mp4")
        self._encoder = Encoder(self._size, self._rate)
        try:
            _make(self.path)
        except BaseException:
            self._encoder.close()
            raise

    def add(self, picture: Picture, time: float | None = None) -> None:
        """Append a picture, uint8 ``(height, width, 3)`` RGB.

        Parameters
        ----------
        time : seconds on any steady clock. With it the video keeps real time: pictures are left
            out where more come than the video's rate, and the one before is held where fewer come.

        Raises
        ------
        SaveError
            If the file cannot grow any more. What was recorded until then stays; ``close`` it.
        """
        if picture.shape != (self._size[1], self._size[0], 3):
            raise ValueError(f"picture must be {self._size}, got {picture.shape}")
        due = 1 if time is None else self._due(time)
        held, self._last = self._last, np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        if due == 0:
            return
        self._refuse_full_disk()
        for picture_due in [*[held] * (due - 1), self._last]:
            self._encoder.add(picture_due)
            self._taken += 1
            if self._encoder.count == self._group:
                self._write_group()

    def close(self) -> None:
        """Complete the file; one without any picture is removed. Closing twice is harmless.

        Raises
        ------
        SaveError
            If the last pictures could not be written any more. The file plays all the same.
        """
        try:
            self._write_group()
            if self._writer is not None:
                self._writer.close()
        except OSError as error:
            raise _unwritable(self.path, error) from error
        finally:
            self._encoder.close()
            if self._writer is None:
                self.path.unlink(missing_ok=True)

    def _write_group(self) -> None:
        frames = self._encoder.finish_group()
        if not frames:
            return
        try:
            if self._writer is None:
                coding = self._encoder.coding
                set_up = set_up_of(frames[0]) if coding == MPEG4 else b""
                self._writer = Mp4Writer(self.path, self._size, self._rate, coding, set_up)
            alone = self._encoder.coding == JPEG
            self._writer.append(
                [(frame, alone or place == 0) for place, frame in enumerate(frames)]
            )
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _due(self, time: float) -> int:
        """How often a picture of that time has to be written to keep up with the clock."""
        if self._start is None:
            self._start = time
        due = round((time - self._start) * self._rate) + 1 - self._taken
        most = max(round(MAX_GAP_S * self._rate), 1)
        if due > most:
            # The clock of the video goes on from here as if the rest of the gap had not been.
            self._start += (due - most) / self._rate
        return min(max(due, 0), most)

    def _refuse_full_disk(self) -> None:
        try:
            _refuse_little_room(self.path)
            os.stat(self.path)
        except OSError as error:
            raise _unwritable(self.path, error) from error


def compose_record(
    input_picture: Picture, wall_picture: Picture, width: int = 1280, height: int = 720
) -> Picture:
    """Put the input at the left and the wall at the right of one picture.

    Parameters
    ----------
    input_picture, wall_picture : uint8 ``(H, W, 3)`` RGB, or ``(H, W, 1)`` grey; kept in shape.
    width, height : pixels of the result, even numbers; at least 96.
    """
    canvas = _empty_canvas(width, height).copy()
    input_width = round((width - 3 * _MARGIN) * _INPUT_SHARE)
    wall_left = 2 * _MARGIN + input_width
    _place(canvas, input_picture, _MARGIN, input_width)
    _place(canvas, wall_picture, wall_left, width - wall_left - _MARGIN)
    return canvas


@lru_cache(maxsize=1)
def _empty_canvas(width: int, height: int) -> Picture:
    # Kept, since filling one with a colour takes longer than all that is drawn on it.
    return np.full((height, width, 3), PAPER, np.uint8)


def _place(canvas: Picture, picture: Picture, left: int, room_x: int) -> None:
    """Draw a picture as large as fits, in the middle of a column of the canvas."""
    room_y = canvas.shape[0] - 2 * _MARGIN
    height, width = picture.shape[:2]
    scale = min(room_x / width, room_y / height)
    size = (max(int(width * scale), 1), max(int(height * scale), 1))
    if picture.shape[2] == 1:
        picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8)
    if scale < 1:
        fitted = shrink(picture, *size)
    else:
        fitted = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    x = left + (room_x - size[0]) // 2
    y = _MARGIN + (room_y - size[1]) // 2
    canvas[y : y + size[1], x : x + size[0]] = fitted


def _make(path: Path) -> None:
    """Make an empty file where there is none."""
    try:
        str(path).encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        _refuse_little_room(path)
        path.open("xb").close()
    except OSError as error:
        raise _unwritable(path, error) from error
    except UnicodeEncodeError as error:
        rule = text("must have a name that is text in UTF-8")
        raise SaveError(str(path), rule, text("other bytes")) from error


def _refuse_little_room(path: Path) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < RESERVE_BYTES:
        rule = text("must have {size} MB free for recording", size=RESERVE_BYTES // 2**20)
        raise SaveError(str(path.parent), rule, f"{free // 2**20} MB")


def _unwritable(path: Path, error: OSError) -> SaveError:
    return SaveError(str(path), text("must be a file that can be written"), system_reason(error))
