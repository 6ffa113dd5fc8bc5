"""The thread that reads the source and plays it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from cnngui.capture.address import SourceAddress
from cnngui.capture.frame import Frame
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Picture, Source
from cnngui.errors import SourceError, UserError
from cnngui.pipeline.events import (
    Crashed,
    Event,
    PlaybackChanged,
    SourceEnded,
    SourceFailed,
    SourceLost,
    SourceOpened,
    SourceWarned,
)
from cnngui.pipeline.messages import Playback
from cnngui.pipeline.meter import Meter
from cnngui.pipeline.source_opener import Opening, OpenSource, SourceOpener
from cnngui.pipeline.tempo import Tempo
from cnngui.pipeline.worker import Worker

RETRY_DELAYS_S = (0.5, 1.0, 2.0, 5.0)
"""Waiting times before a lost source is tried again; the last one is for all that follow."""


@dataclass(frozen=True)
class Open:
    """Change to another source."""

    address: SourceAddress
    settings: CaptureSettings


@dataclass(frozen=True)
class Close:
    """Let go of the source."""


@dataclass(frozen=True)
class Play:
    """Play as told."""

    playback: Playback


@dataclass(frozen=True)
class Seek:
    """Show the frame at a position."""

    position: int


@dataclass(frozen=True)
class Step:
    """Pause, and go some frames forward or back."""

    by: int


CaptureCommand = Open | Close | Play | Seek | Step | Opening


class CaptureWorker(Worker[CaptureCommand]):
    """Reads frames at the source's own tempo and hands them on.

    A source that moves by itself (camera, stream) and falls silent is opened again and again,
    the same one, until it is back. While paused it is let go, so that others can have it.

    Parameters
    ----------
    deliver : takes each frame and the source's name for people; must return at once.
    open_source : opens what an address names.
    retry_delays_s : see ``RETRY_DELAYS_S``.
    """

    def __init__(
        self,
        deliver: Callable[[Frame, str], None],
        meter: Meter,
        report: Callable[[Event], None],
        open_source: OpenSource,
        retry_delays_s: tuple[float, ...],
    ) -> None:
        super().__init__("capture", report)
        self._deliver = deliver
        self._meter = meter
        self._retry_delays_s = retry_delays_s
        self._opener = SourceOpener(open_source, self.tell)
        self._opening: Opening | None = None
        self._address: SourceAddress | None = None
        self._settings = CaptureSettings()
        self._name = ""
        self._source: Source | None = None
        self._playback = Playback()
        self._tempo = Tempo()
        self._picture: Picture | None = None
        self._index = 0
        self._position = 0
        self._is_live = False
        self._ended = False
        self._attempts = 0
        self._retry_at: float | None = None

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread and for sources being opened."""
        deadline = time.monotonic() + timeout_s
        ended = super().join(timeout_s)
        return self._opener.join(max(deadline - time.monotonic(), 0.0)) and ended

    def _merge(self, older: CaptureCommand, newer: CaptureCommand) -> CaptureCommand | None:
        if isinstance(older, Step) and isinstance(newer, Step):
            return Step(older.by + newer.by)
        newest_wins = isinstance(newer, Open | Play | Seek) and type(older) is type(newer)
        return newer if newest_wins else None

    def _turn(self) -> bool:
        with self._condition:
            while not self._stopping and not self._commands:
                wait_s = self._wait_s(time.monotonic())
                if wait_s == 0.0:
                    break
                self._condition.wait(wait_s)
            if self._stopping:
                return False
            command = self._commands.popleft() if self._commands else None
        match command:
            case None if self._source is None:
                self._open_again()
            case None:
                self._show_next(self._tempo.advance(time.monotonic()) if not self._is_live else 0)
            case Open():
                self._open(command)
            case Opening():
                self._on_opened(command)
            case Close():
                self._leave()
            case Play():
                self._play(command.playback)
            case Seek():
                self._seek(command.position)
            case Step():
                self._step(command.by)
        return True

    def _wait_s(self, now: float) -> float | None:
        """Seconds until there is something to do without being told; None for ever."""
        if self._source is None:
            return None if self._retry_at is None else max(self._retry_at - now, 0.0)
        if not self._playback.playing or self._is_still:
            return None
        return 0.0 if self._is_live else self._tempo.wait_s(now)

    @property
    def _is_still(self) -> bool:
        """Whether the source is one picture, which was shown."""
        if self._source is None or self._picture is None or self._is_live:
            return False
        return self._source.info.frame_count == 1

    def _open(self, command: Open) -> None:
        if self._is_live and command.address == self._address:
            # A device can be open once only.
            self._close_source()
        self._opening = Opening(command.address, command.settings, again=False)
        self._retry_at = None
        self._opener.start(self._opening)

    def _open_again(self) -> None:
        self._retry_at = None
        if self._address is not None:
            self._opening = Opening(self._address, self._settings, again=True)
            self._opener.start(self._opening)

    def _on_opened(self, opening: Opening) -> None:
        if opening is not self._opening:
            if opening.source is not None:
                opening.source.close()
            return
        self._opening = None
        if opening.report:
            self._report(Crashed("source", opening.report))
        if opening.source is not None:
            self._change_source(opening, opening.source)
            return
        if not opening.again and opening.error is not None:
            self._report(SourceFailed(opening.address, opening.error))
            self._attempts = 0
        if self._source is None and self._is_live and self._playback.playing:
            self._retry_later()

    def _change_source(self, opening: Opening, source: Source) -> None:
        self._close_source()
        self._source = source
        self._address, self._settings = opening.address, opening.settings
        self._name = opening.address.label
        self._is_live = source.info.live
        self._attempts = 0
        self._retry_at = None
        self._picture = None
        self._ended = False
        self._report(SourceOpened(opening.address, source.info))
        if not opening.again:
            self._index = 0
            self._position = 0
            self._set_playback(replace(self._playback, playing=opening.playing))
        self._show_next()
        self._restart_tempo()
        if self._is_live and not self._playback.playing:
            self._close_source()

    def _retry_later(self) -> None:
        place = min(self._attempts, len(self._retry_delays_s) - 1)
        self._retry_at = time.monotonic() + self._retry_delays_s[place]
        self._attempts += 1

    def _leave(self) -> None:
        """Let go of the source for good."""
        self._close_source()
        self._opening = None
        self._address = None
        self._is_live = False
        self._retry_at = None

    def _close_source(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _set_playback(self, playback: Playback) -> None:
        self._playback = playback
        self._report(PlaybackChanged(playback, self._position))

    def _play(self, playback: Playback) -> None:
        was_mirrored = self._playback.mirror
        self._set_playback(playback)
        if self._opening is not None:
            self._opening.playing = playback.playing
        if self._is_live and not playback.playing:
            self._close_source()
            self._retry_at = None
        elif self._is_live and self._source is None and self._opening is None:
            self._open_again()
        elif playback.playing and self._ended:
            self._rewind()
        self._restart_tempo()
        if playback.mirror != was_mirrored and self._picture is not None:
            self._hand_on(self._picture)

    def _seek(self, position: int) -> None:
        if self._source is None or not self._source.info.seekable:
            return
        try:
            self._source.seek(position)
        except SourceError as error:
            self._on_broken(error)
            return
        self._ended = False
        self._show_next()
        self._restart_tempo()
        self._report(PlaybackChanged(self._playback, self._position))

    def _step(self, by: int) -> None:
        if self._source is None or self._is_live:
            return
        self._playback = replace(self._playback, playing=False)
        if by == 1 and not self._is_still:
            self._show_next()
            self._report(PlaybackChanged(self._playback, self._position))
        else:
            self._seek(max(self._position + by, 0))

    def _restart_tempo(self) -> None:
        if self._source is not None:
            rate = self._source.info.rate
            self._tempo.restart(time.monotonic(), rate, self._playback.speed)

    def _show_next(self, skipped: int = 0) -> None:
        """Hand on the next frame, after some that would come too late."""
        source, address = self._source, self._address
        if source is None or address is None:
            return
        picture, following, error = None, None, None
        try:
            for _ in range(skipped + 1):
                following = source.read()
                if following is None:
                    break
                if picture is not None:
                    self._meter.add_captured()
                    self._meter.add_dropped()
                picture = following
        except SourceError as caught:
            error = caught
        for warning in source.take_warnings():
            self._report(SourceWarned(address, warning))
        if picture is not None:
            self._picture = picture
            self._position = source.position
            self._attempts = 0
            self._hand_on(picture)
        if error is not None:
            self._on_broken(error)
        elif following is None:
            self._on_end(address)

    def _hand_on(self, picture: Picture) -> None:
        if self._playback.mirror:
            picture = np.ascontiguousarray(picture[:, ::-1])
            picture.flags.writeable = False
        self._meter.add_captured()
        frame = Frame(self._index, time.monotonic(), picture, self._position)
        self._deliver(frame, self._name)
        self._index += 1

    def _on_end(self, address: SourceAddress) -> None:
        if self._is_live:
            self._on_broken(SourceError(address.label, "must go on sending", "its end"))
        elif self._playback.playing and self._playback.loop and self._picture is not None:
            self._rewind()
        else:
            self._ended = True
            if self._playback.playing:
                self._set_playback(replace(self._playback, playing=False))
                self._report(SourceEnded(address))

    def _rewind(self) -> None:
        self._ended = False
        try:
            if self._source is not None:
                self._source.seek(0)
        except SourceError as error:
            self._on_broken(error)

    def _on_broken(self, error: UserError) -> None:
        self._close_source()
        if self._address is None:
            return
        if not self._is_live:
            self._report(SourceFailed(self._address, error))
            self._address = None
            return
        self._report(SourceLost(self._address, error))
        if self._opening is None:
            self._retry_later()

    def _finish(self) -> None:
        self._close_source()
        for command in self._commands:
            if isinstance(command, Opening) and command.source is not None:
                command.source.close()
