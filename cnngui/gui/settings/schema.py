"""Every key of the settings file: what its value may be, and what counts where it is not so."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from cnngui.featuremaps.colormaps import DIVERGING, SEQUENTIAL
from cnngui.gui.theme import THEMES
from cnngui.gui.words.translation import LANGUAGES
from cnngui.harmless import is_harmless
from cnngui.pipeline.training.settings_codec import settings_entry, settings_from_entry

MOST_RATE, MOST_BURST, MOST_COUNTDOWN = 30, 999, 30
"""Samples a second, samples at a click, seconds before the first."""
MOST_RECENT = 8
SNAPSHOT_LAYERS = ("layer", "shown", "all")
"""Which layers a snapshot is of: the one looked at, those on the screen, all."""

_LARGEST_SIZE = 16384
_LARGEST_RATE = 1000.0
_MOST_THREADS = 256
_LONGEST_TEXT = 4096
_LONGEST_GEOMETRY = 256
_MOST_PARTS = 8
_LARGEST_PART = 100_000

Check: TypeAlias = Callable[[object], Any]
"""Returns the value as it is to be used, or raises ``ValueError``."""


def checked(values: object) -> dict[str, Any]:
    """Return what of ``values`` can be used; a bad value or an unknown key spoils no other."""
    found: dict[str, Any] = {}
    if isinstance(values, Mapping):
        for key, check in SCHEMA.items():
            if key in values:
                try:
                    found[key] = check(values[key])
                except ValueError:
                    continue
    return found


def usable_text(value: object) -> str:
    """Return a text of bounded length that is harmless."""
    if not isinstance(value, str) or not value or len(value) > _LONGEST_TEXT:
        raise ValueError(value)
    if not is_harmless(value):
        raise ValueError(value)
    return value


def _one_of(*choices: str) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(value)
        return value

    return check


def _number(least: float, most: float) -> Check:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(value)
        if not least <= value <= most:
            raise ValueError(value)
        return float(value)

    return check


def _integer(least: int, most: int) -> Check:
    number = _number(least, most)

    def check(value: object) -> int:
        found = number(value)
        if found != int(found):
            raise ValueError(value)
        return int(found)

    return check


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _folder(value: object) -> str:
    text = usable_text(value)
    if not Path(text).is_absolute():
        raise ValueError(value)
    return text


def _recent(value: object) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(value)
    texts: list[str] = []
    for text in value[:_MOST_PARTS]:
        try:
            texts.append(usable_text(text))
        except ValueError:
            continue
    return list(dict.fromkeys(texts))


def _parts(value: object) -> list[int]:
    """Return the sizes of a splitter's parts, in pixels; -1 for one that was never laid out."""
    if not isinstance(value, list) or not 2 <= len(value) <= _MOST_PARTS:
        raise ValueError(value)
    size = _integer(-1, _LARGEST_PART)
    return [size(part) for part in value]


def _geometry(value: object) -> str:
    text = usable_text(value)
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(value) from error
    if not 0 < len(content) <= _LONGEST_GEOMETRY:
        raise ValueError(value)
    return text


def _training(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(value)
    return settings_entry(settings_from_entry(value))


SCHEMA: dict[str, Check] = {
    "theme": _one_of(*THEMES),
    "language": _one_of(*LANGUAGES),
    "colormap/sequential": _one_of("", *SEQUENTIAL),
    "colormap/diverging": _one_of("", *DIVERGING),
    "colormap/clips": _flag,
    "save_folder": _folder,
    "collection": _folder,
    "snapshot_layers": _one_of(*SNAPSHOT_LAYERS),
    "samples/rate": _integer(1, MOST_RATE),
    "samples/burst": _integer(0, MOST_BURST),
    "samples/countdown": _integer(0, MOST_COUNTDOWN),
    "camera/width": _integer(0, _LARGEST_SIZE),
    "camera/height": _integer(0, _LARGEST_SIZE),
    "camera/rate": _number(0, _LARGEST_RATE),
    "camera/mirror": _flag,
    "threads": _integer(0, _MOST_THREADS),
    "recent_sources": _recent,
    "recent_networks": _recent,
    "recent_data": _recent,
    "session/source": usable_text,
    "session/network": usable_text,
    "session/data": usable_text,
    "session/data_is_own": _flag,
    "training": _training,
    "window/training_shown": _flag,
    "window/geometry": _geometry,
    "window/left": _parts,
    "window/columns": _parts,
    "window/rows": _parts,
}
