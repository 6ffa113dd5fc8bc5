"""The one gate for text from outside: files, folders' names, cameras, streams, the command line.

What passes it can be put into any encoding, stays in one line of bounded length, moves no cursor of
a terminal, reverses no other text, and tells nobody's password. It may still look like markup:
whoever shows it shows it letter by letter.
"""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 500
"""A text is shown up to this length; if it is longer, its beginning and its end are shown."""

_TAIL = 100
_REPLACEMENT = "\ufffd"
_SPACES = "\t\n\v\f\r\x85\u2028\u2029"
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LONGEST_SECRET = 1000
# A password may hold "@" and "/" though it should not: it goes on to the last "@" that can end it,
# be that one of the path, unless what looks like a password is a port with a path behind it.
_USER = re.compile(
    r"(?<=://)(?![^\s/?#@:]{0,99}:\d{1,5}[/?#])(?:[^\s/?#@:]{0,99}:\S{0,1000}|[^\s/?#]{0,1000})@"
)
_SECRET = re.compile(
    r"([?&;](?:[\w.-]{0,40}(?:pass|pwd|token|secret|auth|key|credential|sig)[\w.-]{0,40}"
    r"|pw|user|usr|login)=)[^\s&;#]*",
    re.IGNORECASE,
)


def harmless(words: str, most: int = MOST_CHARACTERS) -> str:
    """Return a text as it may be shown, printed and written anywhere.

    Parameters
    ----------
    most : characters that are kept, counting the mark of what is left out.
    """
    if len(words) > most + 2 * _LONGEST_SECRET:
        # A secret is known by where it ends, which may be in what is cut out.
        words = f"{words[: most + _LONGEST_SECRET]}…{words[-_TAIL - _LONGEST_SECRET :]}"
    words = without_passwords(words)
    if len(words) > most:
        tail = min(_TAIL, most // 4)
        words = f"{words[: most - tail - 1]}…{words[len(words) - tail :]}"
    return words if words.isprintable() else "".join(map(_harmless_letter, words))


def is_harmless(words: str) -> bool:
    """Say whether a text of any length has only letters that the gate lets pass."""
    return words.isprintable() or all(_harmless_letter(letter) == letter for letter in words)


def without_passwords(words: str) -> str:
    """Return a text whose URLs name neither users nor passwords nor keys."""
    if "://" not in words:
        return words
    return _SECRET.sub(r"\1***", _USER.sub("***@", words))


def _harmless_letter(letter: str) -> str:
    if letter in _SPACES:
        return " "
    if letter in _REORDERING or unicodedata.category(letter) in ("Cc", "Cs"):
        return _REPLACEMENT
    return letter
