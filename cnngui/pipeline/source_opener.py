"""Opens sources beside the capture thread, so that the one playing goes on meanwhile."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from cnngui.capture.address import SourceAddress
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Source
from cnngui.errors import SourceError, UserError, text

SourceOpening = Callable[[SourceAddress, CaptureSettings, Callable[[], bool]], Source]
"""Opens what an address names; the last argument is asked whether waiting is still wanted."""


@dataclass(eq=False)
class Opening:
    """One attempt to open a source.

    Attributes
    ----------
    again : True for a source that was running before, and False for one just asked for.
    playing : whether it is to play once it is open.
    superseded : whether another attempt was begun since.
    stop : set when neither the attempt nor what it opened is wanted any more, so that whatever
        waits for a server gives up.
    source, error, report : how it ended; the report is that of a defect.
    """

    address: SourceAddress
    settings: CaptureSettings
    again: bool
    playing: bool = True
    superseded: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    source: Source | None = None
    error: UserError | None = None
    report: str = ""


class SourceOpener:
    """Runs each attempt in a thread of its own: one that hangs delays none of another source.

    Parameters
    ----------
    deliver : takes the ended attempt, from its thread; False when nobody wants it any more, and
        its source is then closed here.
    """

    def __init__(self, open_source: SourceOpening, deliver: Callable[[Opening], bool]) -> None:
        self._open_source = open_source
        self._deliver = deliver
        self._attempts: dict[Opening, threading.Thread] = {}

    def start(self, opening: Opening) -> None:
        """Begin an attempt, in place of those under way."""
        self._attempts = {
            older: thread for older, thread in self._attempts.items() if thread.is_alive()
        }
        for older in self._attempts:
            older.superseded = True
            if older.source is None:
                older.stop.set()
        # A device can be open once only, and an attempt before may still hold it.
        before = [
            thread for older, thread in self._attempts.items() if older.address == opening.address
        ]
        thread = threading.Thread(
            target=self._run, args=(opening, before), name="cnngui-open", daemon=True
        )
        self._attempts[opening] = thread
        thread.start()

    def stop(self) -> None:
        """Let attempts under way give up. Returns at once; see ``join``."""
        for opening in list(self._attempts):
            opening.superseded = True
            opening.stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for attempts under way; False if they did not end in time."""
        deadline = time.monotonic() + timeout_s
        threads = list(self._attempts.values())
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0.0))
        return not any(thread.is_alive() for thread in threads)

    def _run(self, opening: Opening, before: list[threading.Thread]) -> None:
        for thread in before:
            thread.join()
        if opening.superseded:
            return
        try:
            opening.source = self._open_source(
                opening.address, opening.settings, opening.stop.is_set
            )
        except UserError as error:
            opening.error = error
        except Exception:
            opening.report = traceback.format_exc()
            rule = text("could not be opened")
            found = text("a defect of the program")
            opening.error = SourceError(opening.address.label, rule, found)
        is_wanted = not opening.superseded and self._deliver(opening)
        if not is_wanted and opening.source is not None:
            opening.source.close()
