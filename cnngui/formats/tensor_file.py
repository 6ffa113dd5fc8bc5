"""Reads safetensors files with every number checked before it is believed, and writes them.

Weights may be most of the memory that there is: neither way takes more of it than a single tensor
needs, where the library would hold a whole file's bytes beside them. The file is read, never
mapped: one that another program cuts off meanwhile is a message, where touching a map of it would
end the program. The format is eight bytes of length, a JSON header with each tensor's type, shape
and place, and the tensors' bytes without gaps (https://github.com/huggingface/safetensors,
"Format").
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import NetworkFileError, Words, text

_LENGTH_BYTES = 8
_LARGEST_NUMBER = 2**63 - 1
_MOST_AXES = 32
_MULTIPLE = 8
"""Blanks behind the header let tensors begin at a multiple of so many bytes."""
_BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16,
    "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
    "C64": 64,
}  # fmt: skip
_RULE = text("must be a safetensors file")
_BROKEN = text("a broken one")
_CUT_OFF = text("one that is cut off")


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """What the header says of one tensor.

    Attributes
    ----------
    kind : the format's name of its type, such as "F32".
    shape : of the tensor.
    start, end : its place in bytes, counted from the end of the header.
    """

    kind: str
    shape: tuple[int, ...]
    start: int
    end: int


class TensorFile:
    """A safetensors file that is open.

    Parameters
    ----------
    file : open for reading in binary, at its beginning. Whoever opened it closes it.
    path : to name it in messages.
    most_header_bytes : a longer header is not read.

    Attributes
    ----------
    metadata : of the whole file.
    entries : the tensors' by their names. Together they fill the file without gaps.

    Raises
    ------
    NetworkFileError
        If it is not a whole and well-formed safetensors file.
    OSError
        If it cannot be read.
    """

    def __init__(self, file: BufferedReader, path: Path, most_header_bytes: int) -> None:
        self._file = file
        self._path = path
        size = os.fstat(file.fileno()).st_size
        length = int.from_bytes(self._read(_LENGTH_BYTES), "little")
        if length > most_header_bytes:
            rule = text(
                "must be a safetensors file with a header of at most {most:,} bytes",
                most=most_header_bytes,
            )
            raise NetworkFileError(str(path), rule, f"{length:,}")
        header = self._read(length)
        self._start = _LENGTH_BYTES + length
        self.metadata, self.entries = self._parsed(header)
        held = sum(entry.end - entry.start for entry in self.entries.values())
        if size - self._start != held:
            raise self._fault(_CUT_OFF if size - self._start < held else _BROKEN)

    def read_float32(self, name: str) -> NDArray[np.float32]:
        """Return a tensor of type F32.

        Its memory is no more than the file was large when it was opened.

        Raises
        ------
        NetworkFileError
            If the file is shorter by now.
        OSError
            If it cannot be read.
        """
        entry = self.entries[name]
        array = np.empty(entry.shape, "<f4")
        self._file.seek(self._start + entry.start)
        # A view of no elements cannot be read into.
        content = array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")
        while content:
            count = self._file.readinto(content)
            if not count:
                raise self._fault(_CUT_OFF)
            content = content[count:]
        return array.astype(np.float32, copy=False)

    def _read(self, count: int) -> bytes:
        content = self._file.read(count)
        if len(content) < count:
            raise self._fault(_CUT_OFF)
        return content

    def _fault(self, got: Words) -> NetworkFileError:
        return NetworkFileError(str(self._path), _RULE, got)

    def _parsed(self, header: bytes) -> tuple[Mapping[str, str], dict[str, TensorEntry]]:
        if not header.startswith(b"{"):
            raise self._fault(text("something else"))
        try:
            values = json.loads(header.decode("utf-8"), object_pairs_hook=_unique)
            metadata = values.pop("__metadata__", {})
            if not isinstance(metadata, dict) or not all(
                isinstance(value, str) for value in metadata.values()
            ):
                raise ValueError("__metadata__")
            entries = {name: _entry(value) for name, value in values.items()}
            place = 0
            for entry in sorted(entries.values(), key=lambda entry: (entry.start, entry.end)):
                if entry.start != place:
                    raise ValueError(entry)
                place = entry.end
        except (ValueError, RecursionError, MemoryError):
            raise self._fault(_BROKEN) from None
        return metadata, entries


def tensor_file_parts(
    tensors: Mapping[str, NDArray[np.float32]], metadata: Mapping[str, str]
) -> Iterator[bytes | memoryview]:
    """Give a file of float32 tensors of any strides, part by part: the same bytes each time.

    In the order of their names, as the library puts them; metadata is sorted, too.
    """
    header: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))}
    place = 0
    for name, array in sorted(tensors.items()):
        end = place + array.size * 4
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [place, end]}
        place = end
    written = json.dumps(header, separators=(",", ":")).encode()
    written += b" " * (-len(written) % _MULTIPLE)
    yield len(written).to_bytes(_LENGTH_BYTES, "little")
    yield written
    for _, array in sorted(tensors.items()):
        if array.size:
            yield np.ascontiguousarray(array, "<f4").reshape(-1).view(np.uint8).data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name that stands twice")
    return values


def _entry(value: object) -> TensorEntry:
    if not isinstance(value, dict) or value.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(value)
    kind = value["dtype"]
    shape, place = _numbers(value["shape"]), _numbers(value["data_offsets"])
    if not isinstance(kind, str) or kind not in _BITS or len(place) != 2:
        raise ValueError(value)
    if math.prod(shape) * _BITS[kind] != 8 * (place[1] - place[0]):
        raise ValueError(value)
    return TensorEntry(kind, shape, *place)


def _numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > _MOST_AXES:
        raise ValueError(value)
    for number in value:
        if type(number) is not int or not 0 <= number <= _LARGEST_NUMBER:
            raise ValueError(value)
    return tuple(value)
