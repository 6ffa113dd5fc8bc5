"""A network in a file: its description alone (.json) or with its weights (.safetensors).

A safetensors file holds one float32 tensor per parameter, ``<layer id>.<parameter>``, and the
description under the metadata key ``cnngui.network``. A bypassed layer keeps its parameters while
they fit what it reads.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.atomic import write_atomically
from cnngui.errors import NetworkFileError, SaveError, Text, Words, system_reason, text
from cnngui.formats.tensor_file import TensorFile, tensor_file_parts
from cnngui.memory import available_memory
from cnngui.spec.codec import MAX_TEXT_LENGTH, from_json, to_json
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer, shape_text
from cnngui.weights import Weights

DESCRIPTION_KEY = "cnngui.network"
SUFFIXES = (".json", ".safetensors")
MAX_HEADER_BYTES = 4 * MAX_TEXT_LENGTH
_AT_ONCE = 100_000
"""Numbers are looked at in such pieces, which stay in a core's cache."""

_SUFFIX_RULE = text(
    "must end in {json} or {safetensors}", json=SUFFIXES[0], safetensors=SUFFIXES[1]
)


@dataclass(frozen=True, eq=False)
class NetworkFile:
    """What a network file holds.

    Attributes
    ----------
    spec : where there are weights, each layer's ``weights_id`` names their content.
    weights : float32, read-only; None where the file holds a description alone.
    """

    spec: NetworkSpec
    weights: Weights | None = None


def read_network(path: str | Path, *, is_draft: bool = False) -> NetworkFile:
    """Read a network from a .json or a .safetensors file.

    Parameters
    ----------
    is_draft : a .json file may hold a network that is being worked at; see ``codec.from_json``.

    Raises
    ------
    NetworkFileError
        If there is no such file, or it is not a network: unreadable JSON, an unknown layer or
        value; for weights also shapes that do not fit, and tensors that are missing, superfluous,
        misshapen, not float32 or not finite.
    """
    path = Path(path)
    try:
        if not path.is_file():
            found = text("a folder") if path.is_dir() else text("no such file")
            raise NetworkFileError(str(path), text("must be a file"), found)
        match path.suffix.lower():
            case ".json":
                return _read_description(path, is_draft)
            case ".safetensors":
                return _read_tensors(path)
            case suffix:
                raise NetworkFileError(str(path), _SUFFIX_RULE, suffix or text("no suffix"))
    except OSError as error:
        reason = system_reason(error)
        raise NetworkFileError(str(path), text("must be readable"), reason) from error


def write_network(
    path: str | Path,
    spec: NetworkSpec,
    weights: Weights | None = None,
    notes: Mapping[str, str] | None = None,
    *,
    is_draft: bool = False,
) -> None:
    """Write a network, as .json (the description alone) or as .safetensors (with weights).

    The file is whole or absent: an older one of that name stays until the new one is complete.

    Parameters
    ----------
    notes : for the metadata of a .safetensors file, beside the description; nothing reads them.
    is_draft : as in ``read_network``.

    Raises
    ------
    NetworkError
        If the description holds a value that could not be read again.
    SaveError
        If the file cannot be written, or weights are to be written and do not fit the network.
    """
    path = Path(path)
    match path.suffix.lower():
        case ".json":
            write_atomically(path, to_json(spec, is_draft=is_draft).encode())
        case ".safetensors":
            tensors = _tensors_to_write(path, spec, weights)
            metadata = {**(notes or {}), DESCRIPTION_KEY: to_json(spec)}
            write_atomically(path, tensor_file_parts(tensors, metadata))
        case suffix:
            raise SaveError(str(path), _SUFFIX_RULE, suffix or text("no suffix"))


def _read_description(path: Path, is_draft: bool) -> NetworkFile:
    with path.open("rb") as file:
        content = file.read(MAX_TEXT_LENGTH + 1)
    try:
        description = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = text(
            "byte {byte} at {place}", byte=f"0x{content[error.start]:02x}", place=error.start
        )
        raise NetworkFileError(str(path), text("must be a text in UTF-8"), found) from None
    return NetworkFile(from_json(description, str(path), is_draft=is_draft))


def _read_tensors(path: Path) -> NetworkFile:
    with path.open("rb") as opened:
        file = TensorFile(opened, path, MAX_HEADER_BYTES)
        description = file.metadata.get(DESCRIPTION_KEY)
        if description is None:
            rule = text('must hold a network under the metadata key "{key}"', key=DESCRIPTION_KEY)
            raise NetworkFileError(str(path), rule, text("none"))
        spec = from_json(description, str(path))
        for problem in infer(spec).problems:
            raise NetworkFileError(f"{path}: {problem.thing}", problem.rule, problem.got)
        # Compared before anything is loaded: what the network needs bounds the memory taken.
        found = {name: (entry.kind, entry.shape) for name, entry in file.entries.items()}
        for tensor, rule, got in _misfits(_expected(spec), found):
            raise NetworkFileError(f"{path}: {tensor}", rule, got)
        free = available_memory()
        if os.fstat(opened.fileno()).st_size > free:
            megabytes = free // 1_000_000
            rule = text("must fit into the {free:,} MB of memory that are free", free=megabytes)
            raise NetworkFileError(str(path), rule, _size_text(opened))
        try:
            tensors = {name: file.read_float32(name) for name in found}
        except MemoryError:
            rule = text("must fit into memory")
            raise NetworkFileError(str(path), rule, _size_text(opened)) from None
    for tensor, rule, got in _unusable_values(tensors):
        raise NetworkFileError(f"{path}: {tensor}", rule, got)
    return _with_weights(spec, tensors)


def _size_text(file: BufferedReader) -> Text:
    return text("{bytes:,} bytes", bytes=os.fstat(file.fileno()).st_size)


def _tensors_to_write(
    path: Path, spec: NetworkSpec, weights: Weights | None
) -> dict[str, NDArray[np.float32]]:
    if weights is None:
        rule = text("must have weights to write; a description alone is .json")
        raise SaveError(str(path), rule)
    for problem in infer(spec).problems:
        rule = text("must have no problems to be saved with weights; save it as .json")
        raise SaveError(str(path), rule, problem.message)
    tensors = {
        f"{layer_id}.{name}": array
        for layer_id, parameters in weights.items()
        for name, array in parameters.items()
    }
    described = {
        name: ("F32" if array.dtype == np.float32 else str(array.dtype), array.shape)
        for name, array in tensors.items()
    }
    for tensor, rule, got in (*_misfits(_expected(spec), described), *_unusable_values(tensors)):
        raise SaveError(f"{path}: {tensor}", rule, got)
    return tensors


def _expected(spec: NetworkSpec) -> dict[str, Shape]:
    return {
        f"{layer_id}.{name}": shape
        for layer_id, parameters in infer(spec).parameters.items()
        for name, shape in parameters.items()
    }


def _misfits(
    expected: Mapping[str, Shape], found: Mapping[str, tuple[str, Shape]]
) -> Iterator[tuple[str, Text, Words]]:
    """Give tensor, rule and what was found for each tensor that is not as the network needs it."""
    for name, shape in expected.items():
        if name not in found:
            yield name, text("must be among the tensors"), text("none")
            continue
        kind, found_shape = found[name]
        if kind != "F32":
            yield name, text("must be float32"), kind
        if found_shape != shape:
            got = shape_text(found_shape) or text("a single number")
            yield name, text("must have the shape {shape}", shape=shape_text(shape)), got
    for name in found:
        if name not in expected:
            yield name[:100], text("must not be there: the network has no such parameter"), ""


def _unusable_values(
    tensors: Mapping[str, NDArray[np.float32]],
) -> Iterator[tuple[str, Text, Words]]:
    for name, array in tensors.items():
        flat = array.reshape(-1)
        # What tells it of each number is a quarter of the tensor's size.
        faulty = sum(
            some.size - int(np.isfinite(some).sum())
            for some in (flat[at : at + _AT_ONCE] for at in range(0, flat.size, _AT_ONCE))
        )
        if faulty:
            found = text("{count:,} that are not", count=faulty)
            yield name, text("must hold only finite numbers"), found
        elif name.endswith(".running_var") and (array < 0).any():
            yield name, text("must not be negative"), str(array.min())


def _with_weights(spec: NetworkSpec, tensors: Mapping[str, NDArray[np.float32]]) -> NetworkFile:
    weights: dict[str, dict[str, NDArray[np.float32]]] = {}
    for layer_id, parameters in infer(spec).parameters.items():
        if parameters:
            weights[layer_id] = {name: tensors[f"{layer_id}.{name}"] for name in parameters}
    for array in tensors.values():
        array.flags.writeable = False
    return NetworkFile(with_named_weights(spec, weights), weights)


def with_named_weights(spec: NetworkSpec, weights: Weights) -> NetworkSpec:
    """Return the network with each layer's ``weights_id`` naming its weights by their content."""
    return spec.with_weights_ids(
        {layer_id: _content_digest(arrays) for layer_id, arrays in weights.items()}
    )


def _content_digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {shape_text(array.shape)} ".encode())
        # The bytes as they lie, not a copy of them.
        digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
