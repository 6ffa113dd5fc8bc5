"""Plays one open source: when its frames are due, where it stands, what happens at its end."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnngui.capture.address import SourceAddress
from cnngui.capture.frame import Frame
from cnngui.capture.source import Picture, Source, SourceInfo
from cnngui.errors import SourceError, text
from cnngui.pipeline.events import (
    Event,
    PlaybackChanged,
    SourceEnded,
    SourceMeasured,
    SourceWarned,
)
from cnngui.pipeline.frame_buffer import FrameBuffer
from cnngui.pipeline.messages import Playback
from cnngui.pipeline.meter import Meter
from cnngui.pipeline.tempo import DEFAULT_RATE, MOST_SKIPPED, Tempo
from cnngui.spec.network import InputSpec

_LONGEST_READING_S = 4.0
"""To read again what a network sees together with a frame that was wound to."""


OnRead = Callable[[Picture, float], None]


def ignore(picture: Picture, seconds: float) -> None:
    """Stand in for somebody who wants every picture."""


class Player:
    """Reads a source at the source's own tempo and hands its frames on. Used by one thread.

    Whatever reads raises SourceError where the source breaks; it is then to be let go.

    Parameters
    ----------
    deliver : takes each frame and the source's name for people; must return at once.
    on_read : takes every picture that was read, also one that comes too late to be shown, and its
        seconds in the medium; must return at once.
    """

    def __init__(
        self,
        deliver: Callable[[Frame, str], None],
        meter: Meter,
        report: Callable[[Event], None],
        on_read: OnRead = ignore,
    ) -> None:
        self._deliver = deliver
        self._on_read = on_read
        self._meter = meter
        self._report = report
        self._source: Source | None = None
        self._address = SourceAddress("sample")  # in the place of the first one
        self._info: SourceInfo | None = None
        self._playback = Playback()
        self._tempo = Tempo()
        self._picture: Picture | None = None
        self._index = 0
        self._position = 0
        self._seconds = 0.0
        self._ended = False
        self._has_begun_again = False
        self._buffer = FrameBuffer()

    @property
    def has_source(self) -> bool:
        """Whether there is something to play."""
        return self._source is not None

    @property
    def is_playing(self) -> bool:
        """Whether a source plays or would play."""
        return self._playback.playing

    def take(self, source: Source, address: SourceAddress) -> None:
        """Have another source in place of the one before. It is closed here when it is let go."""
        self.let_go()
        self._source, self._address, self._info = source, address, source.info
        self._buffer.begin()
        self._picture = None
        self._ended = False
        self._has_begun_again = False

    def let_go(self) -> None:
        """Close the source. The last picture stays."""
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def begin(self, *, playing: bool) -> None:
        """Count frames from zero and play, or show only the first one."""
        self._index = 0
        self._position = 0
        self._set_playback(replace(self._playback, playing=playing))
        self.go_on()

    def go_on(self) -> None:
        """Show the next frame at once, and those that follow when they are due."""
        self._show_next()
        self._restart_tempo()

    def wait_s(self, now: float) -> float | None:
        """Return the seconds until the next frame is due; None if none will be."""
        if self._source is None or not self._playback.playing or self._is_still:
            return None
        if self._source.info.live:
            return 0.0
        return self._tempo.wait_s(now, self._time_of(self._position + 1))

    def show_due(self, now: float) -> None:
        """Show the frame that is due, and leave out those that come too late."""
        skipped = 0
        if self._source is not None and not self._source.info.live:
            following = range(self._position + 1, self._position + 2 + MOST_SKIPPED)
            skipped = self._tempo.skipped(now, [self._time_of(place) for place in following])
        self._show_next(skipped)

    def play(self, playback: Playback) -> None:
        """Play as told; a medium that has ended begins again."""
        was_mirrored = self._playback.mirror
        self._set_playback(playback)
        if playback.playing and self._ended:
            self._rewind()
        self._restart_tempo()
        if playback.mirror != was_mirrored:
            self._show_again()

    def aim(self, described: InputSpec) -> None:
        """Gather frames for a network with that input from now on."""
        if self._buffer.aim(described) and self._buffer.is_used:
            self._show_again()

    def seek(self, position: int) -> None:
        """Show the frame at a position, if the medium can be wound to it."""
        if self._source is None or not self._source.info.seekable:
            return
        self._wind(position)
        self.go_on()
        self._report(PlaybackChanged(self._playback, self._position))

    def step(self, by: int) -> None:
        """Pause, and go some frames forward or back."""
        if self._source is None or self._source.info.live:
            return
        self._set_playback(replace(self._playback, playing=False))
        if by == 1 and not self._is_still:
            self._show_next()
            self._report(PlaybackChanged(self._playback, self._position))
        else:
            self.seek(self._position + by)

    def _wind(self, position: int) -> None:
        """Make a frame the next one, after those that a network sees together with it."""
        source = self._source
        if source is None:
            return
        self._ended = False
        self._buffer.clear()
        count = source.info.frame_count
        position = min(max(position, 0), count - 1) if count else max(position, 0)
        start = self._first_of_window(position)
        source.seek(start)
        deadline = time.monotonic() + _LONGEST_READING_S
        while start < position:
            picture = source.read()
            if picture is None or source.position >= position or time.monotonic() > deadline:
                # It cannot be wound exactly, or not fast enough: the window fills while it plays.
                source.seek(position)
                break
            self._gather(self._as_seen(picture), source.position)
            start = source.position + 1

    def _first_of_window(self, position: int) -> int:
        """Return the first frame of the window that ends with one."""
        if not self._buffer.is_used:
            return position
        earliest = self._buffer.earliest(self._time_of(position))
        if earliest is None:
            return max(position - self._buffer.input.span + 1, 0)
        first = bisect_right(range(position), earliest, key=self._time_of) - 1
        return max(first, 0)

    def _show_again(self) -> None:
        """Show the frame that is shown anew, with those before it read again where they can be."""
        if self._picture is None:
            return
        source = self._source
        can_read_again = source is not None and source.info.seekable and not self._is_still
        if self._buffer.is_used and can_read_again:
            self._wind(self._position)
            self.go_on()
            return
        self._buffer.clear()
        picture = self._as_seen(self._picture)
        self._gather(picture, self._position)
        self._hand_on(picture)

    @property
    def _is_still(self) -> bool:
        """Whether the source is one picture, which was shown."""
        if self._source is None or self._picture is None or self._source.info.live:
            return False
        return self._source.info.frame_count == 1

    def _set_playback(self, playback: Playback) -> None:
        self._playback = playback
        self._report(PlaybackChanged(playback, self._position))

    def _restart_tempo(self) -> None:
        now_shown = self._time_of(self._position)
        self._tempo.restart(time.monotonic(), now_shown, self._playback.speed)

    def _time_of(self, position: int) -> float:
        """Seconds of a frame in the medium; of those that were not read yet they only count."""
        info = self._source.info if self._source is not None else None
        if info is None or (info.times is None and info.rate <= 0):
            return position / DEFAULT_RATE
        return info.time_at(position)

    def _show_next(self, skipped: int = 0) -> None:
        """Hand on the next frame, after some that would come too late."""
        source = self._source
        if source is None:
            return
        picture, seen, following, error = None, None, None, None
        try:
            for _ in range(skipped + 1):
                following = source.read()
                if following is None:
                    break
                if picture is not None:
                    self._count_skipped()
                picture = following
                seen = self._as_seen(picture)
                self._gather(seen, source.position)
        except SourceError as caught:
            error = caught
        for warning in source.take_warnings():
            self._report(SourceWarned(self._address, warning))
        if picture is not None and seen is not None:
            self._picture = picture
            self._position = source.position
            self._hand_on(seen)
        if error is not None:
            raise error
        if following is None:
            self._on_end(source)

    def _as_seen(self, picture: Picture) -> Picture:
        if not self._playback.mirror:
            return picture
        mirrored = np.ascontiguousarray(picture[:, ::-1])
        mirrored.flags.writeable = False
        return mirrored

    def _seconds_of(self, position: int) -> float:
        is_live = self._info is not None and self._info.live
        return time.monotonic() if is_live else self._time_of(position)

    def _gather(self, picture: Picture, position: int) -> None:
        """Keep a frame for the networks that see several, whether it is shown or not."""
        self._seconds = self._seconds_of(position)
        self._buffer.add(picture, self._seconds)
        self._on_read(picture, self._seconds)

    def _hand_on(self, picture: Picture) -> None:
        self._has_begun_again = False
        window = self._buffer.window(repeats=self._is_still)
        now = time.monotonic()
        frame = Frame(self._index, now, picture, self._position, self._seconds, window)
        self._count(frame)
        self._deliver(frame, self._address.label)
        self._index += 1
        warning = self._buffer.warning(self._address.label, window, repeats=self._is_still)
        if warning is not None:
            self._report(SourceWarned(self._address, warning))

    def _count_skipped(self) -> None:
        window = self._buffer.window()
        if window is not None and not window.is_full:
            self._meter.add_gathered()
            return
        self._meter.add_captured()
        self._meter.add_dropped(time.monotonic())

    def _count(self, frame: Frame) -> None:
        if frame.is_filling:
            self._meter.add_gathered()
        else:
            self._meter.add_captured()

    def _on_end(self, source: Source) -> None:
        if source.info.live:
            rule = text("must go on sending")
            raise SourceError(self._address.label, rule, text("its end"))
        if source.info != self._info:
            self._info = source.info
            self._report(SourceMeasured(self._address, source.info))
        if self._has_begun_again:
            rule = text("must give its frames again when it begins anew")
            raise SourceError(self._address.label, rule, text("none"))
        if self._playback.playing and self._playback.loop and self._picture is not None:
            self._rewind()
            return
        self._ended = True
        if self._playback.playing:
            self._set_playback(replace(self._playback, playing=False))
            self._report(SourceEnded(self._address))

    def _rewind(self) -> None:
        self._ended = False
        self._has_begun_again = True
        self._buffer.clear()
        if self._source is not None:
            self._source.seek(0)
