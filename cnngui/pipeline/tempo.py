"""When the frames of a medium are due."""

from __future__ import annotations

DEFAULT_RATE = 25.0
"""Frames a second of a medium that does not say."""

_MOST_SKIPPED = 8
_GIVE_UP_S = 1.0
_SLOWEST = 0.01


class Tempo:
    """Keeps the medium's time: what comes too late is skipped, the film does not slow down.

    Times are seconds on one clock, given by the caller.
    """

    def __init__(self) -> None:
        self._period = 1.0 / DEFAULT_RATE
        self._due = 0.0

    def restart(self, now: float, rate: float, speed: float) -> None:
        """Let the next frame be due one period from now."""
        self._period = 1.0 / ((rate if rate > 0 else DEFAULT_RATE) * max(speed, _SLOWEST))
        self._due = now + self._period

    def wait_s(self, now: float) -> float:
        """Return how long it is until the next frame; 0 when it is due."""
        return max(self._due - now, 0.0)

    def advance(self, now: float) -> int:
        """Go on to the frame after the one due now; return how many to skip before showing one.

        Never many at once, so that something moves even where reading takes longer than playing;
        whoever is far behind gives up what was missed.
        """
        skipped = min(int(max(now - self._due, 0.0) / self._period), _MOST_SKIPPED)
        self._due += (1 + skipped) * self._period
        if now - self._due > _GIVE_UP_S:
            self._due = now
        return skipped
