"""Runs a source through a network without anybody looking on, and measures it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.address import SourceAddress
from cnngui.capture.deadline import StoppedError
from cnngui.capture.frame import Frame
from cnngui.capture.opening import open_source
from cnngui.engine.model import Observers
from cnngui.errors import SourceError
from cnngui.featuremaps.snapshot import SaveCancelledError, write_snapshot
from cnngui.featuremaps.snapshot_plan import MOST_CHANNEL_PICTURES, SnapshotPlan, plan_snapshot
from cnngui.memory import network_memory
from cnngui.pipeline.capture_commands import CloseSource, OpenSource, Play, SetInput
from cnngui.pipeline.engine_commands import CancelSnapshots, SetNetwork, SetView, TakeSnapshot
from cnngui.pipeline.events import (
    Crashed,
    JobFailed,
    NetworkFailed,
    SaveCancelled,
    Saved,
    SaveProgress,
    SourceEnded,
    SourceFailed,
    SourceLost,
    SourceOpened,
    SourceWarned,
)
from cnngui.pipeline.frame_buffer import FrameBuffer, is_too_slow, too_short, too_slow
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import Playback, ViewRequest
from cnngui.pipeline.meter import percentile
from cnngui.pipeline.results import Counters
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec import limits
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

SOURCE_ENDED = "the source ended"
STOPPED = "stopped by hand"

_MOST_TOGETHER = 32
"""Pictures of a folder that are computed at a time."""
_MOST_SAMPLES = 10_000
_LONGEST_WAIT_S = 0.1


@dataclass(frozen=True, eq=False)
class SnapshotOrder:
    """A snapshot of the last frame.

    Attributes
    ----------
    parent : the folder for the snapshot's folder.
    layer_ids : the layers wanted; None wants all.
    most_pictures : of single channels.
    on_planned : told what it will hold, before it is computed.
    on_progress : told how many steps are done, of how many.
    is_cancelled : asked after each step; True gives it up, and nothing of it is left.
    """

    parent: Path
    layer_ids: tuple[str, ...] | None = None
    most_pictures: int = MOST_CHANNEL_PICTURES
    on_planned: Callable[[SnapshotPlan], None] = lambda plan: None
    on_progress: Callable[[int, int], None] = lambda done, total: None
    is_cancelled: Callable[[], bool] = lambda: False

    def tell_plan(self, spec: NetworkSpec) -> None:
        """Tell what it will hold."""
        self.on_planned(plan_snapshot(spec, self.layer_ids, self.most_pictures))


@dataclass(frozen=True, eq=False)
class BatchRequest:
    """What to run.

    Attributes
    ----------
    frames : how many, at least 1; a medium that ends earlier is not begun again.
    snapshot : of the last frame, or None.
    realtime : keep the source's tempo and drop frames as the window does, instead of computing
        every frame in order.
    """

    address: SourceAddress
    spec: NetworkSpec
    weights: Weights | None
    frames: int
    snapshot: SnapshotOrder | None = None
    realtime: bool = False


@dataclass(frozen=True, eq=False)
class BatchReport:
    """What came of it.

    Attributes
    ----------
    seconds : from the first frame to the last result.
    ended_early : why there were fewer frames than asked for; empty if there were not.
    warnings : what was wrong with the source without ending it: files skipped, a video cut off.
    latency_ms : from capture to result; percentiles 50, 95 and 99. Pictures of a folder wait for
        those that they are computed with.
    layer_ms : median milliseconds a frame by layer id. A layer that another one does on the way,
        such as a normalisation multiplied into weights, has none of its own where a folder's
        pictures are computed together.
    snapshot : the folder written, or None where none was asked for or it was given up.
    """

    captured: int
    processed: int
    dropped: int
    seconds: float
    ended_early: str
    warnings: tuple[str, ...]
    latency_ms: Mapping[str, float]
    layer_ms: Mapping[str, float]
    snapshot: Path | None

    @property
    def frames_per_second(self) -> float:
        """Frames processed a second."""
        return self.processed / self.seconds if self.seconds > 0 else 0.0


def run_batch(request: BatchRequest, is_stopped: Callable[[], bool]) -> BatchReport:
    """Run the frames asked for, or as many as there are.

    Parameters
    ----------
    is_stopped : asked between frames, and while one is waited for; True ends the run early.

    Raises
    ------
    SourceError, NetworkError, SaveError
        The source, the network or the snapshot's folder cannot be used.
    """
    return (_run_realtime if request.realtime else _run_in_order)(request, is_stopped)


class _Timings:
    """Times of the frames processed; of very many, the last ones."""

    def __init__(self) -> None:
        self._began = 0.0
        self._ended = 0.0
        self._latencies_ms: deque[float] = deque(maxlen=_MOST_SAMPLES)
        self._layer_ms: dict[str, deque[float]] = {}

    def add(self, captured_at: float, layer_ms: Mapping[str, float]) -> None:
        self._ended = time.monotonic()
        self._began = self._began or captured_at
        self._latencies_ms.append((self._ended - captured_at) * 1000.0)
        for layer_id, duration in layer_ms.items():
            self._layer_ms.setdefault(layer_id, deque(maxlen=_MOST_SAMPLES)).append(duration)

    @property
    def seconds(self) -> float:
        return self._ended - self._began

    @property
    def latency_ms(self) -> dict[str, float]:
        ascending = sorted(self._latencies_ms)
        return {f"p{percent}": percentile(ascending, percent) for percent in (50, 95, 99)}

    @property
    def layer_ms(self) -> dict[str, float]:
        return {name: percentile(sorted(times), 50) for name, times in self._layer_ms.items()}


class _Together:
    """Frames that are computed together, as soon as there are enough of them."""

    def __init__(self, network: RunningNetwork, count: int, timings: _Timings) -> None:
        self._network, self._count, self._timings = network, count, timings
        layers = network.spec.layers
        if count > 1:
            # Nothing of a batch is kept but what nobody reads.
            read = {name for place in range(len(layers)) for name in network.spec.inputs_of(place)}
            layers = tuple(layer for layer in layers if layer.id not in read)
        self._observers: Observers = dict.fromkeys((layer.id for layer in layers), _ignore)
        self._frames: list[Frame] = []
        self._pictures: list[NDArray[np.uint8]] = []

    def add(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._pictures.append(self._network.seen(frame))
        if len(self._frames) == self._count:
            self.compute()

    def compute(self) -> None:
        """Compute those that wait."""
        count = len(self._frames)
        if count == 1:
            window = self._frames[0].window
            keys = None if window is None else window.keys
            self._network.run(self._pictures[0], self._observers, keys=keys)
        elif count:
            self._network.run_together(self._pictures, self._observers)
        if count:
            layer_ms = {name: taken / count for name, taken in self._network.layer_ms.items()}
            for frame in self._frames:
                self._timings.add(frame.time, layer_ms)
            self._frames, self._pictures = [], []


def _at_a_time(request: BatchRequest) -> int:
    """Return how many frames to compute together: more than one of a folder, if memory allows."""
    if request.address.kind != "folder":
        return 1
    maps = sum(prod(shape) for shape in infer(request.spec).shapes.values())
    room = network_memory() // max(1, 2 * limits.BYTES_PER_VALUE * maps)
    return max(1, min(_MOST_TOGETHER, request.frames, room))


def _run_in_order(request: BatchRequest, is_stopped: Callable[[], bool]) -> BatchReport:
    network = RunningNetwork(request.spec, request.weights)
    timings = _Timings()
    together = _Together(network, _at_a_time(request), timings)
    frame: Frame | None = None
    buffer = FrameBuffer()
    buffer.aim(request.spec.input)
    count = read = 0
    ended_early = ""
    warnings: list[str] = []
    has_told_slow = False
    try:
        with open_source(request.address, is_stopped=is_stopped) as source:
            while count < request.frames and not ended_early:
                try:
                    picture = None if is_stopped() else source.read()
                except SourceError as error:
                    if not source.info.live or not read:
                        raise
                    ended_early = STOPPED if is_stopped() else str(error)
                    continue
                finally:
                    warnings += map(str, source.take_warnings())
                if picture is None:
                    ended_early = STOPPED if is_stopped() else SOURCE_ENDED
                    continue
                read += 1
                now = time.monotonic()
                seconds, window = buffer.take(source, picture)
                if window is not None and not window.is_full:
                    continue
                is_still = source.info.frame_count == 1 and not source.info.live
                if window is not None and not is_still and not has_told_slow:
                    has_told_slow = is_too_slow(window)
                    warnings += [str(too_slow(request.address.label, window))] * has_told_slow
                frame = Frame(count, now, picture, source.position, seconds, window)
                together.add(frame)
                count += 1
    except StoppedError:
        ended_early = STOPPED
    together.compute()
    if read and not count and ended_early != STOPPED:
        raise too_short(request.address.label, request.spec.input, read)
    snapshot = None
    order = request.snapshot
    if order is not None and frame is not None:
        order.tell_plan(request.spec)
        content = network.snapshot(
            frame,
            request.address.label,
            layer_ids=order.layer_ids,
            most_pictures=order.most_pictures,
        )
        try:
            snapshot = write_snapshot(order.parent, content, order.on_progress, order.is_cancelled)
        except SaveCancelledError:
            ended_early = STOPPED
    return BatchReport(
        captured=count,
        processed=count,
        dropped=0,
        seconds=timings.seconds,
        ended_early=ended_early,
        warnings=tuple(warnings),
        latency_ms=timings.latency_ms,
        layer_ms=timings.layer_ms,
        snapshot=snapshot,
    )


def _ignore(_: NDArray[np.float32]) -> None:
    """Observe a layer so that it is computed."""


def _run_realtime(request: BatchRequest, is_stopped: Callable[[], bool]) -> BatchReport:
    news = threading.Event()
    pipeline = LivePipeline(news.set)
    pipeline.start()
    try:
        return _LiveRun(request, pipeline, news, is_stopped).report()
    finally:
        pipeline.close()


class _LiveRun:
    """Drives the live pipeline as the window does, with nobody looking on."""

    def __init__(
        self,
        request: BatchRequest,
        pipeline: LivePipeline,
        news: threading.Event,
        is_stopped: Callable[[], bool],
    ) -> None:
        self._request = request
        self._pipeline = pipeline
        self._news = news
        self._is_stopped = is_stopped
        self._timings = _Timings()
        self._frames = request.frames
        self._ended_early = ""
        self._warnings: list[str] = []
        self._counters = Counters()
        self._snapshot: Path | None = None
        self._was_cancelled = False

    def report(self) -> BatchReport:
        layer_ids = tuple(layer.id for layer in self._request.spec.layers)
        self._pipeline.tell(SetView(ViewRequest(thumbnails=layer_ids)))
        self._pipeline.tell(SetNetwork(self._request.spec, 1, self._request.weights))
        # Frames count as captured from the first full window on, so the source must know what that
        # is before it opens: building the network, which tells it, may take longer.
        self._pipeline.tell(SetInput(self._request.spec.input))
        self._pipeline.tell(Play(Playback(loop=False)))
        self._pipeline.tell(OpenSource(self._request.address))
        self._wait_until(self._is_over)
        self._pipeline.tell(CloseSource())
        self._wait_until(self._is_idle)
        request, read = self._request, self._pipeline.meter.read
        sees_several = request.spec.input.frames > 1
        is_empty = read > 0 and not self._counters.processed
        if sees_several and is_empty and self._ended_early != STOPPED:
            raise too_short(request.address.label, request.spec.input, read)
        if self._request.snapshot is not None:
            self._take_snapshot(self._request.snapshot)
        too_few = self._counters.captured < self._request.frames
        return BatchReport(
            captured=self._counters.captured,
            processed=self._counters.processed,
            dropped=self._counters.dropped,
            seconds=self._timings.seconds,
            ended_early=self._ended_early or (SOURCE_ENDED if too_few else ""),
            warnings=tuple(self._warnings),
            latency_ms=self._timings.latency_ms,
            layer_ms=self._timings.layer_ms,
            snapshot=self._snapshot,
        )

    def _take_snapshot(self, order: SnapshotOrder) -> None:
        order.tell_plan(self._request.spec)
        self._pipeline.tell(TakeSnapshot(order.parent, order.layer_ids, order.most_pictures))

        def is_over() -> bool:
            if order.is_cancelled():
                self._pipeline.tell(CancelSnapshots())
            return self._snapshot is not None or self._was_cancelled

        self._wait_until(is_over)

    def _is_over(self) -> bool:
        if self._is_stopped():
            self._ended_early = STOPPED
        return bool(self._ended_early) or self._pipeline.meter.counters().captured >= self._frames

    def _is_idle(self) -> bool:
        counters = self._counters = self._pipeline.meter.counters()
        return counters.processed + counters.dropped >= counters.captured

    def _wait_until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            self._news.wait(_LONGEST_WAIT_S)
            self._news.clear()
            self._take_news()

    def _take_news(self) -> None:
        for event in self._pipeline.outbox.take_events():
            match event:
                case SourceFailed() | NetworkFailed() | JobFailed():
                    raise event.error
                case Crashed():
                    raise RuntimeError(event.report)
                case SourceOpened() if event.info.frame_count == 1 and not event.info.live:
                    # It is captured once and held.
                    self._frames = 1
                case SourceEnded():
                    self._ended_early = SOURCE_ENDED
                case SourceWarned():
                    self._warnings.append(str(event.error))
                case SourceLost():
                    self._ended_early = str(event.error)
                case SaveProgress() if self._request.snapshot is not None:
                    self._request.snapshot.on_progress(event.done, event.total)
                case SaveCancelled():
                    self._was_cancelled = True
                    self._ended_early = STOPPED
                case Saved():
                    self._snapshot = event.path
        result = self._pipeline.outbox.take_result()
        if result is None or result.filling is not None:
            return
        if result.fresh and result.is_complete:
            self._timings.add(result.time, result.layer_ms)
            self._pipeline.mark_shown(result)
