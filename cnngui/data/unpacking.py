"""Unpacks gzip (RFC 1952) in bounded steps, whatever a file says of itself.

The standard library reads the file's name in a header byte by byte for as long as it goes on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import BinaryIO

from cnngui.data.dataset import OpeningCancelledError

GZIP_MAGIC = b"\x1f\x8b"
DEFLATE_BEST = 1032
"""Deflate makes nothing smaller than by this factor (zlib.net, "Maximum Compression Factor")."""

_WITH_HEADER = 16 + zlib.MAX_WBITS
_CHUNK = 2**16
_MOST_SILENT_BYTES = 2**20
"""Of packed bytes from which nothing comes: a header, with all the names that it may hold."""


class GzipReader:
    """Gives the content of a gzip file from its beginning.

    Parameters
    ----------
    file : open for reading in binary, at its beginning.
    is_cancelled : asked often; true gives up.
    """

    def __init__(self, file: BinaryIO, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        self._file = file
        self._is_cancelled = is_cancelled
        self._unpacker = zlib.decompressobj(_WITH_HEADER)
        self._packed = b""
        self._silent = 0
        self._is_over = False

    def read(self, most: int) -> bytes:
        """Return the next bytes, ``most`` but at the end; none behind it.

        Raises
        ------
        EOFError, zlib.error
            If the file is cut off or broken.
        OpeningCancelledError
        """
        pieces, missing = [], most
        while missing and not self._is_over:
            if self._is_cancelled():
                raise OpeningCancelledError
            piece = self._step(missing)
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def _step(self, most: int) -> bytes:
        packed = self._packed or self._file.read(_CHUNK)
        if not packed:
            raise EOFError
        piece = self._unpacker.decompress(packed, most)
        self._silent = 0 if piece else self._silent + len(packed)
        if self._silent > _MOST_SILENT_BYTES:
            raise zlib.error("nothing comes of it")
        self._packed = self._unpacker.unconsumed_tail
        if self._unpacker.eof:
            self._begin_next(self._unpacker.unused_data)
        return piece

    def _begin_next(self, rest: bytes) -> None:
        """Go on with another file packed behind, if there is one; zeros may fill the end."""
        rest = rest.lstrip(b"\0")
        while not rest and (more := self._file.read(_CHUNK)):
            if self._is_cancelled():
                raise OpeningCancelledError
            rest = more.lstrip(b"\0")
        self._is_over = not rest
        self._packed = rest
        self._unpacker = zlib.decompressobj(_WITH_HEADER)
