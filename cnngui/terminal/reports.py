"""What runs without a window have in common: ending when asked to, places tried, reports."""

from __future__ import annotations

import json
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from cnngui.atomic import write_atomically
from cnngui.errors import SaveError, system_reason, text


def refuse_unwritable(folder: Path, *, may_be_made: bool) -> None:
    """Raise a SaveError if a file cannot be put into a folder."""
    try:
        if may_be_made:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        rule = text("must be a folder that can be written to")
        raise SaveError(str(folder), rule, system_reason(error)) from error


def write_report(path: Path, numbers: dict[str, Any]) -> None:
    """Write what JSON can hold.

    Raises
    ------
    SaveError
        If the disk refuses.
    """
    report = json.dumps(numbers, indent=1, ensure_ascii=False) + "\n"
    # A folder's name need not be valid text; \udcff is how JSON writes what is not.
    write_atomically(path, report.encode(errors="backslashreplace"))


class StopRequests:
    """How often the user has asked for an end: ``count`` times."""

    def __init__(self) -> None:
        self.count = 0

    def is_set(self) -> bool:
        """Return whether there is to be an end."""
        return self.count > 0


@contextmanager
def signals_stop(presses: int = 1) -> Iterator[StopRequests]:
    """Count Ctrl+C, so that a run ends neatly; after so many ``presses`` the next one ends all.

    The end of the terminal or of the session is as good a reason, except for what runs on after it.
    """
    stopped = StopRequests()
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
        stopped.count += 1
        if stopped.count >= presses:
            restore()

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, on_signal)
    try:
        yield stopped
    finally:
        restore()
