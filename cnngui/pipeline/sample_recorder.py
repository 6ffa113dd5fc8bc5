"""The thread that records frames as samples of a class."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cnngui.capture.frame import Frame
from cnngui.capture.source import Picture
from cnngui.data.clip_writer import ClipWriter
from cnngui.data.recordings import clip_name, new_recording, sample_name
from cnngui.data.sample_folder import SampleFolder
from cnngui.data.stored import StoredSample
from cnngui.errors import SourceError, UserError, text
from cnngui.pipeline.clip_maker import ClipMaker, Filmed, FrameQueue
from cnngui.pipeline.data_events import (
    SampleRecorded,
    SamplingCountdown,
    SamplingFailed,
    SamplingPaused,
    SamplingStarted,
    SamplingStopped,
)
from cnngui.pipeline.engine_commands import SetFrozen
from cnngui.pipeline.events import Event
from cnngui.pipeline.worker import Worker
from cnngui.spec.network import InputSpec

STALLED_AFTER_S = 1.0
"""A source that gives no new frame for so long is said to have stopped."""


_STILL = InputSpec()


@dataclass(frozen=True)
class RecordSamples:
    """Record samples of a class until told to stop, or until there are ``burst`` of them.

    For an input of several frames they are clips, one after the other; the first one is finished
    also when it is told to stop earlier.

    ``SamplingCountdown`` every second, ``SamplingStarted``, ``SampleRecorded`` for each sample and
    ``SamplingStopped`` or ``SamplingFailed`` follow. A recording under way is ended.

    Attributes
    ----------
    rate_per_s : pictures a second at most; a source may be slower. A clip has every frame.
    burst : ends after so many samples; 0 does not.
    countdown_s : seconds until the first one.
    input : what the network sees.
    """

    folder: SampleFolder
    class_name: str
    rate_per_s: float
    burst: int = 0
    countdown_s: float = 0.0
    input: InputSpec = _STILL


@dataclass(frozen=True)
class StopSamples:
    """Record no more samples; also during the countdown."""


@dataclass
class _Recording:
    """One recording under way. Moments are on the ``time.monotonic`` clock.

    Attributes
    ----------
    starts_at : when the countdown ends.
    due_at : when the next sample is to be taken.
    moved_at : when the source was last seen to give something new.
    seconds_told : what the last countdown event said.
    name : what the names of its samples begin with.
    clips : makes clips of the frames; None where pictures are recorded.
    is_ending : whether it ends with the clip under way.
    """

    order: RecordSamples
    starts_at: float
    due_at: float
    moved_at: float
    seconds_told: int
    name: str
    count: int = 0
    is_paused: bool = False
    clips: ClipMaker | None = None
    is_ending: bool = False


class SampleRecorder(Worker[RecordSamples | StopSamples | SetFrozen]):
    """Writes the newest frame, at a rate, and no frame twice; or every frame, into clips.

    Parameters
    ----------
    on_recorded : told, by this thread, which folder has new samples when a recording has ended.
    """

    carries_out = RecordSamples, StopSamples, SetFrozen

    def __init__(
        self, report: Callable[[Event], None], on_recorded: Callable[[SampleFolder], None]
    ) -> None:
        super().__init__("sampling", report)
        self._on_recorded = on_recorded
        self._recording: _Recording | None = None
        self._newest: Frame | None = None
        self._written: Frame | None = None
        self._frozen = False
        self._frames = FrameQueue()

    def tell(self, command: RecordSamples | StopSamples | SetFrozen) -> bool:
        """Queue a command; False if the thread is stopping and will not see it."""
        if not isinstance(command, SetFrozen):
            return super().tell(command)
        # For the frames that are offered from now on, whatever the thread does meanwhile.
        with self._condition:
            self._frozen = command.frozen
        return True

    def offer(self, frame: Frame) -> None:
        """Leave a frame in place of the one before. Returns at once."""
        with self._condition:
            if not self._frozen or self._newest is None:
                self._newest = frame
                if self._recording is not None:
                    self._condition.notify_all()

    def offer_every(self, picture: Picture, seconds: float) -> None:
        """Leave a frame for a clip, also one that came too late to be shown. Returns at once.

        Parameters
        ----------
        seconds : its time in the medium.
        """
        with self._condition:
            recording = self._recording
            if recording is not None and recording.clips is not None and not self._frozen:
                self._frames.put(Filmed(picture, seconds))
                self._condition.notify_all()

    def _turn(self) -> bool:
        with self._condition:
            while not self._commands and not self._stopping:
                wait_s = self._wait_s(time.monotonic())
                if wait_s is not None and wait_s <= 0:
                    break
                self._condition.wait(wait_s)
            if self._stopping:
                return False
            command = self._commands.popleft() if self._commands else None
        match command:
            case RecordSamples():
                self._begin(command)
            case StopSamples():
                self._stop()
        if self._recording is not None:
            self._go_on(self._recording)
        return True

    def _wait_s(self, now: float) -> float | None:
        """Seconds until there is something to do without being told; None for ever."""
        recording = self._recording
        if recording is None:
            return None
        if recording.seconds_told > 0:
            return recording.starts_at - (recording.seconds_told - 1) - now
        if recording.clips is not None and len(self._frames):
            return 0.0
        if recording.clips is None and self._newest is not self._written:
            return recording.due_at - now
        return None if recording.is_paused else recording.moved_at + STALLED_AFTER_S - now

    def _begin(self, order: RecordSamples) -> None:
        self._end()
        now = time.monotonic()
        starts_at = now + order.countdown_s
        seconds = math.ceil(order.countdown_s)
        recording = _Recording(order, starts_at, starts_at, starts_at, seconds, new_recording())
        if order.input.frames > 1:
            recording.clips = ClipMaker(order.input, partial(self._begin_clip, recording))
        with self._condition:
            self._written = None
            self._frames.clear()
            self._recording = recording
        if seconds > 0:
            self._report(SamplingCountdown(order.class_name, seconds))
        else:
            self._report(SamplingStarted(order.class_name))

    def _go_on(self, recording: _Recording) -> None:
        """Do what is due: count down, take a sample, or say that there is none to take."""
        now = time.monotonic()
        if recording.seconds_told > 0:
            self._count_down(recording, now)
            if recording.seconds_told > 0:
                return
        if self._take_new(recording, now):
            recording.moved_at = now
            recording.is_paused = False
        elif not recording.is_paused and now >= recording.moved_at + STALLED_AFTER_S:
            if recording.is_ending:
                self._end()
                return
            recording.is_paused = True
            rule = text("must give new pictures to record")
            error = SourceError(text("source"), rule, text("none"))
            self._report(SamplingPaused(recording.order.class_name, error))

    def _count_down(self, recording: _Recording, now: float) -> None:
        seconds = max(math.ceil(recording.starts_at - now), 0)
        if seconds == recording.seconds_told:
            return
        recording.seconds_told = seconds
        if seconds > 0:
            self._report(SamplingCountdown(recording.order.class_name, seconds))
        else:
            with self._condition:
                self._frames.clear()  # what was seen during the countdown
            recording.moved_at = now
            self._report(SamplingStarted(recording.order.class_name))

    def _take_new(self, recording: _Recording, now: float) -> bool:
        """Take a sample, or a frame of one, where that is due; returns whether there is any."""
        with self._condition:
            newest = self._newest
            filmed = self._frames.take()
        if recording.clips is not None:
            if filmed is not None:
                self._film(recording, recording.clips, filmed)
            return filmed is not None
        if newest is None or newest is self._written:
            return False
        if now >= recording.due_at:
            self._take(recording, newest, now)
        return True

    def _begin_clip(self, recording: _Recording) -> ClipWriter:
        order = recording.order
        return order.folder.begin_clip(order.class_name, clip_name(recording.name, recording.count))

    def _film(self, recording: _Recording, clips: ClipMaker, frame: Filmed) -> None:
        try:
            clip = clips.add(frame)
        except UserError as error:
            self._end(error)
            return
        if clip is not None:
            self._count(recording, clip)
            if recording.is_ending:
                self._end()

    def _count(self, recording: _Recording, sample: StoredSample) -> None:
        recording.count += 1
        order = recording.order
        self._report(SampleRecorded(sample, order.class_name, recording.count))
        if recording.count == order.burst:
            self._end()

    def _stop(self) -> None:
        """End it; who holds a key for a moment wants one clip all the same."""
        recording = self._recording
        if recording is not None and recording.clips is not None and not recording.count:
            recording.is_ending = recording.seconds_told == 0 and not recording.is_paused
        if recording is not None and not recording.is_ending:
            self._end()

    def _take(self, recording: _Recording, frame: Frame, now: float) -> None:
        order = recording.order
        self._written = frame
        # A disk or source that is slow for a while is not made up for.
        recording.due_at = max(recording.due_at + 1 / order.rate_per_s, now)
        try:
            name = sample_name(recording.name, recording.count)
            path = order.folder.add(order.class_name, frame.pixels, name)
        except UserError as error:
            self._end(error)
            return
        self._count(recording, StoredSample(path))

    def _end(self, error: UserError | None = None) -> None:
        recording, self._recording = self._recording, None
        if recording is None:
            return
        if recording.clips is not None:
            recording.clips.abandon()
        class_name, count = recording.order.class_name, recording.count
        if error is None:
            self._report(SamplingStopped(class_name, count))
        else:
            self._report(SamplingFailed(class_name, error, count))
        self._on_recorded(recording.order.folder)

    def _finish(self) -> None:
        self._end()
