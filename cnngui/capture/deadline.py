"""How long something outside may be waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

from cnngui.errors import SourceError, text

SLICE_S = 0.1
"""Whoever waits looks this often whether the wait is still wanted."""

IsStopped = Callable[[], bool]


def never() -> bool:
    """Nobody stops it."""
    return False


class StoppedError(SourceError):
    """Waiting was ended by who no longer wants what was waited for."""

    def __init__(self, name: str) -> None:
        super().__init__(name, text("must be waited for"), text("the order to stop"))


class Deadline:
    """A moment until which one may wait, for all that has to be done by then together.

    Parameters
    ----------
    seconds : from now.
    name : what is waited for, for people.
    is_stopped : asked often, from the waiting thread; True ends the wait at once.
    """

    def __init__(self, seconds: float, name: str, is_stopped: IsStopped = never) -> None:
        self.seconds = seconds
        self._name = name
        self._is_stopped = is_stopped
        self._end = time.monotonic() + seconds

    def wait_s(self) -> float:
        """Return how long to wait now, in seconds, before asking again.

        Raises
        ------
        TimeoutError
            If the moment has passed.
        StoppedError
        """
        if self._is_stopped():
            raise StoppedError(self._name)
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, SLICE_S)

    @property
    def left_s(self) -> float:
        """Seconds until the moment, at least 0."""
        return max(self._end - time.monotonic(), 0.0)
