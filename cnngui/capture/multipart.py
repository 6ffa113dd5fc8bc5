"""Pictures cut out of a stream that sends them one after another.

The format is ``multipart/x-mixed-replace``: RFC 2046, 5.1.1, as cameras speak it. That is with
``--`` already in the announced boundary or not, with another boundary than announced, with a wrong
``Content-Length`` or none, and with JPEGs that have nothing at all between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnngui.capture.malformed import MalformedError
from cnngui.errors import text

MAX_PART_BYTES = 2**26
MAX_HEADER_BYTES = 2**14
MAX_PREAMBLE_BYTES = 2**16

_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_LONGEST_BOUNDARY = 200  # 70 by the RFC
_NEXT_JPEG = re.compile(rb"\xff\xd9\s{0,8}(?=\xff\xd8\xff)")
_DELIMITER_LINE = re.compile(rb"(?:^|\n)(--[^\r\n]{1,198})[ \t]*\r?\n(?=[A-Za-z][A-Za-z-]*:|\r?\n)")


class PartParser:
    """Cuts a multipart body into its parts, fed with pieces of any size.

    Parameters
    ----------
    boundary : as the Content-Type announces it; empty if it announces none. The stream itself has
        the last word.

    Attributes
    ----------
    spoiled : how many parts were thrown away because they or their headers are too large.
    """

    def __init__(self, boundary: str) -> None:
        announced = boundary.strip('"').removeprefix("--").encode("latin-1", "replace")
        self._announced = announced[:_LONGEST_BOUNDARY]
        self._delimiter = b""
        self._is_bare = False
        self._buffer = bytearray()
        self._searched = 0
        self.spoiled = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take the next bytes of the body and yield the content of every part now complete.

        Raises
        ------
        MalformedError
            If nothing that could part pictures comes.
        """
        self._buffer += piece
        if not self._delimiter and not self._is_bare and not self._find_out():
            return
        take = self._take_bare if self._is_bare else self._take_part
        while (content := take()) is not None:
            if content:
                yield content

    def finish(self) -> bytes:
        """Return the content of a part that ends with the stream; empty if there is none."""
        content = b""
        if self._is_bare:
            content = bytes(self._buffer)
        elif self._delimiter and (start := self._buffer.find(self._delimiter)) >= 0:
            line_end = self._buffer.find(b"\n", start)
            content_start = self._head(line_end + 1)[1] if line_end >= 0 else -1
            content = bytes(self._buffer[content_start:]) if content_start >= 0 else b""
        self._buffer.clear()
        self._searched = 0
        return content

    def _find_out(self) -> bool:
        """Look what parts the pictures of this stream; False while that is not to be seen."""
        beginning = bytes(self._buffer[: MAX_PREAMBLE_BYTES + 1]).lstrip(b"\r\n")
        if beginning.startswith(_JPEG_START):
            self._is_bare = True
            return True
        usual = b"--" + self._announced
        if self._announced and (usual in beginning):
            self._delimiter = usual
            return True
        line = _DELIMITER_LINE.search(beginning)
        if line:
            self._delimiter = line[1]
            return True
        # Some leave out the dashes.
        if self._announced and re.match(re.escape(self._announced) + rb"\r?\n", beginning):
            self._delimiter = self._announced
            return True
        if len(self._buffer) <= MAX_PREAMBLE_BYTES:
            return False
        if not self._announced:
            raise MalformedError(text("no boundary within {most} bytes", most=MAX_PREAMBLE_BYTES))
        self._delimiter = usual
        return True

    def _take_part(self) -> bytes | None:
        start = self._buffer.find(self._delimiter)
        if start < 0:
            # Without a part begun, keep only what may be the start of a delimiter.
            del self._buffer[: -len(self._delimiter)]
            return None
        line_end = self._buffer.find(b"\n", start, start + MAX_HEADER_BYTES)
        head_end, content_start = self._head(line_end + 1) if line_end >= 0 else (-1, -1)
        if head_end < 0:
            if len(self._buffer) - start > MAX_HEADER_BYTES:
                return self._throw_away(start + len(self._delimiter))
            return None
        length = _content_length(bytes(self._buffer[line_end + 1 : head_end]))
        end = self._content_end(content_start, length)
        if end is None:
            if len(self._buffer) - content_start > MAX_PART_BYTES:
                return self._throw_away(len(self._buffer) - len(self._delimiter))
            return None
        content = bytes(self._buffer[content_start:end])
        del self._buffer[:end]
        self._searched = 0
        if length is not None and len(content) == length:
            return content
        return content.removesuffix(b"\n").removesuffix(b"\r")

    def _throw_away(self, until: int) -> bytes:
        """Go on with the next delimiter."""
        del self._buffer[:until]
        self._searched = 0
        self.spoiled += 1
        return b""

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

    def _content_end(self, start: int, length: int | None) -> int | None:
        """Return where a part's content ends; None if that is not to be seen yet.

        An announced length is believed if the picture is whole there, or the next delimiter
        follows. That a picture is handed on with its last byte, and not when the next one begins,
        is worth the trouble.
        """
        if length:
            end = start + length
            if end <= len(self._buffer):
                told = self._is_end(start, end)
                if told is None or told:
                    return end if told else None
        found = self._buffer.find(self._delimiter, max(start, self._searched))
        self._searched = max(start, len(self._buffer) - len(self._delimiter))
        if found < 0:
            return None
        if length and found < start + length and not self._is_line(found):
            # It only looks like a delimiter, in the middle of a picture that is still coming.
            self._searched = found + 1
            return None
        return found

    def _is_end(self, start: int, end: int) -> bool | None:
        """Whether a part that begins at ``start`` may end at ``end``; None = not to be seen yet."""
        content = bytes(self._buffer[start : start + 8]), bytes(self._buffer[end - 16 : end])
        head, tail = content[0], content[1].rstrip(b"\0\r\n ")
        if head.startswith(_JPEG_START):
            if tail.endswith(_JPEG_END):
                return True
        elif not head.startswith(_PNG_START) or tail.endswith(_PNG_END):
            return True  # of other kinds the end is not known
        following = bytes(self._buffer[end : end + 4 + len(self._delimiter)]).lstrip(b"\r\n")
        if len(following) < len(self._delimiter):
            return None if self._delimiter.startswith(following) else False
        return following.startswith(self._delimiter)

    def _is_line(self, place: int) -> bool:
        """Whether the delimiter at a place stands on a line of its own."""
        after = self._buffer[place + len(self._delimiter) :][:4].lstrip(b"- \t\r")
        return self._buffer[place - 1 : place] == b"\n" and after[:1] in (b"\n", b"")

    def _take_bare(self) -> bytes | None:
        """Return the next of JPEGs that follow each other without anything between them."""
        found = _NEXT_JPEG.search(self._buffer, max(self._searched - 16, 0))
        if found is None:
            self._searched = len(self._buffer)
            if len(self._buffer) > MAX_PART_BYTES:
                return self._throw_away(len(self._buffer) - 16)
            return None
        end = found.start() + len(_JPEG_END)
        content = bytes(self._buffer[:end])
        del self._buffer[: found.end()]
        self._searched = 0
        return content


def _content_length(head: bytes) -> int | None:
    """Return the length that a part's header announces, None where it is senseless or absent."""
    for line in head.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            if digits.isdigit() and len(digits) <= 12 and 0 < int(digits) <= MAX_PART_BYTES:
                return int(digits)
            return None
    return None
