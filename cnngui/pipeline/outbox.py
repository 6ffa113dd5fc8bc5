"""What goes out of the pipeline: the newest result, the events in order, and the bell."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cnngui.pipeline.events import Crashed, Event
from cnngui.pipeline.mailbox import Slot
from cnngui.pipeline.messages import NewestOnly
from cnngui.pipeline.results import FrameResult

_MOST_EVENTS = 1000


class Outbox:
    """Collects results and events from any thread.

    Parameters
    ----------
    on_news : called without any lock held, by the thread that left something where nothing was.
    on_taken : called by the thread that has taken a result.
    """

    def __init__(
        self, on_news: Callable[[], None], on_taken: Callable[[], None] = lambda: None
    ) -> None:
        self._on_news = on_news
        self._on_taken = on_taken
        self._results: Slot[FrameResult] = Slot()
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def put_result(self, result: FrameResult) -> None:
        """Leave a result in place of one that was not taken."""
        if not self._results.put(result):
            self._on_news()

    def put_event(self, event: Event) -> None:
        """Leave an event; see ``messages.NewestOnly``."""
        with self._lock:
            was_empty = not self._events
            if isinstance(event, NewestOnly):
                self._events = [old for old in self._events if type(old) is not type(event)]
            elif isinstance(event, Crashed) and event in self._events:
                return
            self._events.append(event)
            # Nobody has looked for so long that what came first can be of no use any more.
            del self._events[:-_MOST_EVENTS]
        if was_empty:
            self._on_news()

    def take_result(self) -> FrameResult | None:
        """Return the newest result if it was not taken before."""
        result = self._results.take()
        if result is not None:
            self._on_taken()
        return result

    @property
    def is_result_taken(self) -> bool:
        """Whether whoever takes results has the newest one, and so waits for another."""
        return self._results.is_empty

    def take_events(self) -> list[Event]:
        """Return what happened since the last call, oldest first."""
        with self._lock:
            events, self._events = self._events, []
            return events
