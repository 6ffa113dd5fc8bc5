"""Finding a network by the name that a person gives: a preset's or a file's."""

from __future__ import annotations

from pathlib import Path

from cnngui.errors import NetworkFileError, text
from cnngui.formats.network_file import SUFFIXES, NetworkFile, read_network
from cnngui.resources import resource_path
from cnngui.spec.presets import PRESETS, preset_of


def open_network(name_or_path: str) -> NetworkFile:
    """Read a preset, by key or title in any case, or a network file.

    Raises
    ------
    NetworkFileError
        If it is neither, or the file cannot be read.
    """
    preset = preset_of(name_or_path)
    if preset is not None:
        return read_network(resource_path(f"networks/{preset.file}"))
    if Path(name_or_path).suffix.lower() not in SUFFIXES:
        keys = ", ".join(preset.key for preset in PRESETS)
        rule = text(
            "must be one of {keys}, or a file that ends in {json} or {safetensors}",
            keys=keys,
            json=SUFFIXES[0],
            safetensors=SUFFIXES[1],
        )
        raise NetworkFileError(name_or_path or text("network"), rule)
    return read_network(name_or_path)
