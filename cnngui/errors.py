"""Every error that a user can cause and mend, in words that can be translated.

A message names the thing, then the rule, then what was found, in that order:
``clip.mp4: a video must have at least one frame, got 0``.
Its words are templates with named values, so that the window can say them in the user's language;
the terminal prints them in English.
Anything that is not a ``UserError`` is a defect of the program.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from cnngui.harmless import harmless


@dataclass(frozen=True, slots=True)
class Text:
    """Words with the values that belong in them, not yet in any language.

    Attributes
    ----------
    template : English, with the values' names in braces ("must be at most {most:,} layers").
    values : pairs of name and value. A value may be a text itself, and is then translated too.
    """

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return self.said(str)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the words in a language.

        Parameters
        ----------
        translate : from a template to the one of that language, which names the same values.
        """
        values = {
            name: value.said(translate) if isinstance(value, Text) else value
            for name, value in self.values
        }
        return translate(self.template).format(**values)


def text(template: str, /, **values: object) -> Text:
    """Return a message's words, or part of them.

    The template stands in the call as a literal: that is where translators' lists find it. Values
    are hashable: names, numbers, other texts.
    """
    return Text(template, tuple((name, _passed(value)) for name, value in values.items()))


def _passed(value: object) -> object:
    """Return a value as a message may tell it: most strings in messages come from outside."""
    return harmless(value) if isinstance(value, str) else value


Words: TypeAlias = Text | str
"""A string stands for itself in every language, as names and numbers do."""


def fault(rule: Text, got: Words = "") -> Words:
    """Return the rule, and what was found if that is told: to be read beside the thing."""
    return text("{rule}, got {got}", rule=rule, got=got) if got else rule


def message(thing: Words, rule: Text, got: Words = "") -> Text:
    """Return the whole sentence: what it is about, the rule, and what was found if that is told."""
    return text("{thing}: {fault}", thing=thing, fault=fault(rule, got))


def system_reason(error: OSError) -> Words:
    """Return why the operating system refused something."""
    known = _SYSTEM_REASONS.get(error.errno) if error.errno is not None else None
    return known or harmless(error.strerror or str(error))


_SYSTEM_REASONS = {
    errno.EACCES: text("Permission denied"),
    errno.EBUSY: text("Device or resource busy"),
    errno.ECONNABORTED: text("Connection aborted"),
    errno.ECONNREFUSED: text("Connection refused"),
    errno.ECONNRESET: text("Connection reset by peer"),
    errno.EDQUOT: text("Disk quota exceeded"),
    errno.EEXIST: text("File exists"),
    errno.EFBIG: text("File too large"),
    errno.EHOSTUNREACH: text("No route to host"),
    errno.EINVAL: text("Invalid argument"),
    errno.EIO: text("Input/output error"),
    errno.EISDIR: text("Is a directory"),
    errno.ELOOP: text("Too many levels of symbolic links"),
    errno.EMFILE: text("Too many open files"),
    errno.ENAMETOOLONG: text("File name too long"),
    errno.ENETUNREACH: text("Network is unreachable"),
    errno.ENODEV: text("No such device"),
    errno.ENOENT: text("No such file or directory"),
    errno.ENOSPC: text("No space left on device"),
    errno.ENOTDIR: text("Not a directory"),
    errno.ENOTEMPTY: text("Directory not empty"),
    errno.ENXIO: text("No such device or address"),
    errno.EPERM: text("Operation not permitted"),
    errno.EROFS: text("Read-only file system"),
    errno.ETIMEDOUT: text("Connection timed out"),
}
"""As the C library says them; what is rarer stays in the system's own words."""


class UserError(Exception):
    """Something the user can mend.

    Parameters
    ----------
    thing : what the message is about, in the user's words (a file's name, ``conv1.kernel_size``).
    rule : what would have been right, as a clause ("must be a JSON object").
    got : what was found instead; left out of the message when empty. What is neither a text nor a
        string is kept as the string of it.
    """

    def __init__(self, thing: Words, rule: Text, got: object = "") -> None:
        self.thing: Words = thing if isinstance(thing, Text) else harmless(thing)
        self.rule: Text = rule if isinstance(rule, Text) else harmless(rule)
        self.got: Words = got if isinstance(got, Text) else harmless(str(got))
        super().__init__(self.thing, self.rule, self.got)

    @property
    def message(self) -> Text:
        """The whole sentence."""
        return message(self.thing, self.rule, self.got)

    def __str__(self) -> str:
        return str(self.message)


class SourceError(UserError):
    """A camera, video, image, folder or stream that cannot be opened or read."""


class NetworkError(UserError):
    """A network whose description is wrong: types, sizes, shapes, inputs."""


class NetworkFileError(NetworkError):
    """A network file that cannot be read as one."""


class DataError(UserError):
    """Samples to learn from that cannot be read or do not suit what is asked of them."""


class TrainingError(UserError):
    """A training that cannot begin or cannot go on."""


class SaveError(UserError):
    """A file or folder that cannot be written."""


class ArgumentError(UserError):
    """A command-line argument that cannot be used."""


class MissingLibraryError(UserError):
    """A part of the program that cannot be loaded, because the system lacks what it needs."""
