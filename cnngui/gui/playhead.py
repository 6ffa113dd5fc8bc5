"""Which moment is shown while those of a layer are played one after the other, again and again."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.spec.network import InputSpec

_USUAL_RATE = 25.0
"""Frames a second, where an input takes them as they come."""
_SHORTEST_MS, _LONGEST_MS = 60, 500


class Playhead(QObject):
    """Goes from the oldest moment to the newest, and begins again.

    All views follow the same one. They stay with the frame that they began with until ``place`` is
    0 again: of a live picture, each time round shows one window as it was.
    """

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._on_clock_timeout)
        self.place = 0

    @property
    def is_playing(self) -> bool:
        """Whether moments are shown one after the other."""
        return self._clock.isActive()

    def play(self, count: int, step_ms: int) -> None:
        """Play so many moments, each for that many milliseconds; goes on if it already does."""
        self._clock.setInterval(step_ms)
        if count != self._count or not self.is_playing:
            self._count, self.place = count, 0
            self._clock.start()

    def stop(self) -> None:
        """Stay where it is."""
        self._clock.stop()

    def _on_clock_timeout(self) -> None:
        self.place = (self.place + 1) % self._count
        self.moved.emit()


def step_ms(seen: InputSpec) -> int:
    """Return how long a moment is shown, so that what moves is as fast as it was."""
    seconds = seen.frame_step / (seen.frame_rate or _USUAL_RATE)
    return min(max(round(1000 * seconds), _SHORTEST_MS), _LONGEST_MS)
