"""Clips made of the frames that come one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from cnngui.capture.source import Picture
from cnngui.data.clip_writer import ClipWriter
from cnngui.data.sample_folder import made_small
from cnngui.data.stored import MOST_FRAMES, StoredSample
from cnngui.errors import SaveError, text
from cnngui.spec.network import InputSpec

MOST_WAITING_BYTES = 2**27
"""Of frames that a slow disk has yet to take: a hundred of 640x480."""

_LONGEST_GAP_S = 0.25
_LONGEST_GAP = 4.0
"""Times the distance of the two frames before; where more is missing, something was left out."""


class Filmed(NamedTuple):
    """A frame that the source gave, uint8 ``(H, W, 3)``, and its time in the medium."""

    pixels: Picture
    seconds: float


class FrameQueue:
    """Every frame, until somebody takes it; all are given up where there are too many."""

    def __init__(self) -> None:
        self._frames: deque[Filmed] = deque()
        self._bytes = 0

    def put(self, frame: Filmed) -> None:
        """Add the newest frame."""
        self._bytes += frame.pixels.nbytes
        if self._bytes > MOST_WAITING_BYTES:
            self.clear()
            self._bytes = frame.pixels.nbytes
        self._frames.append(frame)

    def take(self) -> Filmed | None:
        """Return the oldest frame; None where there is none."""
        if not self._frames:
            return None
        frame = self._frames.popleft()
        self._bytes -= frame.pixels.nbytes
        return frame

    def clear(self) -> None:
        """Forget all frames."""
        self._frames.clear()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)


class ClipMaker:
    """Writes frames into clips that are as long as an input reaches.

    A clip has every frame that the source gave in its time. Where frames are missing, or the source
    was wound, the clip begins anew.

    Parameters
    ----------
    target : the input.
    begin : makes a place for the next clip.
    """

    def __init__(self, target: InputSpec, begin: Callable[[], ClipWriter]) -> None:
        self._target = target
        self._begin = begin
        self._writer: ClipWriter | None = None
        self._started = self._last = self._gap = 0.0

    @property
    def is_under_way(self) -> bool:
        """Whether a clip is begun and not yet whole."""
        return self._writer is not None

    def add(self, frame: Filmed) -> StoredSample | None:
        """Take the next frame; returns the clip that it makes whole.

        Raises
        ------
        DataError, SaveError
            The class is gone, the disk is full, or the clip becomes too long.
        """
        gap = frame.seconds - self._last
        if self._writer is not None and not self._follows(gap):
            self.abandon()
        self._last, self._gap = frame.seconds, max(gap, 0.0)
        if self._writer is None:
            self._writer = self._begin()
            self._started = frame.seconds
        self._writer.add(made_small(frame.pixels), frame.seconds - self._started)
        if self._is_whole(self._writer.length):
            writer, self._writer = self._writer, None
            return writer.finish()
        if self._writer.length >= MOST_FRAMES:
            self.abandon()
            rule = text("a clip may have at most {most:,} frames", most=MOST_FRAMES)
            raise SaveError(text("clip"), rule, text("more, as far as the input reaches"))
        return None

    def abandon(self) -> None:
        """Give up what is not whole."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.abandon()

    def _follows(self, gap: float) -> bool:
        return 0 < gap <= max(_LONGEST_GAP_S, _LONGEST_GAP * self._gap)

    def _is_whole(self, length: int) -> bool:
        target = self._target
        if not target.frame_rate:
            return length >= target.span
        reach = (target.frames - 1) * target.frame_step / target.frame_rate
        # The frame that lies nearest to the end is enough.
        return length > 1 and self._last - self._started >= reach - 0.5 * self._gap
