"""The cameras present, asked for in a thread: a device driver may take its time to answer."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnngui.capture.cameras import CameraInfo, list_cameras
from cnngui.errors import UserError

_REFRESH_MS = 2_000
_JOIN_TIMEOUT_S = 1.0
_log = logging.getLogger("cnngui")


class CameraList(QObject):
    """Keeps the list of cameras fresh while somebody looks at it or waits for one."""

    changed = Signal()
    """``cameras`` is another tuple now."""
    _listed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cameras: tuple[CameraInfo, ...] | None = None
        """What was found last; None until the first answer."""
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._clock = QTimer(self, interval=_REFRESH_MS)
        self._clock.timeout.connect(self.refresh)
        self._listed.connect(self._on_listed)

    def watch(self, watching: bool) -> None:
        """List again every few seconds, beginning now, or stop doing so."""
        if watching:
            self.refresh()
            self._clock.start()
        else:
            self._clock.stop()

    @Slot()
    def refresh(self) -> None:
        """Ask for the list once; nothing happens while the last question is unanswered."""
        if self._closed.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=self._list, name="camera list", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop asking; an unanswered question is waited for, but not long."""
        self._clock.stop()
        self._closed.set()
        if self._thread is not None:
            self._thread.join(_JOIN_TIMEOUT_S)

    def _list(self) -> None:
        try:
            cameras = list_cameras()
        except UserError as error:
            _log.warning("the cameras could not be listed: %s", error)
            cameras = ()
        if not self._closed.is_set():
            self._listed.emit(cameras)

    @Slot(object)
    def _on_listed(self, cameras: tuple[CameraInfo, ...]) -> None:
        if cameras != self.cameras:
            self.cameras = cameras
            self.changed.emit()
