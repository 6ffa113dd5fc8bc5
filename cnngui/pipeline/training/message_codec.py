"""A message as what JSON can hold, so that it can be said in another language after a restart."""

from __future__ import annotations

import re
import string
from typing import Any

from cnngui.errors import Text, Words
from cnngui.harmless import harmless, is_harmless

_MOST_LETTERS = 2000
_DEEPEST = 8
_SPEC = re.compile(r",?(\.\d{1,2})?[dfg]?")


def words_entry(words: Words) -> Any:
    """Return a string as it is, and of a text its template and values."""
    if isinstance(words, str):
        return words
    values = {
        name: words_entry(value) if isinstance(value, Text) else _plain(value)
        for name, value in words.values
    }
    return {"template": words.template, "values": values}


def words_from_entry(entry: object) -> Words:
    """Return what ``words_entry`` was given.

    A template is a small program that reaches into its values, so of a file that anybody may have
    written only those are taken that do no more than name them.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is something else.
    """
    return _read(entry, _DEEPEST)


def _plain(value: object) -> str | int | float:
    return value if isinstance(value, str | int | float) else str(value)


def _read(entry: object, depth: int) -> Words:
    if isinstance(entry, str):
        return harmless(entry, _MOST_LETTERS)
    if not isinstance(entry, dict) or depth == 0:
        raise TypeError("a message that is neither a text nor a template with values")
    template, named = entry["template"], entry["values"]
    if not isinstance(template, str) or len(template) > _MOST_LETTERS:
        raise TypeError("a template that is no text")
    if not is_harmless(template):
        raise ValueError("a template with letters that no line can show")
    if not isinstance(named, dict):
        raise TypeError("values without names")
    values = {
        str(name): _read(value, depth - 1) if isinstance(value, str | dict) else _number(value)
        for name, value in named.items()
    }
    for _, name, spec, conversion in string.Formatter().parse(template):
        if name is not None and (
            name not in values or conversion or not _SPEC.fullmatch(spec or "")
        ):
            raise ValueError("a template that does more than name its values")
    read = Text(template, tuple(values.items()))
    str(read)  # a number's form for what is no number is a ValueError
    return read


def _number(value: object) -> int | float:
    if not isinstance(value, int | float):
        raise TypeError("a value that is neither a text nor a number")
    return value
