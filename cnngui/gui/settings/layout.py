"""How a splitter divides its room, as numbers that a settings file can hold.

A splitter's own state is never read from a file: it would take the memory that damage asks for.
"""

from __future__ import annotations

import struct

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter

_HEAD = struct.Struct(">iiI")
"""``QSplitter.saveState`` begins with a mark, a version and how many sizes follow."""


def splitter_sizes(splitter: QSplitter) -> list[int]:
    """Return the size of each part in pixels, also of those that are hidden now."""
    state = bytes(splitter.saveState().data())
    count = _HEAD.unpack_from(state)[2]
    return list(struct.unpack_from(f">{count}i", state, _HEAD.size))


def restore_sizes(splitter: QSplitter, sizes: list[int]) -> None:
    """Divide the room as it was; nothing happens where the number of parts is another."""
    state = bytes(splitter.saveState().data())
    count = _HEAD.unpack_from(state)[2]
    if len(sizes) == count:
        rest = state[_HEAD.size + 4 * count :]
        head = state[: _HEAD.size]
        splitter.restoreState(QByteArray(head + struct.pack(f">{count}i", *sizes) + rest))
