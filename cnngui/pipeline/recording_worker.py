"""The thread that writes the wall to a video file while it runs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import SaveError, system_reason, text
from cnngui.featuremaps.colormaps import colourise, lookup_table
from cnngui.featuremaps.naming import file_stem, free_names
from cnngui.featuremaps.recorder import Recorder, compose_record
from cnngui.featuremaps.sheet import draw_vector
from cnngui.pipeline.engine_commands import SetColormaps
from cnngui.pipeline.events import Event, JobFailed, RecordingStarted, RecordingStopped
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.running import USUAL_COLORMAPS
from cnngui.pipeline.worker import Worker

RECORD_WIDTH, RECORD_HEIGHT = 1280, 720
RECORD_RATE = 30.0
_MOST_WAITING = 8


@dataclass(frozen=True)
class StartRecording:
    """Write wall and input to a new video file in ``parent``; ``RecordingStarted`` follows."""

    parent: Path
    network_name: str


@dataclass(frozen=True)
class StopRecording:
    """Finish the video file; ``RecordingStopped`` follows."""


class RecordingWorker(Worker[StartRecording | StopRecording | SetColormaps]):
    """Draws results and appends them to a video that keeps real time."""

    carries_out = StartRecording, StopRecording, SetColormaps

    def __init__(self, report: Callable[[Event], None]) -> None:
        super().__init__("recording", report)
        self._recorder: Recorder | None = None
        # Where the disk is too slow, the oldest waiting pictures are left out.
        self._waiting: deque[tuple[float, FrameResult]] = deque(maxlen=_MOST_WAITING)
        self._colormaps = USUAL_COLORMAPS
        self._last_wall: NDArray[np.uint8] | None = None

    @property
    def is_recording(self) -> bool:
        """Whether results are written down."""
        return self._recorder is not None

    def offer(self, result: FrameResult) -> None:
        """Take a result if a recording is under way. Returns at once."""
        if self._recorder is not None:
            with self._condition:
                self._waiting.append((time.monotonic(), result))
                self._condition.notify_all()

    def _turn(self) -> bool:
        with self._condition:
            while not (self._waiting or self._commands or self._stopping):
                self._condition.wait()
            # Commands first: on a slow computer there is always a picture that waits.
            command = self._commands.popleft() if self._commands else None
            if command is None and self._stopping:
                return False
            waiting = self._waiting.popleft() if command is None else None
        if waiting is not None:
            self._add(*waiting)
        match command:
            case StartRecording():
                self._start_recording(command)
            case StopRecording():
                self._stop_recording()
            case SetColormaps():
                self._colormaps = command.sequential, command.diverging
        return True

    def _start_recording(self, command: StartRecording) -> None:
        if self._recorder is not None:
            return
        place = command.parent / f"{file_stem(datetime.now(), command.network_name)}.mp4"
        try:
            path = next(free_names(place))
            self._recorder = Recorder(path, RECORD_WIDTH, RECORD_HEIGHT, RECORD_RATE)
        except (SaveError, OSError) as error:
            self._report(JobFailed("recording", _as_save_error(place, error)))
            return
        self._last_wall = None
        self._report(RecordingStarted(self._recorder.path))

    def _stop_recording(self) -> None:
        """Add what was computed until now, and complete the file."""
        with self._condition:
            waiting = list(self._waiting)
            self._waiting.clear()
        for moment, result in waiting:
            self._add(moment, result)
        self._complete()

    def _complete(self, failure: SaveError | None = None) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        try:
            recorder.close()
        except SaveError as error:
            failure = failure or error
        if recorder.path.exists():
            self._report(RecordingStopped(recorder.path))
        elif failure is None:
            rule = text("must hold at least one picture")
            failure = SaveError(str(recorder.path), rule, text("none"))
        if failure is not None:
            self._report(JobFailed("recording", failure))

    def _add(self, moment: float, result: FrameResult) -> None:
        if self._recorder is None:
            return
        wall = self._wall_picture(result)
        try:
            self._recorder.add(
                compose_record(result.input, wall, RECORD_WIDTH, RECORD_HEIGHT), moment
            )
        except (SaveError, OSError) as error:
            self._complete(_as_save_error(self._recorder.path, error))

    def _wall_picture(self, result: FrameResult) -> NDArray[np.uint8]:
        """Return the wall as it is seen; the last one while frames are still missing."""
        shown = result.part(WallResult) or result.part(VectorResult)
        if shown is None and result.filling is not None and self._last_wall is not None:
            return self._last_wall
        self._last_wall = self._drawn(shown) if shown is not None else result.input
        return self._last_wall

    def _drawn(self, shown: WallResult | VectorResult) -> NDArray[np.uint8]:
        sequential, diverging = self._colormaps
        colours = lookup_table(diverging if shown.signed else sequential, shown.signed)
        if isinstance(shown, WallResult):
            return colourise(shown.codes, colours)
        return draw_vector(shown.layer_id, shown.values, (), shown.signed, colours, shown.least)

    def _finish(self) -> None:
        self._stop_recording()


def _as_save_error(path: Path, error: SaveError | OSError) -> SaveError:
    if isinstance(error, SaveError):
        return error
    return SaveError(str(path), text("must be a file that can be written"), system_reason(error))
