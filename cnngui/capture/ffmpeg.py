"""FFmpeg, as OpenCV brings it: what is read frame by frame, from a file or from a server."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, TypeVar

from cnngui.capture.aside import Aside
from cnngui.capture.deadline import Deadline, IsStopped, StoppedError, never
from cnngui.capture.source import READ_TIMEOUT_S
from cnngui.errors import SourceError, text
from cnngui.images.files import Picture, as_picture
from cnngui.images.opencv import cv2

Result = TypeVar("Result")


class Decoder(Protocol):
    """Gives the frames of a video in the order in which they are shown."""

    def grab(self) -> bool:
        """Go on to the next frame; False at the end.

        Raises
        ------
        SourceError
        """

    def picture(self) -> Picture | None:
        """Return the frame that was grabbed last, None if it cannot be had."""

    def time_ms(self) -> float:
        """Return the time stamp of the frame that was grabbed last, from the video's start."""

    def get(self, what: int) -> float:
        """Return one of OpenCV's properties, 0 where it has none."""

    def wind(self, time_ms: float) -> None:
        """Go on somewhere near a time; the frames' time stamps tell where that was."""

    def close(self) -> None:
        """Let go of it."""


class FileDecoder:
    """A video file.

    Parameters
    ----------
    packets : give the file's packets undecoded, in the order in which they are stored.

    Raises
    ------
    SourceError
        If FFmpeg cannot read it.
    """

    def __init__(self, target: str, name: str, packets: bool = False) -> None:
        self._name = name
        self._capture = _opened(target, {cv2.CAP_PROP_FORMAT: -1} if packets else {})
        if not self._capture.isOpened():
            rule = text("must be a video that FFmpeg can read")
            raise SourceError(name, rule, text("nothing of the kind"))

    def grab(self) -> bool:
        """Go on to the next frame."""
        try:
            return self._capture.grab()
        except cv2.error as error:
            rule = text("must be a video that can be decoded")
            raise SourceError(self._name, rule, text("a broken one")) from error

    def picture(self) -> Picture | None:
        """Convert the frame to RGB."""
        try:
            read, bgr = self._capture.retrieve()
        except cv2.error as error:
            rule = text("must be a video that can be decoded")
            raise SourceError(self._name, rule, text("a broken one")) from error
        return as_picture(bgr) if read else None

    def packet(self) -> bytes:
        """Return the packet that was grabbed last, where packets were asked for."""
        read, packet = self._capture.retrieve()
        return packet.tobytes() if read else b""

    def time_ms(self) -> float:
        """Ask FFmpeg."""
        return self._capture.get(cv2.CAP_PROP_POS_MSEC)

    def get(self, what: int) -> float:
        """Ask OpenCV."""
        value = self._capture.get(what)
        return value if math.isfinite(value) else 0.0

    def wind(self, time_ms: float) -> None:
        """Let FFmpeg find a place before that from which it can decode, and go on to it."""
        self._capture.set(cv2.CAP_PROP_POS_MSEC, time_ms)

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


class RemoteDecoder:
    """A video or stream on a server, on which nothing waits longer than it may.

    Parameters
    ----------
    opening : until when the server must have answered.
    is_stopped : true ends a wait.

    Raises
    ------
    SourceError
        If nothing that FFmpeg can read answers in time.
    """

    def __init__(
        self, url: str, name: str, opening: Deadline, is_stopped: IsStopped = never
    ) -> None:
        self._name = name
        self._is_stopped = is_stopped
        self._opening: Deadline | None = opening
        self._capture: cv2.VideoCapture | None = None
        self._aside = Aside()
        left_ms = max(int(opening.left_s * 1000), 1)
        timeouts = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: left_ms,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: int(READ_TIMEOUT_S * 1000),
        }

        def connect() -> bool:
            self._capture = _opened(url, timeouts)
            return self._capture.isOpened()

        rule = text(
            "must answer within {seconds:g} s as a stream that FFmpeg can read",
            seconds=opening.seconds,
        )
        try:
            is_open = self._aside.call(connect, opening)
        except TimeoutError as error:
            self.close()
            raise SourceError(name, rule, text("silence")) from error
        except BaseException:
            self.close()
            raise
        if not is_open:
            self.close()
            raise SourceError(name, rule, text("nothing of the kind"))

    def grab(self) -> bool:
        """Wait for the next frame, for ``READ_TIMEOUT_S`` at most; the first must be there sooner.

        What takes that long is a ``SourceError``.
        """
        deadline, self._opening = self._opening, None
        return self._done(lambda capture: capture.grab(), deadline)

    def picture(self) -> Picture | None:
        """Convert the frame to RGB."""
        read, bgr = self._done(lambda capture: capture.retrieve())
        return as_picture(bgr) if read else None

    def time_ms(self) -> float:
        """Ask FFmpeg."""
        return self.get(cv2.CAP_PROP_POS_MSEC)

    def get(self, what: int) -> float:
        """Ask OpenCV."""
        value = self._done(lambda capture: capture.get(what), self._opening)
        return value if math.isfinite(value) else 0.0

    def wind(self, time_ms: float) -> None:
        """Let FFmpeg ask the server for another part."""
        self._done(lambda capture: capture.set(cv2.CAP_PROP_POS_MSEC, time_ms))

    def close(self) -> None:
        """Hang up, at once or as soon as FFmpeg lets us."""
        self._aside.leave(self._release)

    def _release(self) -> None:
        if self._capture is not None:
            self._capture.release()

    def _done(
        self, what: Callable[[cv2.VideoCapture], Result], deadline: Deadline | None = None
    ) -> Result:
        capture = self._capture
        if capture is None:
            raise SourceError(self._name, text("must be open"), text("a closed one"))
        limit = deadline or Deadline(READ_TIMEOUT_S, self._name, self._is_stopped)
        try:
            return self._aside.call(lambda: what(capture), limit)
        except StoppedError:
            raise
        except TimeoutError as error:
            rule = text("must send a picture within {seconds:g} s", seconds=limit.seconds)
            raise SourceError(self._name, rule, text("silence")) from error
        except cv2.error as error:
            rule = text("must be a video that can be decoded")
            raise SourceError(self._name, rule, text("a broken one")) from error


def _opened(target: str, properties: dict[int, int]) -> cv2.VideoCapture:
    flat = [number for pair in properties.items() for number in pair]
    return cv2.VideoCapture(target, cv2.CAP_FFMPEG, flat)


def codec_of(decoder: Decoder) -> str:
    """Return the four letters of a video's codec."""
    code = int(decoder.get(cv2.CAP_PROP_FOURCC))
    letters = "".join(chr(code >> shift & 0xFF) for shift in (0, 8, 16, 24))
    return letters if letters.isprintable() else hex(code)
