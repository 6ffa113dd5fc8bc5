"""Small pictures that move: those of clips, shown in a loop while somebody can see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from cnngui.gui.widgets.pictures import plain_image

INTERVAL_MS = 110
"""From one frame to the next: the eight of a thumbnail take about as long as a gesture."""
_RESTS = 4
"""So many moments the last frame is held, so that it can be seen where a motion ends."""

Frames = tuple[QImage, ...]
"""Of a still picture one, of a clip several."""


def frames_of(pixels: NDArray[np.uint8]) -> Frames:
    """Return a thumbnail's frames: ``(H, W, 3)`` of a picture, ``(T, H, W, 3)`` of a clip."""
    if pixels.ndim == 3:
        return (plain_image(pixels),)
    return tuple(plain_image(frame) for frame in pixels)


def frame_at(frames: Sequence[QImage], moment: int) -> QImage:
    """Return the frame that is shown at a moment."""
    if len(frames) == 1:
        return frames[0]
    return frames[min(moment % (len(frames) + _RESTS), len(frames) - 1)]


class Moments(QObject):
    """Counts moments as long as a widget is in sight and something on it moves.

    Parameters
    ----------
    widget : whose pictures move.

    Signals
    -------
    passed : the next moment has come; ``now``.
    """

    passed = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.now = 0
        self._widget = widget
        self._moves = False
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        widget.installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether moments are counted."""
        return self._timer.isActive()

    def set_moving(self, moves: bool) -> None:
        """Say whether something moves on the widget."""
        self._moves = moves
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        runs = self._moves and self._widget.isVisible()
        if runs and not self._timer.isActive():
            self._timer.start()
        elif not runs:
            self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._widget.window().isMinimized():
            return
        self.now += 1
        self.passed.emit()
