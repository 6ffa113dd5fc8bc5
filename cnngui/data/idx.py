"""MNIST's IDX files: pictures and labels, plain or gzipped.

Format: http://yann.lecun.com/exdb/mnist (zero, zero, type, number of axes, the axes' lengths as
big-endian 32 bits, the values).
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnngui.data.dataset import OpeningCancelledError, Stills, as_labels, fitted_batch, one_each
from cnngui.data.unpacking import DEFLATE_BEST, GZIP_MAGIC, GzipReader
from cnngui.errors import DataError, Words, system_reason, text
from cnngui.harmless import harmless
from cnngui.images.opencv import MAX_PICTURE_PIXELS
from cnngui.spec.network import InputSpec

MOST_BYTES = 2**30
"""Larger files are refused: their pictures are kept in memory."""
MOST_SAMPLES = 10_000_000
"""More are refused: each takes eight bytes for its label, whatever the size of its picture."""

_UNSIGNED_BYTES = 8
_PICTURE_AXES, _LABEL_AXES = 3, 1
_CHUNK = 2**20


class IdxDataset(Stills):
    """A ``Dataset`` whose grey pictures are in memory.

    Parameters
    ----------
    images : uint8 ``(N, H, W)``.
    values : uint8 ``(N,)``, the labels as they are in the file.
    """

    def __init__(self, path: Path, images: NDArray[np.uint8], values: NDArray[np.uint8]) -> None:
        self.name = harmless(path.name)
        self.address = str(path)
        self.problems: tuple[DataError, ...] = ()
        self._images = images
        # Letters, for example, are counted from 1: there is no class without samples.
        present, places = np.unique(values, return_inverse=True)
        self.classes = tuple(str(value) for value in present)
        self.labels = as_labels(places)
        self.recordings = one_each(len(self.labels))

    def sample_name(self, index: int) -> str:
        """Return a sample's number, from 0."""
        return str(index)

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Return a sample: uint8 ``(H, W, 3)``, its channels equal."""
        return np.repeat(self._images[index][:, :, None], 3, axis=2)

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        """Return samples fitted to an input; see ``Dataset``."""
        if target.frames == 1 and self._images.shape[1:] == (target.height, target.width):
            fitting = self._images[np.asarray(indices, np.int64)]
            return np.repeat(fitting[..., None], target.channels, axis=3)
        return fitted_batch(self, indices, target)

    def __len__(self) -> int:
        return len(self._images)


def is_idx_images_name(name: str) -> bool:
    """Whether a file is named as IDX files with pictures are."""
    return "idx3" in name.lower()


def open_idx(
    path: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> IdxDataset:
    """Read pictures and the labels beside them.

    Parameters
    ----------
    path : the file of pictures. Its labels are in the file of that name with ``labels`` for
        ``images`` and ``idx1`` for ``idx3``, or in the folder's only IDX file of labels.
    on_progress : told how many of how many bytes of the pictures are read.

    Raises
    ------
    DataError
        If a file is no IDX file, is truncated, too long or too large, or counts do not match.
    OpeningCancelledError
    """
    path = path.absolute()
    images = _read(path, _PICTURE_AXES, on_progress, is_cancelled)
    labels_path = _labels_beside(path)
    labels = _read(labels_path, _LABEL_AXES, lambda done, total: None, is_cancelled)
    if len(images) != len(labels):
        rule = text(
            "must have a label for each of the {count:,} pictures of {name}",
            count=len(images),
            name=path.name,
        )
        raise DataError(labels_path.name, rule, text("{count:,} labels", count=len(labels)))
    return IdxDataset(path, images, labels)


def _labels_beside(path: Path) -> Path:
    stem = path.name.removesuffix(".gz")
    renamed = stem.replace("images", "labels").replace("idx3", "idx1")
    if renamed != stem:
        for suffix in (path.name[len(stem) :], "", ".gz"):
            candidate = path.with_name(renamed + suffix)
            if candidate.is_file():
                return candidate
    try:
        others = [
            other
            for other in path.parent.iterdir()
            if other != path and other.is_file() and _holds_labels(other)
        ]
    except OSError as error:
        raise _unreadable(path.parent, error) from error
    if len(others) == 1:
        return others[0]
    rule = text("must have its labels in an IDX file beside it")
    several = text("{count} such files", count=len(others))
    raise DataError(path.name, rule, several if others else text("none"))


def _holds_labels(path: Path) -> bool:
    """Whether a file begins as one with labels does."""
    try:
        with path.open("rb") as file:
            begin = file.read(4)
            if begin.startswith(GZIP_MAGIC):
                file.seek(0)
                begin = GzipReader(file).read(4)
    except (OSError, EOFError, zlib.error):
        return False
    return begin == bytes((0, 0, _UNSIGNED_BYTES, _LABEL_AXES))


def _read(
    path: Path,
    axes: int,
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> NDArray[np.uint8]:
    """Return a file's values in their shape, read-only."""
    try:
        with path.open("rb") as raw:
            file_bytes = path.stat().st_size
            is_packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            if not is_packed:
                return _values(raw, path.name, axes, file_bytes, on_progress, is_cancelled)
            file = GzipReader(raw, is_cancelled)
            most = file_bytes * DEFLATE_BEST
            return _values(file, path.name, axes, most, on_progress, is_cancelled)
    except (EOFError, zlib.error) as error:
        raise DataError(
            path.name, text("must be a whole gzip file"), text("a broken one")
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _values(
    file: BinaryIO | GzipReader,
    thing: str,
    axes: int,
    most_bytes: int,
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> NDArray[np.uint8]:
    shape = _shape(file, thing, axes)
    total = math.prod(shape)
    if shape[0] > MOST_SAMPLES:
        rule = text("must hold at most {most:,} samples", most=MOST_SAMPLES)
        raise DataError(thing, rule, f"{shape[0]:,}")
    if total // shape[0] > MAX_PICTURE_PIXELS:
        rule = text("must hold pictures of at most {most:,} pixels", most=MAX_PICTURE_PIXELS)
        raise DataError(thing, rule, " x ".join(f"{length:,}" for length in shape[1:]))
    if total > MOST_BYTES:
        rule = text("must hold at most {most:,} values", most=MOST_BYTES)
        raise DataError(thing, rule, f"{total:,}")
    if total > most_bytes:
        # Before memory is taken for what cannot be there.
        raise _truncated(thing, total, text("a file too short for {most:,}", most=most_bytes))
    values = np.empty(total, np.uint8)
    done = 0
    while done < total:
        if is_cancelled():
            raise OpeningCancelledError
        on_progress(done, total)
        chunk = file.read(min(_CHUNK, total - done))
        if not chunk:
            raise _truncated(thing, total, f"{done:,}")
        values[done : done + len(chunk)] = np.frombuffer(chunk, np.uint8)
        done += len(chunk)
    if file.read(1):
        rule = text("must end after the {total:,} values its header names", total=total)
        raise DataError(thing, rule, text("more"))
    on_progress(total, total)
    values.flags.writeable = False
    return values.reshape(shape)


def _shape(file: BinaryIO | GzipReader, thing: str, axes: int) -> tuple[int, ...]:
    what = text("pictures") if axes == _PICTURE_AXES else text("labels")
    magic = file.read(4)
    if magic != bytes((0, 0, _UNSIGNED_BYTES, axes)):
        found = text("something else")
        if magic[:3] == bytes((0, 0, _UNSIGNED_BYTES)) and len(magic) == 4:
            is_labels = magic[3] == _LABEL_AXES
            found = text("labels") if is_labels else text("{count} axes", count=magic[3])
        rule = text(
            "must be an IDX file of {what} ({axes} axes of unsigned bytes)", what=what, axes=axes
        )
        raise DataError(thing, rule, found)
    lengths = file.read(4 * axes)
    if len(lengths) < 4 * axes:
        found = text("{count} bytes", count=4 + len(lengths))
        raise DataError(thing, text("must have a whole header"), found)
    shape = struct.unpack(f">{axes}I", lengths)
    if 0 in shape:
        dimensions = " x ".join(str(length) for length in shape)
        raise DataError(thing, text("must hold {what}", what=what), dimensions)
    return shape


def _truncated(thing: str, total: int, found: Words) -> DataError:
    rule = text("must hold the {total:,} values that its header names", total=total)
    return DataError(thing, rule, found)


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(path.name, text("must be a file that may be read"), system_reason(error))
