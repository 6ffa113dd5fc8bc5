"""The thread that opens a source, plays it, and gets it back when it is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from cnngui.capture.address import SourceAddress
from cnngui.capture.deadline import StoppedError
from cnngui.capture.frame import Frame
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Source
from cnngui.errors import SourceError
from cnngui.pipeline.capture_commands import (
    CaptureCommand,
    CloseSource,
    OpenSource,
    Play,
    Seek,
    SetInput,
    Step,
)
from cnngui.pipeline.events import Crashed, Event, SourceFailed, SourceLost, SourceOpened
from cnngui.pipeline.messages import Playback
from cnngui.pipeline.meter import Meter
from cnngui.pipeline.player import OnRead, Player, ignore
from cnngui.pipeline.source_opener import Opening, SourceOpener, SourceOpening
from cnngui.pipeline.worker import Worker

RETRY_DELAYS_S = (0.5, 1.0, 2.0, 5.0)
"""Waiting times before a lost source is tried again; the last one is for all that follow."""

_LONGEST_JOIN_S = 1.5
"""A driver cannot be interrupted; the program may end while it waits for its camera."""


class CaptureWorker(Worker[CaptureCommand | Opening]):
    """Opens sources and lets them play.

    A source that moves by itself (camera, stream) and falls silent is opened again and again,
    the same one, until it is back. While paused it is let go, so that others can have it.

    Parameters
    ----------
    deliver : takes each frame and the source's name for people; must return at once.
    open_source : opens what an address names.
    retry_delays_s : see ``RETRY_DELAYS_S``.
    on_read : see ``Player``.
    """

    carries_out = get_args(CaptureCommand)

    def __init__(
        self,
        deliver: Callable[[Frame, str], None],
        meter: Meter,
        report: Callable[[Event], None],
        open_source: SourceOpening,
        retry_delays_s: tuple[float, ...],
        on_read: OnRead = ignore,
    ) -> None:
        super().__init__("capture", report)
        self._player = Player(deliver, meter, report, on_read)
        self._meter = meter
        self._retry_delays_s = retry_delays_s
        self._opener = SourceOpener(open_source, self.tell)
        self._opening: Opening | None = None
        self._playing_stop = threading.Event()
        self._address: SourceAddress | None = None
        self._settings = CaptureSettings()
        self._is_live = False
        self._attempts = 0
        self._retry_at: float | None = None

    def stop(self) -> None:
        """Ask the thread to end, and whatever waits for a server to give up. Returns at once."""
        super().stop()
        self._opener.stop()
        self._playing_stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread and for sources being opened, but not for a device that hangs."""
        timeout_s = min(timeout_s, _LONGEST_JOIN_S)
        deadline = time.monotonic() + timeout_s
        ended = super().join(timeout_s)
        return self._opener.join(max(deadline - time.monotonic(), 0.0)) and ended

    def _merge(
        self, older: CaptureCommand | Opening, newer: CaptureCommand | Opening
    ) -> CaptureCommand | Opening | None:
        if isinstance(older, Step) and isinstance(newer, Step):
            return Step(older.by + newer.by)
        return super()._merge(older, newer)

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
        try:
            self._carry_out(command)
        except SourceError as error:
            self._on_broken(error)
        return True

    def _wait_s(self, now: float) -> float | None:
        """Seconds until there is something to do without being told; None for ever."""
        if self._player.has_source:
            return self._player.wait_s(now)
        return None if self._retry_at is None else max(self._retry_at - now, 0.0)

    def _carry_out(self, command: CaptureCommand | Opening | None) -> None:
        match command:
            case None if self._player.has_source:
                self._player.show_due(time.monotonic())
            case None:
                self._open_again()
            case OpenSource():
                self._open(command)
            case Opening():
                self._on_opened(command)
            case CloseSource():
                self._leave()
            case Play():
                self._play(command.playback)
            case Seek():
                self._player.seek(command.position)
            case Step():
                self._player.step(command.by)
            case SetInput():
                self._player.aim(command.input)

    def _open(self, command: OpenSource) -> None:
        if self._is_live and command.address == self._address:
            # A device can be open once only.
            self._player.let_go()
        # The network takes the newest picture there is; older ones would only wait.
        settings = replace(command.settings, newest_only=True)
        self._opening = Opening(command.address, settings, again=False)
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
        if self._is_live and not self._player.has_source and self._player.is_playing:
            self._retry_later()

    def _change_source(self, opening: Opening, source: Source) -> None:
        if not opening.again:
            self._meter.reset()
        self._player.take(source, opening.address)
        self._playing_stop = opening.stop
        self._address, self._settings = opening.address, opening.settings
        self._is_live = source.info.live
        self._attempts = 0
        self._retry_at = None
        self._report(SourceOpened(opening.address, source.info))
        if opening.again:
            self._player.go_on()
        else:
            self._player.begin(playing=opening.playing)
        if self._is_live and not self._player.is_playing:
            self._player.let_go()

    def _play(self, playback: Playback) -> None:
        if self._opening is not None and playback.playing != self._player.is_playing:
            # What is asked for since of the one that plays is meant for the one that comes, too.
            self._opening.playing = playback.playing
        if self._is_live and not playback.playing:
            self._player.let_go()
            self._retry_at = None
        elif self._is_live and not self._player.has_source and self._opening is None:
            self._open_again()
        self._player.play(playback)

    def _leave(self) -> None:
        """Let go of the source for good."""
        self._player.let_go()
        self._opening = None
        self._address = None
        self._is_live = False
        self._retry_at = None

    def _on_broken(self, error: SourceError) -> None:
        self._player.let_go()
        if self._address is None or isinstance(error, StoppedError):
            return
        if not self._is_live:
            self._report(SourceFailed(self._address, error))
            self._address = None
            return
        self._report(SourceLost(self._address, error))
        if self._opening is None:
            self._retry_later()

    def _retry_later(self) -> None:
        place = min(self._attempts, len(self._retry_delays_s) - 1)
        self._retry_at = time.monotonic() + self._retry_delays_s[place]
        self._attempts += 1

    def _finish(self) -> None:
        self._player.let_go()
        for command in self._commands:
            if isinstance(command, Opening) and command.source is not None:
                command.source.close()
