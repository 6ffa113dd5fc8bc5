"""What follows the header of an HTTP answer, taken out of its packing (RFC 9112, 6 and 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cnngui.capture.malformed import MalformedError
from cnngui.errors import text

_MAX_LINE_BYTES = 4096


class Body(Protocol):
    """Takes pieces as they arrive and gives the content in them."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing more will come."""

    def feed(self, piece: bytes) -> bytes:
        """Return the content that a piece completes.

        Raises
        ------
        MalformedError
            If the packing is wrong.
        """


def body_of(headers: Mapping[str, str]) -> Body:
    """Return what takes the body of an answer with these headers (names in small letters)."""
    if headers.get("transfer-encoding", "").strip().lower().endswith("chunked"):
        return ChunkedBody()
    length = headers.get("content-length", "").strip()
    if length.isascii() and length.isdigit() and len(length) < 20:
        return MeasuredBody(int(length))
    return EndlessBody()


class EndlessBody:
    """Goes on until the server hangs up."""

    is_whole = False

    def feed(self, piece: bytes) -> bytes:
        """Return it."""
        return piece


class MeasuredBody:
    """Has a length that was announced."""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def is_whole(self) -> bool:
        """Whether all of it has come."""
        return self._left == 0

    def feed(self, piece: bytes) -> bytes:
        """Return what belongs to the body."""
        content = piece[: self._left]
        self._left -= len(content)
        return content


class ChunkedBody:
    """Comes in chunks, each with its length before it. What follows the last one is not read."""

    def __init__(self) -> None:
        self.is_whole = False
        self._line = bytearray()
        self._left = 0
        self._is_in_chunk = False

    def feed(self, piece: bytes) -> bytes:
        """Return the content of the chunks in it."""
        content = bytearray()
        place = 0
        while place < len(piece) and not self.is_whole:
            if self._left:
                part = piece[place : place + self._left]
                content += part
                self._left -= len(part)
                place += len(part)
                continue
            end = piece.find(b"\n", place) + 1
            self._line += piece[place : end or len(piece)]
            if len(self._line) > _MAX_LINE_BYTES:
                raise MalformedError(
                    text("a chunk's length in more than {most} bytes", most=_MAX_LINE_BYTES)
                )
            place = end or len(piece)
            if end:
                self._take_line()
        return bytes(content)

    def _take_line(self) -> None:
        line, self._line = bytes(self._line).strip(), bytearray()
        if self._is_in_chunk and not line:
            self._is_in_chunk = False  # the line's end that closes a chunk
            return
        digits = line.partition(b";")[0].strip()
        if not 0 < len(digits) <= 16 or digits.strip(b"0123456789abcdefABCDEF"):
            raise MalformedError(text("a chunk's length of {length}", length=repr(digits[:40])))
        self._left = int(digits, 16)
        self._is_in_chunk = True
        self.is_whole = self._left == 0
