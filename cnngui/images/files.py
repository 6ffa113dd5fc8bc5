"""Encoded pictures (PNG, JPEG, ...) decoded to RGB, with their size checked first."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import SourceError, Words, system_reason, text
from cnngui.images.boxes import is_heic
from cnngui.images.heic import decode_heic
from cnngui.images.opencv import MAX_PICTURE_PIXELS, cv2, native_stderr_silenced
from cnngui.images.orientation import orientation_of

Picture = NDArray[np.uint8]
"""uint8 ``(H, W, 3)``, RGB, C-contiguous, read-only and never changed afterwards."""

MAX_FILE_BYTES = 2**29

_ROWS_AT_ONCE = 64

_PNG = b"\x89PNG\r\n\x1a\n"

_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def read_picture(path: Path) -> Picture:
    """Read an image file.

    Grey becomes RGB, 16 bits become 8, EXIF's rotation is applied, what is transparent is laid on
    white.

    Raises
    ------
    SourceError : no such file, not an image, broken, too large.
    """
    thing = path.name
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            rule = text("an image file may have at most {most:,} bytes", most=MAX_FILE_BYTES)
            raise SourceError(thing, rule, f"{size:,}")
        # Not cv2.imread: on Windows it cannot open names outside the code page.
        data = path.read_bytes()
    except OSError as error:
        rule = text("must be a file that may be read")
        raise SourceError(thing, rule, system_reason(error)) from error
    except MemoryError:
        raise _without_room(thing) from None
    with native_stderr_silenced():
        return decode_picture(data, thing, keep_transparency=True)


def decode_picture(data: bytes, thing: str, keep_transparency: bool = False) -> Picture:
    """Decode one encoded picture.

    Parameters
    ----------
    data : the content of an image file.
    thing : what to call it in an error.
    keep_transparency : lay what is transparent on white, instead of showing the colours that
        happen to be stored there.

    Raises
    ------
    SourceError : empty, not an image, broken, or of more than ``MAX_PICTURE_PIXELS`` (found in the
        header, before memory is taken).
    """
    try:
        return _decoded(data, thing, keep_transparency)
    except MemoryError:
        raise _without_room(thing) from None


def _without_room(thing: str) -> SourceError:
    rule = text("must fit into memory, beside what else runs")
    return SourceError(thing, rule, text("too little of it"))


def _decoded(data: bytes, thing: str, keep_transparency: bool) -> Picture:
    if not data:
        raise SourceError(thing, text("an image must have content"), text("an empty file"))
    if is_heic(data):
        return _frozen(_on_white(decode_heic(data, thing)))
    if data.startswith(_PNG) and not _chunks_fit(data):
        # OpenCV would first take as much memory as the broken length says.
        raise _undecodable(data, thing, text("a broken one"))
    encoded = np.frombuffer(data, np.uint8)
    try:
        decoded: cv2.typing.MatLike | None = None
        if keep_transparency and not data.startswith(b"\xff\xd8"):  # JPEG has none
            decoded = _decode_transparent(encoded)
        if decoded is None:
            decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        if "validateInputImageSize" in str(error):
            raise _too_large(thing, header_size(data)) from error
        if error.code == cv2.Error.StsNoMem:
            raise _without_room(thing) from error
        raise SourceError(thing, text("must be a whole image"), text("a broken one")) from error
    if decoded is None:
        raise _undecodable(data, thing, text("something else"))
    return as_picture(orientation_of(data).applied(np.asarray(decoded)))


def as_picture(bgr: cv2.typing.MatLike) -> Picture:
    """Return OpenCV's blue-green-red ``(H, W, 3)`` as a fresh read-only RGB picture."""
    return _frozen(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8))


def _frozen(rgb: NDArray[np.uint8]) -> Picture:
    rgb = np.ascontiguousarray(rgb)
    rgb.flags.writeable = False
    return rgb


def _decode_transparent(encoded: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return a picture with an alpha channel laid on white, or None if it has none."""
    decoded = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.ndim != 3 or decoded.shape[2] != 4:
        return None
    # OpenCV reads TIFFs of 8 bits through libtiff's RGBA, whose colours are faded already.
    is_tiff = bytes(encoded[:4]) in (b"II*\0", b"MM\0*")
    return _on_white(np.asarray(decoded), faded=is_tiff and decoded.dtype == np.uint8)


def _on_white(decoded: NDArray[Any], faded: bool = False) -> NDArray[np.uint8]:
    """Lay ``(H, W, 4)`` on white; what has no transparency stays as it is.

    Parameters
    ----------
    faded : whether colours are multiplied by their opacity already.
    """
    if decoded.shape[2] != 4:
        return decoded
    full = 255 if decoded.dtype == np.uint8 else 65535
    laid = np.empty((*decoded.shape[:2], 3), np.uint8)
    # A few rows at a time: as float32 the largest picture would take gigabytes.
    for top in range(0, len(decoded), _ROWS_AT_ONCE):
        band = decoded[top : top + _ROWS_AT_ONCE].astype(np.float32) / full
        alpha = band[:, :, 3:]
        colours = band[:, :, :3] if faded else band[:, :, :3] * alpha
        band_on_white = np.minimum(255 * (colours + (1 - alpha)), 255)
        laid[top : top + _ROWS_AT_ONCE] = band_on_white.round()
    return laid


def _undecodable(data: bytes, thing: str, found: Words) -> SourceError:
    size = header_size(data)
    if size and size[0] * size[1] > MAX_PICTURE_PIXELS:  # libpng has limits of its own
        return _too_large(thing, size)
    return SourceError(thing, text("must be a whole image of a known kind"), found)


def _chunks_fit(data: bytes) -> bool:
    """Whether a PNG holds all of each chunk it begins (W3C PNG, 5.3)."""
    offset = len(_PNG)
    while offset + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, offset)
        offset += 12 + length
        if kind == b"IEND":
            break
    return offset <= len(data)


def _too_large(thing: str, size: tuple[int, int] | None) -> SourceError:
    rule = text("an image may have at most {most:,} pixels", most=MAX_PICTURE_PIXELS)
    return SourceError(thing, rule, f"{size[0]:,} x {size[1]:,}" if size else text("more"))


def header_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height as the header of a PNG, JPEG or BMP gives them, else None."""
    try:
        if data.startswith(b"\x89PNG"):
            width, height = struct.unpack_from(">II", data, 16)
            return width, height
        if data.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", data, 18)
            return abs(width), abs(height)
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
    except struct.error:
        pass  # the header is cut off
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk JPEG's segments to the frame header (ITU-T T.81, B.2.2)."""
    offset = 2
    while True:
        prefix, marker, length = struct.unpack_from(">BBH", data, offset)
        if prefix != 0xFF:
            return None
        if marker in _JPEG_SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, offset + 5)
            return width, height
        offset += 2 + length
