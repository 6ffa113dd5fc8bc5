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
from cnngui.errors import SourceError, UserError

OpenSource = Callable[[SourceAddress, CaptureSettings], Source]


@dataclass(eq=False)
class Opening:
    """One attempt to open a source.

    Attributes
    ----------
    again : True for a source that was running before, and False for one just asked for.
    playing : whether it is to play once it is open.
    source, error, report : how it ended; the report is that of a defect.
    """

    address: SourceAddress
    settings: CaptureSettings
    again: bool
    playing: bool = True
    source: Source | None = None
    error: UserError | None = None
    report: str = ""
    ended: threading.Event = field(default_factory=threading.Event)


class SourceOpener:
    """Runs each attempt in a thread of its own: one that hangs does not delay the next.

    Parameters
    ----------
    deliver : takes the ended attempt, from its thread; False when nobody wants it any more, and
        its source is then closed here.
    """

    def __init__(self, open_source: OpenSource, deliver: Callable[[Opening], bool]) -> None:
        self._open_source = open_source
        self._deliver = deliver
        self._last: Opening | None = None
        self._threads: list[threading.Thread] = []

    def start(self, opening: Opening) -> None:
        """Begin an attempt."""
        predecessor, self._last = self._last, opening
        thread = threading.Thread(
            target=self._run, args=(opening, predecessor), name="cnngui-open", daemon=True
        )
        self._threads = [running for running in self._threads if running.is_alive()]
        self._threads.append(thread)
        thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for attempts under way; False if they did not end in time."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, opening: Opening, predecessor: Opening | None) -> None:
        try:
            if predecessor is not None and predecessor.address == opening.address:
                # A device can be open once only, and the attempt before may still hold it.
                predecessor.ended.wait()
            opening.source = self._open_source(opening.address, opening.settings)
        except UserError as error:
            opening.error = error
        except Exception as error:
            opening.report = traceback.format_exc()
            opening.error = SourceError(opening.address.label, "could not be opened", repr(error))
        if not self._deliver(opening) and opening.source is not None:
            opening.source.close()
        opening.ended.set()
