"""MJPEG over HTTP: pictures sent one after another as the parts of one endless answer.

FFmpeg can read it too, but takes only JPEG, cannot skip to the newest picture, and does not say why
a server was not reached. Here a part is handed on as soon as its last byte is there.
"""

from __future__ import annotations

import time
from email.message import Message

from cnngui.capture.deadline import Deadline, IsStopped, StoppedError, never
from cnngui.capture.http_client import Answer
from cnngui.capture.malformed import MalformedError, reason_of
from cnngui.capture.multipart import PartParser
from cnngui.capture.source import READ_TIMEOUT_S, Picture, Source, SourceInfo
from cnngui.errors import SourceError, Words, text
from cnngui.images.files import decode_picture

_DRAIN_S = 0.05


def boundary_of(answer: Answer) -> str | None:
    """Return the boundary of a stream of pictures, "" if it tells none; None for all else."""
    header = Message()
    header["Content-Type"] = answer.headers.get("content-type", "")
    if header.get_content_maintype() != "multipart":
        return None
    boundary = header.get_param("boundary")
    return boundary if isinstance(boundary, str) else ""


class MjpegSource(Source):
    """An open MJPEG stream. A picture that cannot be read is left out, and counted.

    Parameters
    ----------
    answer, boundary : the answer, its body not yet read.
    name : for people.
    newest_only : when more than one picture is there already, give the newest.
    opening : until when the first picture must have come.
    is_stopped : true ends a wait.
    """

    def __init__(
        self,
        answer: Answer,
        boundary: str,
        name: str,
        newest_only: bool,
        opening: Deadline,
        is_stopped: IsStopped = never,
    ) -> None:
        self._answer = answer
        self._name = name
        self._newest_only = newest_only
        self._is_stopped = is_stopped
        self._parser = PartParser(boundary)
        self._parts: list[bytes] = []
        self._bad = 0
        self._told = 0
        self._heard = False
        self._why_bad: SourceError | None = None
        try:
            self._pending: Picture | None = self._next_picture(opening)
        except BaseException:
            answer.close()
            raise
        height, width = self._pending.shape[:2]
        self._info = SourceInfo(name, width, height, live=True)

    @property
    def info(self) -> SourceInfo:
        """Size of the first picture; the rate is whatever the server sends."""
        return self._info

    def read(self) -> Picture:
        """Return the next picture; never None, for a stream that ends is broken."""
        picture, self._pending = self._pending, None
        if picture is None:
            deadline = Deadline(READ_TIMEOUT_S, self._name, self._is_stopped)
            picture = self._next_picture(deadline)
        return picture

    def take_warnings(self) -> list[SourceError]:
        """Say how many pictures were left out: at the first one, then at twice as many."""
        bad = self._bad + self._parser.spoiled
        if bad < max(2 * self._told, 1):
            return []
        self._told = bad
        rule = text("pictures of a stream must be whole")
        got = text("{count} that cannot be read and were left out so far", count=bad)
        return [SourceError(self._name, rule, got)]

    def close(self) -> None:
        """Hang up."""
        self._answer.close()

    def _next_picture(self, deadline: Deadline) -> Picture:
        """Wait for a picture that can be read."""
        self._heard = False
        while True:
            while not self._parts:
                self._receive(deadline)
            if self._newest_only:
                self._drain()
            while self._parts:
                # Of several the newest one that can be read, where only that is wanted.
                part = self._parts.pop(-1 if self._newest_only else 0)
                try:
                    picture = decode_picture(part, self._name)
                except SourceError as error:
                    self._bad += 1
                    self._why_bad = error
                    continue
                if self._newest_only:
                    self._parts.clear()
                return picture

    def _drain(self) -> None:
        """Take in what has arrived already, for a moment at most."""
        until = time.monotonic() + _DRAIN_S
        while time.monotonic() < until:
            try:
                piece = self._answer.receive_now()
                if not piece:
                    return
                self._parts.extend(self._parser.feed(piece))
            except (OSError, ValueError):
                return  # it comes again with the next read, when what arrived before was shown
            # Pictures that will not be shown need no memory.
            del self._parts[:-2]

    def _receive(self, deadline: Deadline) -> None:
        try:
            piece = self._answer.receive(deadline)
        except StoppedError:
            raise
        except TimeoutError as error:
            rule = text("must send a picture within {seconds:g} s", seconds=deadline.seconds)
            raise SourceError(self._name, rule, self._what_came()) from error
        except (OSError, ValueError) as error:
            rule = text("must go on sending pictures")
            raise SourceError(self._name, rule, reason_of(error)) from error
        if piece is None:
            last = self._parser.finish()
            if last:
                self._parts.append(last)
                return
            raise SourceError(self._name, text("a stream must go on"), text("its end"))
        try:
            self._heard = self._heard or bool(piece.strip())
            self._parts.extend(self._parser.feed(piece))
        except MalformedError as error:
            rule = text("must be a stream of pictures")
            raise SourceError(self._name, rule, error.found) from error

    def _what_came(self) -> Words:
        if self._why_bad is not None:
            return text("pictures that cannot be read: {why}", why=self._why_bad.got)
        return text("only pieces") if self._heard else text("silence")
