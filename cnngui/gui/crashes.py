"""Defects of the program: caught wherever they happen, written to a log, told to the window."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from functools import wraps
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QPaintEvent

from cnngui.harmless import without_passwords

_LOG_BYTES = 1_000_000
_log = logging.getLogger("cnngui")

Widget = TypeVar("Widget")


def open_log(folder: Path | None = None) -> Path | None:
    """Let the program's log go to a file and return its path; None where none can be written."""
    if folder is None:
        data = QStandardPaths.StandardLocation.AppDataLocation
        folder = Path(QStandardPaths.writableLocation(data))
    path = folder / "cnngui.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        return None
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    return path


def guarded(paint: Callable[[Widget, QPaintEvent], None]) -> Callable[[Widget, QPaintEvent], None]:
    """Have a defect in a ``paintEvent`` reported as others are, instead of ending the program.

    The traceback would keep the painter, which is still at work when Qt puts the window together:
    Qt then frees what it paints on.
    """

    @wraps(paint)
    def paint_event(widget: Widget, event: QPaintEvent) -> None:
        try:
            paint(widget, event)
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            traceback.clear_frames(error.__traceback__)

    return paint_event


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_passwords(super().format(record))


class CrashReporter(QObject):
    """Takes every exception that nobody caught, in any thread."""

    crashed = Signal(str, str)
    """Where (a thread's name) and the traceback as text. May be emitted from any thread."""

    def install(self) -> None:
        """Become the program's ``sys.excepthook`` and ``threading.excepthook``."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def report(self, where: str, report: str) -> None:
        """Write a defect to the log and tell the window."""
        report = without_passwords(report)
        _log.error("%s\n%s", where, report)
        self.crashed.emit(where, report)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        if sys.stderr is not None:  # a windowed program on Windows has none
            sys.stderr.write(without_passwords(text))
        if issubclass(kind, KeyboardInterrupt):
            return
        self.report(threading.current_thread().name, text)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is SystemExit:
            return
        text = "".join(
            traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)
        )
        self.report(args.thread.name if args.thread else "thread", text)
