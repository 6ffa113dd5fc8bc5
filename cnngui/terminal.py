"""What runs without a window have in common: ending by Ctrl+C, and places tried beforehand."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from cnngui.errors import SaveError


def refuse_unwritable(folder: Path, *, may_be_made: bool) -> None:
    """Raise a SaveError if a file cannot be put into a folder."""
    try:
        if may_be_made:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        rule = "must be a folder that can be written to"
        raise SaveError(str(folder), rule, error.strerror or error) from error


@contextmanager
def ctrl_c_stops() -> Iterator[threading.Event]:
    """Let the first Ctrl+C set the event, so that a run ends neatly, and a second one end all."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
