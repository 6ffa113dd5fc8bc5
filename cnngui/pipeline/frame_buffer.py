"""The frames that a network sees at once: every one that the source gave, dropped or not."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import deque
from itertools import count

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.frame import Moment, Window
from cnngui.capture.source import Source
from cnngui.errors import SourceError, Text, text
from cnngui.images.fit import fit_frame
from cnngui.pipeline.tempo import DEFAULT_RATE
from cnngui.spec.network import KEPT_PER_STEP, InputSpec

_MOST_REPEATED = 0.25
"""A few frames come late from every camera."""

_keys = count()


class FrameBuffer:
    """Holds fitted frames of one run of a medium, as many as a window reaches over.

    What a window holds depends on the medium's own time alone, not on how fast it is played or
    from where on it was read. Used by one thread.
    """

    def __init__(self) -> None:
        self._input = InputSpec()
        self._moments: deque[Moment] = deque()
        self._has_warned = False

    @property
    def input(self) -> InputSpec:
        """What frames are fitted to."""
        return self._input

    @property
    def is_used(self) -> bool:
        """Whether the network sees several frames at once."""
        return self._input.frames > 1

    def aim(self, described: InputSpec) -> bool:
        """Fit frames to another input from now on; returns whether what is held was of no use."""
        if described == self._input:
            return False
        self._input = described
        self.begin()
        return True

    def begin(self) -> None:
        """Take frames of another medium from now on."""
        self.clear()
        self._has_warned = False

    def clear(self) -> None:
        """Forget all frames: what comes next does not follow them."""
        self._moments.clear()

    def add(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """Take the next frame, uint8 ``(H, W, 3)``, if the network sees several at once."""
        if not self.is_used:
            return
        held = self._moments
        if held and seconds < held[-1].seconds:
            held.clear()
        fitted = fit_frame(pixels, self._input)
        fitted.flags.writeable = False
        if len(held) > 1 and self._is_spare(held[-2].seconds, held[-1].seconds):
            held.pop()
        held.append(Moment(next(_keys), seconds, fitted))
        self._forget(seconds)

    def window(self, *, repeats: bool = False) -> Window | None:
        """Return what the network sees when the newest frame is the last; None for a still input.

        Parameters
        ----------
        repeats : the source is one picture, which is seen again and again.
        """
        if not self.is_used or not self._moments:
            return None
        if repeats:
            return Window(self._input, (self._moments[-1],) * self._input.frames)
        if self._input.frame_rate > 0:
            return Window(self._input, self._nearest())
        seen = list(self._moments)[:: -self._input.frame_step][: self._input.frames]
        return Window(self._input, tuple(reversed(seen)))

    def take(self, source: Source, pixels: NDArray[np.uint8]) -> tuple[float, Window | None]:
        """Take the frame that a source gave last.

        Returns
        -------
        The frame's time in the medium, and what the network then sees; None for a still input.
        """
        info, place = source.info, source.position
        seconds = time.monotonic()
        if not info.live:
            seconds = info.time_at(place) or place / DEFAULT_RATE
        self.add(pixels, seconds)
        return seconds, self.window(repeats=info.frame_count == 1 and not info.live)

    def warning(self, name: str, window: Window | None, *, repeats: bool) -> SourceError | None:
        """Return what is to be said, once for each medium, of one whose frames come too seldom.

        Parameters
        ----------
        name : what the source is called.
        repeats : as of ``window``.
        """
        if window is None or repeats or self._has_warned or not _is_too_slow(window):
            return None
        self._has_warned = True
        return _too_slow(name, window)

    def earliest(self, seconds: float) -> float | None:
        """Return from when on a window reaches that ends then; None where frames are counted."""
        rate = self._input.frame_rate
        return seconds - (self._input.span - 1) / rate - 0.5 / rate if rate > 0 else None

    def _is_spare(self, before: float, seconds: float) -> bool:
        """Whether a frame lies so near to the one before that no window need tell them apart.

        Which one is kept follows from its time, not from where reading began.
        """
        rate = self._input.frame_rate * KEPT_PER_STEP
        return rate > 0 and int(before * rate) == int(seconds * rate)

    def _forget(self, newest: float) -> None:
        held, earliest = self._moments, self.earliest(newest)
        if earliest is None:
            while len(held) > self._input.span:
                held.popleft()
            return
        while len(held) > 1 and held[1].seconds <= earliest:
            held.popleft()

    def _nearest(self) -> tuple[Moment, ...]:
        """Return the frames nearest to the times wanted, back to the first that was seen."""
        held, step = list(self._moments), self._input.frame_step / self._input.frame_rate
        times = [moment.seconds for moment in held]
        # A time before the first frame is that frame's own as long as no other would be nearer.
        reached = times[0] - 0.5 / self._input.frame_rate
        found = []
        for back in range(self._input.frames):
            wanted = times[-1] - back * step
            if wanted < reached:
                break
            after = min(max(bisect_left(times, wanted), 1), len(times) - 1) if len(times) > 1 else 0
            before = max(after - 1, 0)
            is_before = wanted - times[before] <= times[after] - wanted
            found.append(held[before if is_before else after])
        return tuple(reversed(found))


def too_short(name: str, described: InputSpec, read: int) -> SourceError:
    """Return the error for a source that ended before a network had seen enough of it.

    Parameters
    ----------
    name : what the source is called.
    read : how many frames it had.
    """
    if described.frame_rate > 0:
        seconds = (described.span - 1) / described.frame_rate
        rule = text("must last {seconds:.3g} s for this network to see enough", seconds=seconds)
        return SourceError(name, rule, text("{count} frames", count=read))
    rule = text("must have at least {count} frames for this network", count=described.span)
    return SourceError(name, rule, read)


def _is_too_slow(window: Window) -> bool:
    """Return whether a source gives frames so rarely that many moments are the same one."""
    moments = len(window.moments)
    return window.is_full and moments - len(set(window.keys)) > _MOST_REPEATED * moments


def _too_slow(name: str, window: Window) -> SourceError:
    """Return the warning for a source whose frames ``window`` has to repeat."""
    wanted = window.input.frame_rate / window.input.frame_step
    rule = text("the network wants {rate:.3g} frames a second", rate=wanted)
    got: Text = text("fewer: some are seen twice")
    span = window.moments[-1].seconds - window.moments[0].seconds
    if span > 0:
        got = text("{rate:.3g}: some are seen twice", rate=(len(set(window.keys)) - 1) / span)
    return SourceError(name, rule, got)
