"""Data sets by address.

``shapes``, ``paper`` (shapes on paper before a camera), ``digits`` and ``motions`` (clips) are
drawn by us, and take options: ``shapes:seed=1:count=2000:size=32``.
Everything else is a path: a folder with one sub-folder per class, an IDX file of pictures (plain or
``.gz``, its labels beside it), or a folder with such files, of which those that begin with
``train`` are taken. A folder that is named "shapes" is ``./shapes``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cnngui.data import digits, drawn_motions, drawn_shapes, paper
from cnngui.data.dataset import Dataset
from cnngui.data.drawn import DrawnOptions
from cnngui.data.folder import open_folder
from cnngui.data.idx import is_idx_images_name, open_idx
from cnngui.errors import DataError, system_reason, text
from cnngui.images.names import listed

_DRAWN = {
    "shapes": (drawn_shapes.shapes, drawn_shapes.USUAL_OPTIONS),
    "paper": (paper.shapes_on_paper, drawn_shapes.USUAL_OPTIONS),
    "digits": (digits.digits, digits.USUAL_OPTIONS),
    "motions": (drawn_motions.motions, drawn_motions.USUAL_OPTIONS),
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
    try:
        if path.is_dir():
            found = _idx_images(path)
            if found is None:
                return open_folder(path, on_progress, is_cancelled)
            path = found
        return open_idx(path, on_progress, is_cancelled)
    except MemoryError:
        rule = text("must fit into memory, beside what else runs")
        raise DataError(address, rule, text("too little of it")) from None


def _parse_options(address: str, written: str, usual: DrawnOptions) -> DrawnOptions:
    options = usual
    for part in written.split(":") if written else ():
        name, _, value = part.partition("=")
        if name not in _RANGES:
            rule = text("options are {names}", names=", ".join(_RANGES))
            raise DataError(address, rule, repr(name))
        least, most = _RANGES[name]
        if not re.fullmatch("[0-9]{1,10}", value) or not least <= int(value) <= most:
            rule = text(
                "{name} must be a whole number from {least} to {most:,}",
                name=name,
                least=least,
                most=most,
            )
            raise DataError(address, rule, repr(value))
        options = replace(options, **{name: int(value)})
    return options


def _existing_path(address: str) -> Path:
    try:
        path = Path(address).expanduser().absolute()
        is_usable = path.is_dir() or path.is_file()
        exists = is_usable or path.exists()
    except OSError as error:  # too long
        raise DataError(address, text("must be a path"), system_reason(error)) from error
    except ValueError as error:
        raise DataError(address, text("must be a path"), text("a null byte in it")) from error
    except RuntimeError as error:  # "~nobody"
        raise DataError(address, text("must be a path"), text("an unknown user")) from error
    if not address or not exists:
        rule = text("must be {names}, a folder or an IDX file", names=", ".join(_DRAWN))
        found = text("no such file") if address else text("nothing")
        raise DataError(address or text("data"), rule, found)
    if not is_usable:
        rule = text("must be a folder or a file")
        raise DataError(address, rule, text("a device, pipe or socket"))
    return path


def _idx_images(folder: Path) -> Path | None:
    """Return the folder's IDX file of pictures, if it has one."""
    try:
        found = sorted(
            path for path in listed(folder) if is_idx_images_name(path.name) and path.is_file()
        )
    except OSError as error:
        rule = text("must be a folder that may be read")
        raise DataError(str(folder), rule, system_reason(error)) from error
    for_training = [path for path in found if path.name.startswith("train")]
    choice = for_training or found
    # The same file may be there plain and packed.
    if len({path.name.removesuffix(".gz") for path in choice}) > 1:
        names = ", ".join(path.name for path in choice)
        rule = text("must have one IDX file of pictures, or name the file")
        raise DataError(str(folder), rule, names)
    return choice[0] if choice else None
