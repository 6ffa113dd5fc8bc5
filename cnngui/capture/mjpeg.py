"""MJPEG over HTTP: pictures sent one after another as the parts of one endless answer.

FFmpeg can read it too, but takes only JPEG, cannot skip to the newest picture, and does not say why
a server was not reached. Here a part is handed on as soon as its last byte is there.

The format is ``multipart/x-mixed-replace``: RFC 2046, 5.1.1, as cameras speak it, that is with
and without ``Content-Length`` and with ``--`` already in the announced boundary or not.
"""

from __future__ import annotations

import base64
import http.client
import select
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from urllib.parse import unquote, urlsplit

from cnngui.capture.source import OPEN_TIMEOUT_S, READ_TIMEOUT_S, Picture, Source, SourceInfo
from cnngui.errors import SourceError, Text, Words, system_reason, text
from cnngui.images.files import decode_picture

MAX_PART_BYTES = 2**26
MAX_HEADER_BYTES = 2**14
_CHUNK_BYTES = 2**16
_DRAIN_S = 0.05


class MalformedError(ValueError):
    """What was received is no sequence of pictures; ``found`` says what it is instead."""

    def __init__(self, found: Text) -> None:
        super().__init__(str(found))
        self.found = found


class PartParser:
    """Cuts a multipart body into its parts, fed with pieces of any size.

    Parameters
    ----------
    boundary : as the Content-Type announces it.
    """

    def __init__(self, boundary: str) -> None:
        self._delimiter = b"--" + boundary.strip('"').removeprefix("--").encode(
            "latin-1", "replace"
        )
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take the next bytes of the body and yield the content of every part now complete.

        Raises
        ------
        MalformedError : a part or its header is larger than allowed, or a length is not a number.
        """
        self._buffer += piece
        while (content := self._take_part()) is not None:
            if content:
                yield content

    def _take_part(self) -> bytes | None:
        start = self._buffer.find(self._delimiter)
        if start < 0:
            # Without a part begun, keep only what may be the start of a delimiter.
            del self._buffer[: -len(self._delimiter)]
            return None
        line_end = self._buffer.find(b"\n", start + len(self._delimiter))
        head_end, content_start = self._head(line_end + 1) if line_end >= 0 else (-1, -1)
        if head_end < 0:
            if len(self._buffer) - start > MAX_HEADER_BYTES:
                raise MalformedError(
                    text("a part's header of more than {most} bytes", most=MAX_HEADER_BYTES)
                )
            return None
        length = _content_length(bytes(self._buffer[line_end + 1 : head_end]))
        if length is None:
            content_end = self._find_next_delimiter(content_start)
        else:
            content_end = content_start + length
            if content_end > len(self._buffer):
                content_end = -1
        if content_end < 0:
            if len(self._buffer) - content_start > MAX_PART_BYTES:
                raise MalformedError(
                    text("a picture of more than {most} bytes", most=MAX_PART_BYTES)
                )
            return None
        content = bytes(self._buffer[content_start:content_end])
        del self._buffer[:content_end]
        self._searched = 0
        return content if length is not None else content.removesuffix(b"\n").removesuffix(b"\r")

    def _head(self, start: int) -> tuple[int, int]:
        """Return where a part's header ends and its content starts, or -1 for both."""
        for blank in (b"\r\n", b"\n"):
            if self._buffer.startswith(blank, start):  # a part without a header
                return start, start + len(blank)
        ends = [
            (end, end + len(gap))
            for gap in (b"\r\n\r\n", b"\n\n")
            if (end := self._buffer.find(gap, start, start + MAX_HEADER_BYTES)) >= 0
        ]
        return min(ends, default=(-1, -1))

    def _find_next_delimiter(self, content_start: int) -> int:
        """Look for the end of the content without looking twice at the same bytes."""
        found = self._buffer.find(self._delimiter, max(content_start, self._searched))
        self._searched = max(content_start, len(self._buffer) - len(self._delimiter))
        return found


def _content_length(head: bytes) -> int | None:
    for line in head.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            if not digits.isdigit() or len(digits) > 12:
                raise MalformedError(text("a length of {length}", length=repr(digits[:40])))
            if int(digits) > MAX_PART_BYTES:
                raise MalformedError(
                    text(
                        "a picture of {count} bytes, more than {most}",
                        count=int(digits),
                        most=MAX_PART_BYTES,
                    )
                )
            return int(digits)
    return None


def connect(url: str, name: str) -> http.client.HTTPResponse:
    """Ask a server for a URL, with the name and password that the URL may hold.

    Raises
    ------
    SourceError : nobody there, refused, no answer in ``OPEN_TIMEOUT_S``.
    """
    parts = urlsplit(url)
    request = urllib.request.Request(  # noqa: S310  parse_address lets only http(s) through
        parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(),
        headers={"User-Agent": "cnngui", "Accept": "multipart/x-mixed-replace, */*"},
    )
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_unredirected_header(
            "Authorization", "Basic " + base64.b64encode(secret.encode()).decode("ascii")
        )
    rule = text("must answer within {seconds:g} s", seconds=OPEN_TIMEOUT_S)
    try:
        return urllib.request.urlopen(request, timeout=OPEN_TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceError(name, text("must be there"), f"HTTP {error.code}") from error
    except urllib.error.URLError as error:
        raise SourceError(name, rule, _reason(error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SourceError(name, rule, _reason(error)) from error


def boundary_of(headers: Message) -> str | None:
    """Return the boundary if the answer is an MJPEG stream, else None."""
    if headers.get_content_type() != "multipart/x-mixed-replace":
        return None
    boundary = headers.get_param("boundary")
    return boundary if isinstance(boundary, str) and boundary else None


class MjpegSource(Source):
    """An open MJPEG stream.

    Parameters
    ----------
    response, boundary : the answer, not yet read.
    name : for people.
    newest_only : when more than one picture is there already, give the newest.
    """

    def __init__(
        self, response: http.client.HTTPResponse, boundary: str, name: str, newest_only: bool
    ) -> None:
        self._response = response
        self._name = name
        self._newest_only = newest_only
        self._parser = PartParser(boundary)
        self._parts: list[bytes] = []
        try:
            self._pending: Picture | None = self._next_picture()
        except BaseException:
            response.close()
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
        return self._next_picture() if picture is None else picture

    def close(self) -> None:
        """Hang up."""
        self._response.close()

    def _next_picture(self) -> Picture:
        deadline = time.monotonic() + READ_TIMEOUT_S
        while not self._parts:
            self._receive()
            if not self._parts and time.monotonic() > deadline:
                rule = text("must send a picture within {seconds:g} s", seconds=READ_TIMEOUT_S)
                raise SourceError(self._name, rule, text("only pieces"))
        if self._newest_only:
            self._drain()
            del self._parts[:-1]
        return decode_picture(self._parts.pop(0), self._name)

    def _drain(self) -> None:
        """Take in what has arrived already, for a moment at most."""
        until = time.monotonic() + _DRAIN_S
        # A body of known length closes by itself once it is read.
        while time.monotonic() < until and not self._response.isclosed():
            if not select.select([self._response], [], [], 0)[0]:
                return
            try:
                self._receive()
            except SourceError:
                return  # it comes again with the next read, when what arrived before was shown

    def _receive(self) -> None:
        try:
            piece = self._response.read1(_CHUNK_BYTES)
        except (OSError, http.client.HTTPException, ValueError) as error:
            rule = text("must go on sending within {seconds:g} s", seconds=READ_TIMEOUT_S)
            raise SourceError(self._name, rule, _reason(error)) from error
        if not piece:
            raise SourceError(self._name, text("a stream must go on"), text("its end"))
        try:
            self._parts.extend(self._parser.feed(piece))
        except MalformedError as error:
            rule = text("must be a stream of pictures")
            raise SourceError(self._name, rule, error.found) from error


def _reason(error: object) -> Words:
    match error:
        case TimeoutError():
            return text("silence")
        case ssl.SSLCertVerificationError():
            return text("a certificate that cannot be trusted")
        case ssl.SSLError():  # before OSError: its numbers are not the system's
            return text("a fault in the encryption")
        case socket.gaierror():
            return text("an unknown host")
        case OSError():
            return system_reason(error)
        case _:
            return text("something else than HTTP")
