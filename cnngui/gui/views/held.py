"""What is shown while moments are played: one frame's until they have all had their turn."""

from __future__ import annotations

from typing import Generic, TypeVar

from cnngui.gui.playhead import Playhead
from cnngui.pipeline.messages import ViewRequest

Part = TypeVar("Part")


class Held(Generic[Part]):
    """The part shown, and the newest one, which waits for the first moment.

    Attributes
    ----------
    shown : what is to be seen; None before the first.
    """

    def __init__(self, playhead: Playhead) -> None:
        self._playhead = playhead
        self._view: ViewRequest | None = None
        self._waiting: Part | None = None
        self.shown: Part | None = None

    def take(self, part: Part, view: ViewRequest) -> bool:
        """Take the newest part; returns whether it is shown at once.

        It waits only where others of the same kind are being played.
        """
        is_alike = self.shown is not None and view == self._view
        if self._playhead.is_playing and self._playhead.place and is_alike:
            self._waiting = part
            return False
        self.shown, self._view, self._waiting = part, view, None
        return True

    def turn(self) -> bool:
        """Take what waits, if the first moment has come; returns whether there was something."""
        if self._playhead.place or self._waiting is None:
            return False
        self.shown, self._waiting = self._waiting, None
        return True
