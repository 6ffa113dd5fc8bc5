"""What runs without a window have in common: ending when asked to, and places tried beforehand."""

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
def signals_stop() -> Iterator[threading.Event]:
    """Let the first Ctrl+C set the event, so that a run ends neatly, and a second one end all.

    The end of the terminal or of the session is as good a reason, except for what runs on after it.
    """
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stopped.set()
        restore()

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, on_signal)
    try:
        yield stopped
    finally:
        restore()
