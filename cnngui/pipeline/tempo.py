"""When the frames of a medium are due."""

from __future__ import annotations

from collections.abc import Sequence

DEFAULT_RATE = 25.0
"""Frames a second of a medium that does not say."""

MOST_SKIPPED = 8
_GIVE_UP_S = 1.0
_SLOWEST = 0.01


class Tempo:
    """Keeps the medium's time: what comes too late is skipped, the film does not slow down.

    Times are seconds: "now" on one clock, given by the caller, the others in the medium.
    """

    def __init__(self) -> None:
        self._began = 0.0
        self._from_s = 0.0
        self._speed = 1.0

    def restart(self, now: float, shown_s: float, speed: float) -> None:
        """Let the medium stand now at the time of the frame that is shown."""
        self._began = now
        self._from_s = shown_s
        self._speed = max(speed, _SLOWEST)

    def wait_s(self, now: float, next_s: float) -> float:
        """Return how long it is until the next frame; 0 when it is due."""
        return max(self._due(next_s) - now, 0.0)

    def skipped(self, now: float, following_s: Sequence[float]) -> int:
        """Return how many frames to skip before showing one.

        Never many at once, so that something moves even where reading takes longer than playing;
        whoever is far behind gives up what was missed.

        Parameters
        ----------
        following_s : times of the frames that come next, at most ``MOST_SKIPPED + 1``.
        """
        late = sum(self._due(one) <= now for one in following_s)
        skipped = min(max(late - 1, 0), MOST_SKIPPED)
        if now - self._due(following_s[skipped]) > _GIVE_UP_S:
            self.restart(now, following_s[skipped], self._speed)
        return skipped

    def _due(self, time_s: float) -> float:
        return self._began + (time_s - self._from_s) / self._speed
