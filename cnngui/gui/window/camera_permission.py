"""The user's consent to cameras, which macOS asks for, on the main thread only.

OpenCV would ask from the thread that opens the camera, and fail.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QCameraPermission, QCoreApplication, QObject, QPermission, Qt

IS_ASKED_FOR = sys.platform == "darwin"
_OPENCV_ASKS_NOT = "OPENCV_AVFOUNDATION_SKIP_AUTH"


class CameraPermission(QObject):
    """Lets a camera be opened once the user has answered; at once where nobody is asked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: Callable[[], None] | None = None
        if IS_ASKED_FOR:
            os.environ.setdefault(_OPENCV_ASKS_NOT, "1")

    def then(self, open_camera: Callable[[], None]) -> None:
        """Call this when the user has answered, whatever the answer: a refusal is told by opening.

        What has waited until now is given up.
        """
        self._waiting = None
        if not must_ask():
            open_camera()
            return
        self._waiting = open_camera
        ask(self, self._on_answered)

    def give_up(self) -> None:
        """Open no camera any more: another source was chosen meanwhile."""
        self._waiting = None

    def _on_answered(self, _permission: QPermission) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()


def must_ask() -> bool:
    """Return whether the user has not yet been asked."""
    application = QCoreApplication.instance()
    if not IS_ASKED_FOR or application is None:
        return False
    status = application.checkPermission(QCameraPermission())
    return status == Qt.PermissionStatus.Undetermined


def ask(context: QObject, on_answered: Callable[[QPermission], None]) -> None:
    """Let the system ask the user."""
    application = QCoreApplication.instance()
    if application is not None:
        application.requestPermission(QCameraPermission(), context, on_answered)
