"""The real window on a camera that is always there, watched from inside the GUI thread."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from cnngui.capture.address import SourceAddress
from cnngui.capture.cameras import CameraInfo, set_backend
from cnngui.capture.opening import open_source
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Picture
from cnngui.gui.bridge import PipelineBridge
from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.gui.theme import apply_theme
from cnngui.gui.window.main_window import MainWindow
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.results import FrameResult
from cnngui.spec.network import NetworkSpec

WINDOW_SIZE = (1600, 1000)
PATIENCE_S = 30.0

_CAMERA = "Film of a camera"
_PICTURES = 50
_TICK_MS = 4
"""A clock of one millisecond costs frames: it takes the interpreter from the engine too often."""


class _FilmCamera:
    """A camera that films the built-in clip, forth and back, at a steady rate."""

    def __init__(self, pictures: Sequence[Picture], rate: float) -> None:
        self.rate = rate
        self._pictures = (*pictures, *pictures[-2:0:-1])
        self._index = 0
        self._due = time.monotonic()

    def read(self) -> Picture:
        now = time.monotonic()
        time.sleep(max(self._due - now, 0.0))
        # What nobody fetched in time is gone.
        self._due = max(self._due, now) + 1.0 / self.rate
        self._index += 1
        return self._pictures[self._index % len(self._pictures)]

    def close(self) -> None:
        pass


class _FilmCameras:
    """A machine with that camera alone."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        with open_source(SourceAddress("sample")) as clip:
            pictures = [clip.read() for _ in range(_PICTURES)]
        self._pictures = [picture for picture in pictures if picture is not None]

    def list(self) -> list[CameraInfo]:
        return [CameraInfo(_CAMERA, 0)]

    def open(self, camera: CameraInfo, settings: CaptureSettings) -> _FilmCamera:
        return _FilmCamera(self._pictures, self._rate)


class GuiClock(QObject):
    """Measures how long the GUI thread keeps a timer of a few milliseconds waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._before = 0.0
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        self.gaps_ms.clear()
        self._before = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._before) * 1e3)
        self._before = now


class LiveWindow:
    """The window, running.

    Attributes
    ----------
    latencies_ms : from capture to screen, of every frame painted since ``forget``.
    processed, shown : frames since the window was there. The program's own counters begin anew with
        every source.
    """

    def __init__(self, window: MainWindow, document: Document) -> None:
        self.window = window
        self.document = document
        bridge = window.findChild(PipelineBridge)
        if bridge is None:
            raise LookupError("the window has no pipeline")
        self.pipeline: LivePipeline = bridge.pipeline
        self.latencies_ms: list[float] = []
        self.processed = self.shown = 0
        self._add_processed = self.pipeline.meter.add_processed
        self.pipeline.meter.add_processed = self._on_processed  # type: ignore[method-assign]
        self._mark_shown = self.pipeline.mark_shown
        self.pipeline.mark_shown = self._on_shown  # type: ignore[method-assign]

    def open_camera(self) -> None:
        """Change to the camera."""
        self.window.source.open(SourceAddress("camera", _CAMERA))

    def open_clip(self) -> None:
        """Change to the built-in clip, which plays over and over."""
        self.window.source.open(SourceAddress("sample"))

    def forget(self) -> None:
        """Count from zero again."""
        self.latencies_ms.clear()
        self.pipeline.meter.reset()

    def run(self, seconds: float) -> None:
        """Let the window live for so long."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1e3), loop.quit)
        loop.exec()

    def run_until(self, reached: Callable[[], bool], what: str) -> None:
        """Let the window live until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not reached():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come in {PATIENCE_S} s")
            self.run(0.02)

    def _on_processed(self, captured_at: float) -> None:
        self._add_processed(captured_at)
        self.processed += 1

    def _on_shown(self, result: FrameResult) -> None:
        self._mark_shown(result)
        if result.fresh and not result.continues:
            self.shown += 1
            self.latencies_ms.append((time.monotonic() - result.time) * 1e3)


@contextmanager
def live_window(network: NetworkSpec, rate: float, threads: int = 0) -> Iterator[LiveWindow]:
    """Show the window on a camera of 640x480 at ``rate`` frames a second; maps are on it."""
    application = QApplication.instance() or QApplication(["cnngui"])
    apply_theme(application, "light")  # type: ignore[arg-type]
    set_backend(_FilmCameras(rate))
    with tempfile.TemporaryDirectory() as folder:
        document = Document()
        window = MainWindow(Settings(Path(folder) / "cnngui.json"), document)
        live = LiveWindow(window, document)
        try:
            window.start(threads)
            document.begin_with(network)
            live.open_camera()
            window.setWindowState(Qt.WindowState.WindowNoState)
            window.resize(*WINDOW_SIZE)
            window.show()
            live.run_until(lambda: bool(live.latencies_ms), "the first picture")
            yield live
        finally:
            window.close()
            set_backend(None)
