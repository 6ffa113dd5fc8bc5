"""The source at its own tempo, with frames dropped as the window does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from cnngui.pipeline.batch.orders import (
    SOURCE_ENDED,
    STOPPED,
    BatchReport,
    BatchRequest,
    SnapshotOrder,
)
from cnngui.pipeline.batch.timings import Timings
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
from cnngui.pipeline.frame_buffer import too_short
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import Playback, ViewRequest
from cnngui.pipeline.results import Counters

_LONGEST_WAIT_S = 0.1


def run_realtime(request: BatchRequest, is_stopped: Callable[[], bool]) -> BatchReport:
    """Run frames as the source gives them; see ``run_batch``."""
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
        self._timings = Timings()
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
