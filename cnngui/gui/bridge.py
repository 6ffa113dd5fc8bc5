"""Brings news from the pipeline's threads into the GUI thread, and drains it there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.results import FrameResult


class PipelineBridge(QObject):
    """Owns the pipeline and rings through to whoever paints.

    The pipeline rings only when there was nothing to fetch before, and the ring carries nothing:
    a slow window fetches the newest result and never falls behind a queue of old ones.

    Parameters
    ----------
    runs_folder : where the pipeline keeps trainings.
    """

    result_ready = Signal(object)
    """A ``FrameResult`` of the network that runs now."""
    event_received = Signal(object)
    """An ``Event`` of ``pipeline.events``; every one, in order."""
    _rung = Signal()

    def __init__(self, runs_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.generation = 0
        """Results of an older network than this are not shown."""
        self._awaiting_paint: FrameResult | None = None
        self._rung.connect(self._on_rung, Qt.ConnectionType.QueuedConnection)
        self.pipeline = LivePipeline(self._rung.emit, runs_folder=runs_folder)

    def result_painted(self) -> None:
        """Note that the window has painted, and with it the result handed out last."""
        if self._awaiting_paint is not None:
            self.pipeline.mark_shown(self._awaiting_paint)
            self._awaiting_paint = None

    @Slot()
    def _on_rung(self) -> None:
        for event in self.pipeline.outbox.take_events():
            self.event_received.emit(event)
        result = self.pipeline.outbox.take_result()
        if result is not None and result.generation >= self.generation:
            self._awaiting_paint = result
            self.result_ready.emit(result)
