"""Settings that older versions wrote as an INI file: plain texts and numbers, and nothing else.

Those files were written by Qt, whose own reader makes objects, Python's among them, from what a
value says. This one knows only texts, lists of texts, numbers, true and false. What is none of
these, everything that begins with ``@`` included, counts as not there.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cnngui.atomic import read_bounded

_LISTS = ("recent_sources", "recent_networks", "recent_data")
_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",]+)')
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,4})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,20})?(?:e[-+]?\d{1,3})?")


def read_old_settings(path: Path, most_bytes: int) -> dict[str, Any]:
    """Return the values of an INI file by their keys; nothing of one that is absent or too large.

    The file is made private on the way: addresses in it may hold passwords.
    """
    try:
        content = read_bounded(path, most_bytes + 1)
        with contextlib.suppress(OSError):
            path.chmod(0o600)
    except (OSError, ValueError):
        return {}
    if len(content) > most_bytes:
        return {}
    return {key: _value(key, text) for key, text in _entries(content.decode("utf-8", "replace"))}


def _entries(text: str) -> Iterator[tuple[str, str]]:
    group = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            group = "" if name == "General" else unquote(name) + "/"
        elif "=" in line and not line.startswith(";"):
            key, _, value = line.partition("=")
            yield group + unquote(key.strip()).replace("\\", "/"), value.strip()


def _value(key: str, text: str) -> object:
    texts = _texts(text)
    if key in _LISTS:
        return texts
    if len(texts) != 1:
        return None
    only = texts[0]
    if key == "training":
        try:
            return json.loads(only)
        except (ValueError, RecursionError):
            return None
    if only in ("true", "false"):
        return only == "true"
    return float(only) if _NUMBER.fullmatch(only) else only


def _texts(text: str) -> list[str]:
    found = []
    for quoted, plain in _ITEM.findall(text):
        item = _unescaped(quoted or plain.strip())
        if item.startswith("@") and not item.startswith("@@"):
            return []
        if item:
            found.append(item[1:] if item.startswith("@@") else item)
    return found


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code, letter = match.groups()
        return chr(int(code, 16)) if code else _ESCAPED.get(letter, letter)

    units = _ESCAPE.sub(character, text).encode("utf-16", "surrogatepass")
    return units.decode("utf-16", "replace")
