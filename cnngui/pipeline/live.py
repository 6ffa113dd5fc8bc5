"""The live path as one object: what the window tells it, and what it gets back.

Every call returns at once; the work is done by threads. News is announced by one bell.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

from cnngui.capture.address import SourceAddress
from cnngui.capture.frame import Frame
from cnngui.capture.opening import open_source
from cnngui.capture.settings import CaptureSettings
from cnngui.engine import parallel
from cnngui.formats.opening import open_network
from cnngui.pipeline.capture_worker import (
    RETRY_DELAYS_S,
    CaptureWorker,
    Close,
    Open,
    Play,
    Seek,
    Step,
)
from cnngui.pipeline.data_desk import DataDesk
from cnngui.pipeline.engine_commands import (
    SaveNetwork,
    SetFrozen,
    SetNetwork,
    SetThreads,
    SetView,
    TakeSnapshot,
)
from cnngui.pipeline.engine_worker import EngineWorker
from cnngui.pipeline.events import Event, NetworkRead
from cnngui.pipeline.file_worker import FileWorker, Job
from cnngui.pipeline.kernel_painter import KernelPainter
from cnngui.pipeline.messages import Playback, ViewRequest
from cnngui.pipeline.meter import Meter
from cnngui.pipeline.outbox import Outbox
from cnngui.pipeline.recording_worker import RecordingWorker, StartRecording, StopRecording
from cnngui.pipeline.results import Counters, FrameResult
from cnngui.pipeline.running import USUAL_COLORMAPS
from cnngui.pipeline.sample_recorder import SampleRecorder
from cnngui.pipeline.source_opener import OpenSource
from cnngui.pipeline.training.desk import TrainingDesk
from cnngui.pipeline.training.run_store import RunStore
from cnngui.pipeline.training.worker import TrainingWorker
from cnngui.pipeline.turns import Turns
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

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
    data, sampling, training, kernels : what the window asks about samples, of recording them, of
        a training, and of a layer's kernels.
    """

    def __init__(
        self,
        on_news: Callable[[], None],
        open_source: OpenSource = open_source,
        retry_delays_s: tuple[float, ...] = RETRY_DELAYS_S,
        runs_folder: Path | None = None,
    ) -> None:
        self._outbox = Outbox(on_news)
        self._meter = Meter()
        report = self._outbox.put_event
        self._files = FileWorker(report)
        self._recording = RecordingWorker(report)
        self.kernels = KernelPainter(report)
        turns = Turns()
        self._engine = EngineWorker(self._on_result, self._files, self._meter, report, turns)
        self.data = DataDesk(report)
        self.sampling = SampleRecorder(report, self.data.open_samples)
        self._capture = CaptureWorker(
            self._on_frame, self._meter, report, open_source, retry_delays_s
        )
        self._store = store = RunStore(runs_folder or Path(gettempdir()) / "cnngui-runs")
        self._trainer = TrainingWorker(self._engine, turns, report, self._files, store)
        self.training = TrainingDesk(self._trainer, self._engine, self._files, store)
        self._colormaps = USUAL_COLORMAPS
        self._network_name = ""
        self._cancellations = 0
        self._shown_time = 0.0

    def start(self) -> None:
        """Start the threads."""
        for worker in (
            self._files,
            self._recording,
            self.kernels,
            self._engine,
            self.data,
            self.sampling,
            self._capture,
            self._trainer,
        ):
            worker.start()

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Stop everything, whatever is under way, within the time given.

        A recording is finished, a network and snapshots that were to be saved are saved. What of
        the snapshots is not done after half of the time is removed.
        """
        deadline = time.monotonic() + timeout_s
        self._capture.stop()
        self._trainer.stop()
        # It computes with the engine's threads.
        self._trainer.join(timeout_s / 4)
        self._engine.stop()
        self.kernels.stop()
        self.sampling.stop()
        self.data.stop()
        # What the engine still has to have written must reach the files before they close.
        self._engine.join(deadline - time.monotonic())
        self._files.tell(Job("run", self._store.close))
        self._files.stop()
        self._recording.stop()
        self._files.join(deadline - time.monotonic() - timeout_s / 2)
        self.cancel_snapshot()
        for worker in (
            self._files,
            self._recording,
            self.kernels,
            self.sampling,
            self.data,
            self._trainer,
            self._capture,
        ):
            worker.join(deadline - time.monotonic())
        # A job that came after the engine's end, such as measuring memory, calls helpers back.
        parallel.shutdown()

    def open_source(self, address: SourceAddress, settings: CaptureSettings | None = None) -> None:
        """Change to another source and play it; ``SourceOpened`` or ``SourceFailed`` follows."""
        settings = replace(settings or CaptureSettings(), newest_only=True)
        self._capture.tell(Open(address, settings))

    def close_source(self) -> None:
        """Let go of the source; the last frame stays."""
        self._capture.tell(Close())

    def set_playback(self, playback: Playback) -> None:
        """Play as told; ``PlaybackChanged`` follows."""
        self._capture.tell(Play(playback))

    def seek(self, position: int) -> None:
        """Show the medium's frame at ``position``. Of many calls the newest wins."""
        self._capture.tell(Seek(position))

    def step(self, by: int = 1) -> None:
        """Pause, and go some frames forward or back."""
        self._capture.tell(Step(by))

    def set_frozen(self, frozen: bool) -> None:
        """Keep the frame that is shown, whatever the source does; the network may change."""
        self._engine.tell(SetFrozen(frozen))
        self.sampling.set_frozen(frozen)

    def set_network(
        self, spec: NetworkSpec, generation: int, weights: Weights | None = None
    ) -> None:
        """Compute with this network; ``NetworkApplied`` or ``NetworkFailed`` follows."""
        self._network_name = spec.name
        self._engine.tell(SetNetwork(spec, generation, weights))

    def set_view(self, view: ViewRequest) -> None:
        """Say what is on the screen."""
        self._engine.tell(SetView(view))

    def read_network(self, name_or_path: str) -> None:
        """Read a preset or a file; ``NetworkRead`` or ``JobFailed("network")`` follows."""

        def read() -> Event:
            found = open_network(name_or_path)
            return NetworkRead(name_or_path, found.spec, found.weights)

        self._files.tell(Job("network", read))

    def save_network(self, path: Path, spec: NetworkSpec) -> None:
        """Write the network, with its weights to ``.safetensors``; ``Saved`` or ``JobFailed``."""
        self._engine.tell(SaveNetwork(path, spec))

    def save_snapshot(self, parent: Path) -> None:
        """Write the frame shown and every layer's maps; ``Saved`` or ``JobFailed`` follows."""
        begun_at = self._cancellations
        self._engine.tell(
            TakeSnapshot(parent, self._colormaps, lambda: self._cancellations > begun_at)
        )

    def cancel_snapshot(self) -> None:
        """Give up every snapshot under way; ``SaveCancelled`` follows for each."""
        self._cancellations += 1

    def start_recording(self, parent: Path) -> None:
        """Write wall and input to a video file in ``parent`` from now on."""
        self._recording.tell(StartRecording(parent, self._network_name))

    def stop_recording(self) -> None:
        """Finish the video file; ``RecordingStopped`` follows."""
        self._recording.tell(StopRecording())

    def set_colormaps(self, sequential: str, diverging: str) -> None:
        """Choose the colours of snapshots and recordings."""
        self._colormaps = sequential, diverging
        self._recording.set_colormaps(sequential, diverging)

    def set_threads(self, count: int) -> None:
        """Choose how many cores the network is computed on."""
        self._engine.tell(SetThreads(count))

    def reset_counters(self) -> None:
        """Count from zero again."""
        self._meter.reset()

    def take_result(self) -> FrameResult | None:
        """Return the newest result if it was not taken before."""
        return self._outbox.take_result()

    def take_events(self) -> list[Event]:
        """Return what happened since the last call, oldest first."""
        return self._outbox.take_events()

    def counters(self) -> Counters:
        """Return how well the pipeline keeps up."""
        return self._meter.counters()

    def mark_shown(self, result: FrameResult) -> None:
        """Say that ``result`` is on the screen now."""
        if result.fresh and result.time != self._shown_time:
            # The rest of a frame that was shown before its end is not another frame.
            self._shown_time = result.time
            self._meter.add_shown(result.time)

    def _on_frame(self, frame: Frame, source_name: str) -> None:
        self._engine.offer(frame, source_name)
        self.sampling.offer(frame)

    def _on_result(self, result: FrameResult) -> None:
        if not result.continues:
            self._recording.offer(result)
        self._outbox.put_result(result)
