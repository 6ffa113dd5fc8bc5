"""Who computes next: live view and training, each with all cores, one after the other.

At the same time, each would wait for the other in every layer, and throw its values out of the
cache.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """A queue for those who want to compute: first come, first served."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._queue: deque[object] = deque()

    @contextmanager
    def take(self, patience_s: float) -> Iterator[None]:
        """Wait for those who came before, and keep those waiting who come later.

        Who has lost patience goes ahead beside the others, so that nothing ever stands still.
        """
        me = object()
        with self._condition:
            self._queue.append(me)
            self._condition.wait_for(lambda: self._queue[0] is me, patience_s)
        try:
            yield
        finally:
            with self._condition:
                self._queue.remove(me)
                self._condition.notify_all()

    @property
    def are_wanted(self) -> bool:
        """Whether somebody waits, or has lost patience; asked by who has the turn."""
        return len(self._queue) > 1
