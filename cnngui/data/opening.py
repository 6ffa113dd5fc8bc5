"""Data sets by address.

``shapes``, ``paper`` (shapes on paper before a camera) and ``digits`` are drawn by us, and take
options: ``shapes:seed=1:count=2000:size=32``.
Everything else is a path: a folder with one sub-folder per class, an IDX file of pictures (plain or
``.gz``, its labels beside it), or a folder with such files, of which those that begin with
``train`` are taken. A folder that is named "shapes" is ``./shapes``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cnngui.data import digits, drawn_shapes, paper
from cnngui.data.dataset import Dataset
from cnngui.data.drawn import DrawnOptions
from cnngui.data.folder import open_folder
from cnngui.data.idx import is_idx_images_name, open_idx
from cnngui.errors import DataError

_DRAWN = {
    "shapes": (drawn_shapes.shapes, drawn_shapes.USUAL_OPTIONS),
    "paper": (paper.shapes_on_paper, drawn_shapes.USUAL_OPTIONS),
    "digits": (digits.digits, digits.USUAL_OPTIONS),
}
_RANGES = {"seed": (0, 2**32 - 1), "count": (1, 1_000_000), "size": (8, 512)}


def open_dataset(
    address: str,
    *,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Open what an address names.

    Parameters
    ----------
    on_progress : told how much of how much was read, in files or bytes.
    is_cancelled : asked often; true gives up.

    Raises
    ------
    DataError
        If there is nothing of the kind, or it cannot be used at all. A single bad file is among the
        data set's ``problems``.
    OpeningCancelledError
    """
    kind, _, options = address.partition(":")
    if kind in _DRAWN:
        draw, usual = _DRAWN[kind]
        return draw(address, _parse_options(address, options, usual))
    path = _existing_path(address)
    if path.is_dir():
        found = _idx_images(path)
        if found is None:
            return open_folder(path, on_progress, is_cancelled)
        path = found
    return open_idx(path, on_progress, is_cancelled)


def _parse_options(address: str, text: str, usual: DrawnOptions) -> DrawnOptions:
    options = usual
    for part in text.split(":") if text else ():
        name, _, value = part.partition("=")
        if name not in _RANGES:
            raise DataError(address, f"options are {', '.join(_RANGES)}", repr(name))
        least, most = _RANGES[name]
        if not re.fullmatch("[0-9]{1,10}", value) or not least <= int(value) <= most:
            rule = f"{name} must be a whole number from {least} to {most:,}"
            raise DataError(address, rule, repr(value))
        options = replace(options, **{name: int(value)})
    return options


def _existing_path(address: str) -> Path:
    try:
        path = Path(address).expanduser().absolute()
        is_usable = path.is_dir() or path.is_file()
        exists = is_usable or path.exists()
    except (OSError, ValueError, RuntimeError) as error:  # too long; a null byte; "~nobody"
        raise DataError(address, "must be a path", error) from error
    if not address or not exists:
        rule = f"must be {', '.join(_DRAWN)}, a folder or an IDX file"
        raise DataError(address or "data", rule, "no such file" if address else "nothing")
    if not is_usable:
        raise DataError(address, "must be a folder or a file", "a device, pipe or socket")
    return path


def _idx_images(folder: Path) -> Path | None:
    """Return the folder's IDX file of pictures, if it has one."""
    try:
        found = sorted(
            path for path in folder.iterdir() if is_idx_images_name(path.name) and path.is_file()
        )
    except OSError as error:
        rule = "must be a folder that may be read"
        raise DataError(str(folder), rule, error.strerror or error) from error
    for_training = [path for path in found if path.name.startswith("train")]
    choice = for_training or found
    # The same file may be there plain and packed.
    if len({path.name.removesuffix(".gz") for path in choice}) > 1:
        names = ", ".join(path.name for path in choice)
        raise DataError(str(folder), "must have one IDX file of pictures, or name the file", names)
    return choice[0] if choice else None
