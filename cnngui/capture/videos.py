"""Video files, and streams that FFmpeg reads."""

from __future__ import annotations

import math
from dataclasses import replace

from cnngui.capture.source import OPEN_TIMEOUT_S, READ_TIMEOUT_S, Picture, Source, SourceInfo
from cnngui.errors import SourceError, text
from cnngui.images.files import as_picture
from cnngui.images.opencv import MAX_PICTURE_PIXELS, cv2

_MAX_RATE = 1000.0  # above it, containers give their clock's ticks instead of a rate
_MAX_FRAME_COUNT = 10**9  # above it (or negative) a container without an index is guessing
_SHORT_SHARE = 0.95  # a container's estimate may be a little off; less than this was cut off


class VideoSource(Source):
    """Everything that FFmpeg reads: a video file, or a stream by its URL.

    Pictures keep the size of the first one: OpenCV brings frames of another size to it.

    Parameters
    ----------
    target : a path or a URL.
    name : for people.
    live : the end of it is a loss, not the end of a medium. None = live unless it knows its number
        of frames, as a video on a web server does.
    """

    def __init__(self, target: str, name: str, live: bool | None = False) -> None:
        self._target = target
        self._is_remote = "://" in target
        self._name = name
        self._position = 0
        self._next = 0
        self._has_index = False
        self._pending: Picture | None = None
        self._warnings: list[SourceError] = []
        self._capture = self._opened()
        try:
            self._info = self._measured(live)
        except BaseException:
            self._capture.release()
            raise

    @property
    def info(self) -> SourceInfo:
        """As the container says; the frame count is corrected when the end comes before it."""
        return self._info

    @property
    def position(self) -> int:
        """Number of the frame read last."""
        return self._position

    def read(self) -> Picture | None:
        """Return the next frame; None at the end, also where a file is cut off."""
        picture, self._pending = self._pending, None
        if picture is None:
            picture = self._decoded()
        if picture is None:
            if self._info.live:
                found = text("its end or {seconds:g} s of silence", seconds=READ_TIMEOUT_S)
                raise SourceError(self._name, text("a stream must go on"), found)
            self._note_end()
            return None
        self._position = self._next
        self._next += 1
        return picture

    def seek(self, position: int) -> None:
        """Make the next ``read`` give that frame.

        Exact for a constant frame rate. Where the rate varies, FFmpeg finds frames by time and
        may be a few off.
        """
        if self._info.live:
            super().seek(position)
        position = max(position, 0)
        if self._info.frame_count:
            position = min(position, self._info.frame_count - 1)
        if position == self._next:
            return
        self._pending = None
        self._next = position
        if not self._wind_to(position):
            self._capture.release()
            self._capture = self._opened()
            self._next = 0
            while self._next < position and self._capture.grab():
                self._next += 1

    def take_warnings(self) -> list[SourceError]:
        """Say once that a video is shorter than it says of itself."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def close(self) -> None:
        """Close the file or connection."""
        self._capture.release()

    def _opened(self) -> cv2.VideoCapture:
        timeouts = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_TIMEOUT_S * 1000)),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_TIMEOUT_S * 1000)),
        ]
        capture = cv2.VideoCapture(self._target, cv2.CAP_FFMPEG, timeouts)
        if not capture.isOpened():
            rule = text("must be a video that FFmpeg can read")
            if self._is_remote:
                rule = text(
                    "must answer within {seconds:g} s as a stream that FFmpeg can read",
                    seconds=OPEN_TIMEOUT_S,
                )
            raise SourceError(self._name, rule, text("nothing of the kind"))
        return capture

    def _wind_to(self, position: int) -> bool:
        """Seek by FFmpeg; False where it cannot, or lands elsewhere (MPEG-TS has no index)."""
        if not self._has_index:
            return False
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, position)
        return self._capture.get(cv2.CAP_PROP_POS_FRAMES) == position

    def _measured(self, live: bool | None) -> SourceInfo:
        """Read the first frame, which alone tells the true size."""
        width = int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        height = int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > MAX_PICTURE_PIXELS:
            rule = text("a video's frame may have at most {most:,} pixels", most=MAX_PICTURE_PIXELS)
            raise SourceError(self._name, rule, f"{width:,} x {height:,}")
        first = self._decoded()
        if first is None:
            raise SourceError(self._name, text("a video must have at least one frame"), 0)
        self._pending = first
        height, width = first.shape[:2]
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        counted = not live and math.isfinite(count) and 0 < count <= _MAX_FRAME_COUNT
        self._has_index = counted
        return SourceInfo(
            self._name,
            width,
            height,
            rate if math.isfinite(rate) and 0 < rate <= _MAX_RATE else 0.0,
            int(count) if counted else 0,
            live=live if live is not None else not counted,
            seekable=counted,
        )

    def _decoded(self) -> Picture | None:
        try:
            read, bgr = self._capture.read()
        except cv2.error as error:
            rule = text("must be a video that can be decoded")
            raise SourceError(self._name, rule, text("a broken one")) from error
        return as_picture(bgr) if read else None

    def _note_end(self) -> None:
        """Correct the frame count where the container promised another one."""
        promised, found = self._info.frame_count, self._next
        if found == promised or self._position != found - 1:
            return  # as promised; or wound past the last frame, which says nothing about the count
        if found < promised * _SHORT_SHARE:
            rule = text("must hold the {count} frames that it announces", count=promised)
            error = SourceError(self._name, rule, text("{count} (cut off?)", count=found))
            if self._is_remote:  # it is the connection that was cut
                raise error
            self._warnings.append(error)
        self._info = replace(self._info, frame_count=found, seekable=True)
