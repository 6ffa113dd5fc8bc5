"""The live path as one object: what the window tells it, and what it gets back.

Every call returns at once; the work is done by threads. News is announced by one bell.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from cnngui.capture.frame import Frame
from cnngui.capture.opening import open_source
from cnngui.engine import parallel
from cnngui.pipeline.capture_commands import SetInput
from cnngui.pipeline.capture_worker import RETRY_DELAYS_S, CaptureWorker
from cnngui.pipeline.commands import Command
from cnngui.pipeline.data_desk import DataDesk
from cnngui.pipeline.engine_worker import EngineWorker
from cnngui.pipeline.file_worker import FileWorker, Job
from cnngui.pipeline.kernel_painter import KernelPainter
from cnngui.pipeline.meter import Meter
from cnngui.pipeline.outbox import Outbox
from cnngui.pipeline.recording_worker import RecordingWorker
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.sample_recorder import SampleRecorder
from cnngui.pipeline.source_opener import SourceOpening
from cnngui.pipeline.training.progress import TrainingEnded
from cnngui.pipeline.training.run_keeper import RunKeeper
from cnngui.pipeline.training.run_store import RunStore
from cnngui.pipeline.training.worker import TrainingWorker
from cnngui.pipeline.turns import Turns
from cnngui.pipeline.worker import Worker

CLOSE_TIMEOUT_S = 10.0
"""For files to be made whole. Nobody waits so long for a source."""


class LivePipeline:
    """Source, network and files, each in a thread of its own.

    Parameters
    ----------
    on_news : called from some thread when there was nothing to take and now there is; it must
        return at once. Take everything there is before waiting for the next call.
    open_source : opens what an address names.
    retry_delays_s : waiting times before a lost camera or stream is tried again.
    runs_folder : where trainings are kept; None takes one for temporary files.

    Attributes
    ----------
    outbox : the newest result, and what happened, to be taken.
    meter : how well the pipeline keeps up.
    data : what the window asks about samples.
    """

    def __init__(
        self,
        on_news: Callable[[], None],
        open_source: SourceOpening = open_source,
        retry_delays_s: tuple[float, ...] = RETRY_DELAYS_S,
        runs_folder: Path | None = None,
    ) -> None:
        self.outbox = Outbox(on_news, self._on_result_taken)
        self.meter = Meter()
        report = self.outbox.put_event
        self._files = FileWorker(report)
        self._recording = RecordingWorker(report)
        self._kernels = KernelPainter(report)
        turns = Turns()
        self._engine = EngineWorker(
            self._on_result,
            self._files,
            self.meter,
            report,
            turns,
            aim=lambda described: self._capture.tell(SetInput(described)),
            is_awaited=self._is_awaited,
        )
        self.data = DataDesk(report)
        self._sampling = SampleRecorder(report, self.data.open_samples)
        self._capture = CaptureWorker(
            self._on_frame,
            self.meter,
            report,
            open_source,
            retry_delays_s,
            on_read=self._sampling.offer_every,
        )
        self._store = store = RunStore(runs_folder or Path(gettempdir()) / "cnngui-runs")
        self._trainer = TrainingWorker(self._engine.tell, turns, report, self._files, store)
        self._workers: tuple[Worker[Any], ...] = (
            self._files,
            self._recording,
            self._kernels,
            self._engine,
            self._sampling,
            self._capture,
            self._trainer,
        )
        self._hearers: dict[type, list[Callable[[Any], bool]]] = defaultdict(list)
        for hearer in (*self._workers, RunKeeper(self._files, store)):
            for command in hearer.carries_out:
                self._hearers[command].append(hearer.tell)
        self._shown_time = 0.0

    def start(self) -> None:
        """Start the threads."""
        for worker in self._workers:
            worker.start()
        self.data.start()

    def tell(self, command: Command) -> None:
        """Have a command carried out, by all whom it concerns."""
        for hear in self._hearers[type(command)]:
            hear(command)

    def end_training(self, timeout_s: float) -> TrainingEnded | None:
        """Stop a training under way, keep it, and end its thread, within the time given.

        Returns the last training's end, if there was one; None also where time did not suffice.
        """
        self._trainer.stop()
        self._trainer.join(timeout_s)
        return self._trainer.ended

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Stop everything, whatever is under way, within the time given.

        A recording is finished, a network and snapshots that were to be saved are saved. What of
        the snapshots is not done after three quarters of the time is removed. Whoever computes has
        the first half: what needs longer cuts nothing of what is being written.
        """
        began = time.monotonic()
        deadline = began + timeout_s

        def left_until(share: float) -> float:
            return began + share * timeout_s - time.monotonic()

        self._capture.stop()
        self._recording.stop()
        self._kernels.stop()
        self._sampling.stop()
        self.data.stop()
        self._trainer.stop()
        # It computes with the engine's threads.
        self._trainer.join(left_until(1 / 4))
        self._engine.stop()
        # What the engine still has to have written must reach the files before they close.
        self._engine.join(left_until(1 / 2))
        self._files.tell(Job("run", self._store.close))
        self._files.stop()
        self._files.join(left_until(3 / 4))
        self._files.cancel("snapshot")
        self.data.join(deadline - time.monotonic())
        for worker in self._workers:
            worker.join(deadline - time.monotonic())
        # A job that came after the engine's end, such as measuring memory, calls helpers back.
        parallel.shutdown()

    def mark_shown(self, result: FrameResult) -> None:
        """Say that ``result`` is on the screen now."""
        if result.fresh and result.filling is None and result.time != self._shown_time:
            # The rest of a frame that was shown before its end is not another frame.
            self._shown_time = result.time
            self.meter.add_shown(result.time)

    def _on_frame(self, frame: Frame, source_name: str) -> None:
        self._engine.offer(frame, source_name)
        self._sampling.offer(frame)

    def _is_awaited(self) -> bool:
        return self.outbox.is_result_taken or self._recording.is_recording

    def _on_result_taken(self) -> None:
        self._engine.wake()

    def _on_result(self, result: FrameResult) -> None:
        if not result.continues:
            self._recording.offer(result)
        self.outbox.put_result(result)
