"""An MP4 file that can be played at every moment of its making, and is an ordinary one at the end.

While it grows it is fragmented (ISO 14496-12, 8.8): a header without frames, then frames in pieces,
each with its own table. What was written plays, whatever happens to the program. When it is closed,
one table of all frames is put at the end, and everything before that becomes the data it points
into, for players that know no fragments.
"""

from __future__ import annotations

import itertools
import struct
from array import array
from collections.abc import Sequence
from pathlib import Path

MPEG4, JPEG = 0x20, 0x6C
"""What the frames are coded in (ISO 14496-1, 7.2.6.6.2)."""

_TICKS = 1000  # of a frame
_MOVIE_TICKS = 1000  # of a second
_KEY, _NO_KEY = 0x02000000, 0x01010000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


class Mp4Writer:
    """A growing MP4 file with one track of pictures.

    Parameters
    ----------
    path : an empty file.
    size : width and height in pixels.
    rate : frames a second.
    coding : ``MPEG4`` or ``JPEG``.
    set_up : what an MPEG-4 decoder has to know before the first frame.

    Raises
    ------
    OSError
    """

    def __init__(
        self, path: Path, size: tuple[int, int], rate: float, coding: int, set_up: bytes = b""
    ) -> None:
        self._size = size
        self._ticks_a_second = round(rate * _TICKS)
        self._coding = coding
        self._set_up = set_up
        self._sizes = array("L")
        self._keys = array("L")
        self._pieces: list[tuple[int, int]] = []  # place of the first frame, count
        self._file = path.open("r+b")
        try:
            self._file.write(_box(b"ftyp", b"isom\0\0\2\0isomiso2iso5mp41"))
            self._placeholder = self._file.tell()
            self._file.write(_box(b"free", bytes(8)))
            self._file.write(self._movie(fragmented=True))
            self._file.flush()
        except BaseException:
            self._file.close()
            raise
        self._end = self._file.tell()

    def append(self, frames: Sequence[tuple[bytes, bool]]) -> None:
        """Write encoded frames, so that they stay whatever happens afterwards.

        Parameters
        ----------
        frames : each with whether it can be decoded without those before it.

        Raises
        ------
        OSError
            They are left out altogether then.
        """
        number = len(self._pieces) + 1
        table = b"".join(
            struct.pack(">II", len(frame), _KEY if is_key else _NO_KEY) for frame, is_key in frames
        )

        def head(offset: int) -> bytes:
            return _box(
                b"moof",
                _full(b"mfhd", 0, 0, struct.pack(">I", number)),
                _box(
                    b"traf",
                    _full(b"tfhd", 0, 0x020000, struct.pack(">I", 1)),
                    _full(b"tfdt", 1, 0, struct.pack(">Q", len(self._sizes) * _TICKS)),
                    _full(b"trun", 0, 0x601, struct.pack(">Ii", len(frames), offset), table),
                ),
            )

        length = len(head(0))
        data = _box(b"mdat", *(frame for frame, _ in frames))
        try:
            self._file.write(head(length + 8) + data)
            self._file.flush()
        except OSError:
            self._file.seek(self._end)
            self._file.truncate()
            raise
        self._pieces.append((self._end + length + 8, len(frames)))
        self._keys.extend(
            len(self._sizes) + place for place, (_, is_key) in enumerate(frames, 1) if is_key
        )
        self._sizes.extend(len(frame) for frame, _ in frames)
        self._end = self._file.tell()

    def close(self) -> None:
        """Make it an ordinary file. Where the disk has no room for that, it stays as it was.

        Raises
        ------
        OSError
        """
        if self._file.closed:
            return
        try:
            self._file.write(self._movie(fragmented=False))
            self._file.flush()
            self._file.seek(self._placeholder)
            length = self._end - self._placeholder
            self._file.write(struct.pack(">I4sQ", 1, b"mdat", length))
        except OSError:
            self._file.seek(self._end)
            self._file.truncate()
            raise
        finally:
            self._file.close()

    def _movie(self, fragmented: bool) -> bytes:
        """Return the ``moov`` box: with a table of all frames, or saying that pieces follow."""
        count = 0 if fragmented else len(self._sizes)
        seconds = count * _TICKS / self._ticks_a_second
        duration = round(seconds * _MOVIE_TICKS)
        width, height = self._size
        movie = struct.pack(">4I", 0, 0, _MOVIE_TICKS, duration)
        movie += struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + struct.pack(">I", 2)
        track = struct.pack(">5I", 0, 0, 1, 0, duration) + bytes(16) + _MATRIX
        track += struct.pack(">II", width << 16, height << 16)
        media = struct.pack(">4IHH", 0, 0, self._ticks_a_second, count * _TICKS, 0x55C4, 0)
        reference = _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1))
        extends = b""
        if fragmented:
            usual = struct.pack(">5I", 1, 1, _TICKS, 0, _NO_KEY)
            extends = _box(b"mvex", _full(b"trex", 0, 0, usual))
        return _box(
            b"moov",
            _full(b"mvhd", 0, 0, movie),
            _box(
                b"trak",
                _full(b"tkhd", 0, 3, track),
                _box(
                    b"mdia",
                    _full(b"mdhd", 0, 0, media),
                    _full(b"hdlr", 0, 0, bytes(4), b"vide", bytes(12), b"pictures\0"),
                    _box(
                        b"minf",
                        _full(b"vmhd", 0, 1, bytes(8)),
                        _box(b"dinf", reference),
                        self._table(fragmented),
                    ),
                ),
            ),
            extends,
        )

    def _table(self, fragmented: bool) -> bytes:
        """Return the ``stbl`` box: how frames are coded, how long, how large and where they are."""
        sizes = array("L") if fragmented else self._sizes
        pieces = [] if fragmented else self._pieces
        keys = array("L") if fragmented else self._keys
        runs = [(len(sizes), _TICKS)] if sizes else []
        counts = [(first + 1, count) for first, (_, count) in enumerate(pieces)]
        changes = [
            (first, count, 1)
            for (first, count), (_, before) in zip(counts, [(0, 0), *counts], strict=False)
            if count != before
        ]
        return _box(
            b"stbl",
            _full(b"stsd", 0, 0, struct.pack(">I", 1), self._entry()),
            _listed(b"stts", ">II", runs),
            _listed(b"stss", ">I", [(key,) for key in keys]) if keys else b"",
            _listed(b"stsc", ">III", changes),
            _full(b"stsz", 0, 0, struct.pack(">II", 0, len(sizes)), _numbers(sizes)),
            _listed(b"co64", ">Q", [(place,) for place, _ in pieces]),
        )

    def _entry(self) -> bytes:
        """Return the ``mp4v`` box: size and coding of the frames (ISO 14496-14, 5.6)."""
        width, height = self._size
        decoder = struct.pack(">BBxxxII", self._coding, 0x11, 0, 0)
        if self._set_up:
            decoder += _descriptor(5, self._set_up)
        stream = struct.pack(">HB", 1, 0) + _descriptor(4, decoder) + _descriptor(6, b"\2")
        return _box(
            b"mp4v",
            struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1),
            _full(b"esds", 0, 0, _descriptor(3, stream)),
        )


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *content)


def _listed(kind: bytes, layout: str, rows: Sequence[tuple[int, ...]]) -> bytes:
    packed = b"".join(itertools.starmap(struct.Struct(layout).pack, rows))
    return _full(kind, 0, 0, struct.pack(">I", len(rows)), packed)


def _numbers(values: array[int]) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def _descriptor(tag: int, content: bytes) -> bytes:
    """Return a descriptor with its length in four bytes (ISO 14496-1, 8.3.3)."""
    length = len(content)
    parts = (length >> 21 & 0x7F | 0x80, length >> 14 & 0x7F | 0x80, length >> 7 & 0x7F | 0x80)
    return bytes((tag, *parts, length & 0x7F)) + content
