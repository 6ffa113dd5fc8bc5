"""Named arrays in one file (NumPy's .npz), read back without trust and in bounded memory."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cnngui.atomic import read_bounded, write_atomically

MOST_BYTES = 2**30
"""Of all arrays together, unpacked."""
MOST_ARRAYS = 10_000

_SUFFIX = ".npy"
_KINDS = {"f": np.float32, "i": np.int64, "u": np.int64, "b": np.bool_}
"""What becomes of numbers of each kind: those that the program works with."""


def write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays, packed.

    Raises
    ------
    SaveError
        If the disk refuses.
    """
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    write_atomically(path, content.getvalue())


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the numbers in a file by their arrays' names, as float32, int64 or bool, read-only.

    What the file says of itself is added up before memory is taken for it.

    Raises
    ------
    OSError, ValueError, EOFError, NotImplementedError, RuntimeError
        If it is no such file, is broken or too large, or holds anything but numbers.
    """
    read_bounded(path, 0)  # refuses what is no file
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_ARRAYS or sum(one.file_size for one in members) > MOST_BYTES:
            raise ValueError("more than a file of arrays may hold")
        arrays = {}
        for member in members:
            with archive.open(member) as file:
                arrays[member.filename.removesuffix(_SUFFIX)] = _array(file, member.file_size)
    return arrays


def _array(file: IO[bytes], size: int) -> NDArray[Any]:
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("arrays of another version")
    shape, is_fortran, kind = np.lib.format.read_array_header_1_0(file)
    if kind.kind not in _KINDS or any(length < 0 for length in shape):
        raise ValueError(f"{kind} in place of numbers")
    count = math.prod(shape) * kind.itemsize
    if count > size:
        raise ValueError(f"{count:,} bytes in {size:,}")
    content = file.read(count)
    if len(content) < count:
        raise EOFError("an array that is cut off")
    # Read to its end, an archive's member is compared with its checksum.
    if file.read(1):
        raise ValueError("more than an array")
    with np.errstate(all="ignore"):
        numbers: NDArray[Any] = np.frombuffer(content, kind).astype(_KINDS[kind.kind])
    numbers.flags.writeable = False
    return numbers.reshape(shape, order="F" if is_fortran else "C")
