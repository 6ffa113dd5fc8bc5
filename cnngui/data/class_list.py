"""The classes of a folder of samples: their order and colours, kept in a small file beside them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from cnngui.atomic import read_bounded, write_atomically
from cnngui.errors import DataError, Text, system_reason, text
from cnngui.images.names import listed
from cnngui.spec.checks import MAX_TEXT_LENGTH

CLASSES_FILE = "classes.json"

_FORMAT = "cnngui-classes"
_VERSION = 1
_MOST_BYTES = 2**24
_LONGEST_NAME = 100
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

COLOURS = (
    *("#4e9ed4", "#e69f00", "#2ca089", "#d55e00", "#cc79a7", "#8c6bb1", "#b8a100", "#6b8e23"),
    *("#c94f5d", "#7f8c8d"),
)
"""What classes get one after the other; told apart also by people who confuse red and green."""


@dataclass(frozen=True)
class SampleClass:
    """One class. ``colour`` is ``#rrggbb``."""

    name: str
    colour: str


def check_name(name: str) -> None:
    """Refuse a class's name that cannot be a folder's name on every system.

    Raises
    ------
    DataError
    """
    if not name.strip():
        raise DataError(text("class"), text("must have a name"), text("none"))
    if _FORBIDDEN.search(name) or not name.isprintable():
        rule = text(
            "must not have any of {characters} in its name", characters='/ \\ : * ? " < > |'
        )
        raise DataError(named(name), rule)
    if name.startswith((".", " ")) or name.endswith((".", " ")):
        raise DataError(named(name), text("must not begin or end with a dot or space"))
    if _DEVICES.fullmatch(name):
        raise DataError(named(name), text("must not be named like a device of Windows"))
    if len(name.encode()) > _LONGEST_NAME:
        rule = text("must have a name of at most {most} bytes", most=_LONGEST_NAME)
        raise DataError(named(f"{name[:20]}..."), rule, len(name.encode()))


def check_colour(colour: str) -> None:
    """Refuse what is not ``#rrggbb``.

    Raises
    ------
    DataError
    """
    if not _COLOUR.fullmatch(colour):
        raise DataError(text("a class's colour"), text("must be #rrggbb"), repr(colour))


def named(class_name: str) -> Text:
    """Return what a message calls a class."""
    return text("class {name}", name=repr(class_name))


def listed_classes(folder: Path, problems: list[DataError]) -> tuple[SampleClass, ...]:
    """Return the classes of a folder: those that its list names, in that order, then the others.

    A sub-folder is a class, unless it is hidden or the system's own. What is wrong with list or
    names is added to ``problems``.

    Raises
    ------
    DataError
        If the folder cannot be read.
    """
    try:
        found = [path for path in listed(folder) if path.is_dir()]
    except OSError as error:
        rule = text("must be a folder that may be read")
        raise DataError(str(folder), rule, system_reason(error)) from error
    names = []
    for path in found:
        if not path.name.isprintable():
            rule = text("a class must have a name in UTF-8, of characters that can be printed")
            problems.append(DataError(ascii(path.name), rule))
        elif len(path.name) > MAX_TEXT_LENGTH:
            rule = text(
                "a class must have a name of at most {most} characters", most=MAX_TEXT_LENGTH
            )
            problems.append(DataError(f"{path.name[:20]}...", rule, len(path.name)))
        else:
            names.append(path.name)
    known = _read(folder / CLASSES_FILE, problems)
    ordered = [name for name in known if name in set(names)]
    ordered += [name for name in names if name not in known]
    return tuple(
        SampleClass(name, known.get(name) or COLOURS[place % len(COLOURS)])
        for place, name in enumerate(ordered)
    )


def write_classes(folder: Path, classes: tuple[SampleClass, ...]) -> None:
    """Keep order and colours.

    Raises
    ------
    SaveError
    """
    listed = [{"name": one.name, "colour": one.colour} for one in classes]
    content = {"format": _FORMAT, "version": _VERSION, "classes": listed}
    written = json.dumps(content, ensure_ascii=False, indent=1)
    write_atomically(folder / CLASSES_FILE, written.encode())


def _read(path: Path, problems: list[DataError]) -> dict[str, str]:
    """Return names and colours as they are listed; nothing where there is no list."""
    try:
        content = json.loads(read_bounded(path, _MOST_BYTES))
        if content["format"] != _FORMAT or content["version"] != _VERSION:
            raise ValueError(f"{content['format']} {content['version']}")
        listed = {str(one["name"]): str(one["colour"]) for one in content["classes"]}
    except FileNotFoundError:
        return {}
    except OSError as error:
        problems.append(DataError(path.name, text("must be readable"), system_reason(error)))
        return {}
    except (ValueError, TypeError, KeyError, RecursionError):
        rule = text("must be a list of classes")
        problems.append(DataError(path.name, rule, text("something else")))
        return {}
    return {name: colour if _COLOUR.fullmatch(colour) else "" for name, colour in listed.items()}
