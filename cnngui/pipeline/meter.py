"""Counts frames and measures how long they take to the screen."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from cnngui.pipeline.results import Counters

RATE_WINDOW_S = 2.0
LATENCY_WINDOW_S = 5.0
_MOST_SAMPLES = 4096


class _Recent:
    """Values of the last seconds, oldest first."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._samples: deque[tuple[float, float]] = deque(maxlen=_MOST_SAMPLES)

    def add(self, now: float, value: float = 0.0) -> None:
        self._samples.append((now, value))

    def values(self, now: float) -> list[float]:
        while self._samples and now - self._samples[0][0] > self._window_s:
            self._samples.popleft()
        return [value for _, value in self._samples]

    def rate(self, now: float) -> float:
        """Events a second, over the time since the first one within the window."""
        count = len(self.values(now))
        if count < 2:
            return 0.0
        # The time that has passed since the last one counts too, so that a stop is seen.
        since_last = now - self._samples[-1][0]
        between = self._samples[-1][0] - self._samples[0][0]
        mean_gap = between / (count - 1)
        return (count - 1) / (between + max(since_last - mean_gap, 0.0)) if between > 0 else 0.0


class Meter:
    """The counters of one pipeline. Any thread may call.

    What becomes of frames that were captured before counting began from zero is not counted.

    Parameters
    ----------
    clock : seconds, as ``Frame.time`` has them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Count from zero again."""
        with self._lock:
            self._since = self._clock()
            self._captured = self._processed = self._shown = self._dropped = 0
            self._gathered = 0
            self._in = _Recent(RATE_WINDOW_S)
            self._computed = _Recent(RATE_WINDOW_S)
            self._painted = _Recent(RATE_WINDOW_S)
            self._latencies_ms = _Recent(LATENCY_WINDOW_S)

    def add_captured(self) -> None:
        """Count a frame that was read."""
        with self._lock:
            self._captured += 1
            self._in.add(self._clock())

    def add_dropped(self, captured_at: float) -> None:
        """Count a frame that nobody will compute."""
        with self._lock:
            if captured_at >= self._since:
                self._dropped += 1

    def add_gathered(self) -> None:
        """Count a frame that was only read for those that come after it."""
        with self._lock:
            self._gathered += 1
            self._in.add(self._clock())

    @property
    def read(self) -> int:
        """How many frames were read, those among them that were only read for later ones."""
        with self._lock:
            return self._captured + self._gathered

    def add_processed(self, captured_at: float) -> None:
        """Count a frame that the network has computed."""
        with self._lock:
            if captured_at >= self._since:
                self._processed += 1
                self._computed.add(self._clock())

    def add_shown(self, captured_at: float) -> None:
        """Count a frame that is on the screen now."""
        with self._lock:
            if captured_at < self._since:
                return
            now = self._clock()
            self._shown += 1
            self._painted.add(now)
            self._latencies_ms.add(now, (now - captured_at) * 1000.0)

    def counters(self) -> Counters:
        """Return everything as it stands."""
        with self._lock:
            now = self._clock()
            latencies_ms = sorted(self._latencies_ms.values(now))
            return Counters(
                self._captured,
                self._processed,
                self._shown,
                self._dropped,
                self._in.rate(now),
                self._computed.rate(now),
                self._painted.rate(now),
                percentile(latencies_ms, 50),
                percentile(latencies_ms, 95),
            )


def percentile(ascending: list[float], percent: float) -> float:
    """Return the nearest-rank percentile of sorted values; 0 of none."""
    if not ascending:
        return 0.0
    rank = -(-len(ascending) * percent // 100)
    return ascending[max(int(rank), 1) - 1]
