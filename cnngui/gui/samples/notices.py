"""What goes wrong with samples, said in the window's bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.words.errors import error_text
from cnngui.pipeline.data_events import (
    DatasetFailed,
    DatasetOpened,
    SampleRecorded,
    SamplesFailed,
    SamplingFailed,
    SamplingPaused,
    SamplingStarted,
    SamplingStopped,
)
from cnngui.pipeline.events import Event

_DATA, _SAMPLES, _SAMPLING = "data", "samples", "sampling"


class SamplesNotices(QObject):
    """Hears the pipeline and tells the user what cannot be opened, changed or recorded."""

    def __init__(self, notices: NoticeBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices

    @Slot(object)
    def take_event(self, event: Event) -> None:
        """Say what went wrong, and take it away when it is over."""
        match event:
            case DatasetFailed(_, error):
                self._notices.show_notice(Notice(error_text(error), key=_DATA))
            case DatasetOpened():
                self._notices.dismiss(_DATA)
            case SamplesFailed(_, error):
                self._notices.show_notice(Notice(error_text(error), key=_SAMPLES))
            case SamplingFailed(_, error, _):
                self._notices.show_notice(Notice(error_text(error), key=_SAMPLING))
            case SamplingPaused(_, error):
                self._notices.show_notice(Notice(error_text(error), "warning", key=_SAMPLING))
            case SamplingStarted() | SampleRecorded() | SamplingStopped():
                self._notices.dismiss(_SAMPLING)
