"""The settings file: read without trust, written whole, shared by several windows."""

from __future__ import annotations

import contextlib
import json
import logging
import math
from pathlib import Path
from typing import Any

from cnngui.atomic import read_bounded, write_atomically
from cnngui.errors import SaveError
from cnngui.gui.settings.old_ini import read_old_settings
from cnngui.gui.settings.schema import MOST_RECENT, checked
from cnngui.locks import FileLock

MAX_BYTES = 2 * 2**20
"""More than the longest values of all keys come to; a larger file is not read."""

_LONGEST_DIGITS = 30
_PATIENCE_S = 2.0
_log = logging.getLogger("cnngui")


class SettingsFile:
    """The values of one process, and how they get to a file that others write too.

    Parameters
    ----------
    path : the JSON file. While it is absent, what can be used of an INI file beside it, which
        older versions wrote, takes its place.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._values = _read(path)
        self._changed: set[str] = set()
        self._added: list[tuple[str, str]] = []
        self._refused = False

    def get(self, key: str) -> Any:
        """Return a key's value, as its check left it; None if it is not set."""
        return self._values.get(key)

    def put(self, key: str, value: Any) -> None:
        """Set a key. What its check refuses leaves it as it was."""
        new = checked({key: value})
        if key in new and new[key] != self._values.get(key):
            self._values |= new
            self._changed.add(key)

    def put_first(self, key: str, text: str) -> None:
        """Put a text at the head of a list of recent ones."""
        if checked({key: [text]}).get(key):
            self._values[key] = _with_first(self._values.get(key, []), text)
            self._added.append((key, text))

    def sync(self) -> None:
        """Write what was changed here into the file as it is now, which others may have changed.

        A disk that refuses costs the settings, never the program.
        """
        if not self._changed and not self._added:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(OSError):
                self.path.parent.chmod(0o700)
            with FileLock(self.path.with_suffix(".lock")).held(_PATIENCE_S):
                values = _read(self.path)
                values |= {key: self._values[key] for key in self._changed}
                for key, text in self._added:
                    values[key] = _with_first(values.get(key, []), text)
                write_atomically(self.path, _content(values), private=True)
        except (OSError, SaveError) as error:
            if not self._refused:
                _log.warning("the settings could not be written: %s", error)
            self._refused = True
            return
        self._values = values
        self._changed.clear()
        self._added.clear()


def _with_first(texts: list[str], text: str) -> list[str]:
    return [text, *(old for old in texts if old != text)][:MOST_RECENT]


def _content(values: dict[str, Any]) -> bytes:
    """Return JSON with one key a line, so that damage to a line costs one key."""
    lines = (f"{json.dumps(key)}: {json.dumps(values[key])}" for key in sorted(values))
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _read(path: Path) -> dict[str, Any]:
    try:
        content = read_bounded(path, MAX_BYTES + 1)
    except (OSError, ValueError):
        return checked(read_old_settings(path.with_suffix(".ini"), MAX_BYTES))
    if len(content) > MAX_BYTES:
        return {}
    text = content.decode("utf-8", "replace")
    values = _parsed(text)
    if not isinstance(values, dict):
        values = {}
        for line in text.splitlines():
            found = _parsed("{" + line.strip().rstrip(",") + "}")
            values |= found if isinstance(found, dict) else {}
    return checked(values)


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError):
        return None


def _integer(digits: str) -> float:
    # int() refuses very long ones, and with them the whole text.
    return int(digits) if len(digits) < _LONGEST_DIGITS else math.inf
