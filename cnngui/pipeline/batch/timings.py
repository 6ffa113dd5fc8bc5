"""How long frames took on their way."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping

from cnngui.pipeline.meter import percentile

_MOST_SAMPLES = 10_000


class Timings:
    """Times of the frames processed; of very many, the last ones."""

    def __init__(self) -> None:
        self._began = 0.0
        self._ended = 0.0
        self._latencies_ms: deque[float] = deque(maxlen=_MOST_SAMPLES)
        self._layer_ms: dict[str, deque[float]] = {}

    def add(self, captured_at: float, layer_ms: Mapping[str, float]) -> None:
        """Count a frame whose result is there now.

        Parameters
        ----------
        captured_at : when it was read, in seconds of ``time.monotonic``.
        layer_ms : milliseconds that each layer took for it.
        """
        self._ended = time.monotonic()
        self._began = self._began or captured_at
        self._latencies_ms.append((self._ended - captured_at) * 1000.0)
        for layer_id, duration in layer_ms.items():
            self._layer_ms.setdefault(layer_id, deque(maxlen=_MOST_SAMPLES)).append(duration)

    @property
    def seconds(self) -> float:
        """From the first frame to the last result."""
        return self._ended - self._began

    @property
    def latency_ms(self) -> dict[str, float]:
        """From capture to result: percentiles 50, 95 and 99."""
        ascending = sorted(self._latencies_ms)
        return {f"p{percent}": percentile(ascending, percent) for percent in (50, 95, 99)}

    @property
    def layer_ms(self) -> dict[str, float]:
        """The median of each layer."""
        return {name: percentile(sorted(times), 50) for name, times in self._layer_ms.items()}
