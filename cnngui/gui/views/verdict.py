"""What the network says of the picture, in letters for the back row: a window of its own."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QFont,
    QFontMetricsF,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from cnngui.engine.learning.losses import softmax
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.words.moments import frames_so_far
from cnngui.gui.words.numbers import share_text
from cnngui.gui.words.translation import translated
from cnngui.pipeline.lenses.scores import Scores
from cnngui.pipeline.results import FrameResult

_NAME_SHARE = 0.55
"""Of the window's height, for the name; what is left is for the figure."""
_SIDE_SHARE = 0.92
_SURE = 0.5
"""A name with less is a guess among several, and is written in a muted colour."""


class VerdictWindow(QWidget):
    """The strongest class as large as the window; it can be put on another screen.

    Signals
    -------
    closed : the user has closed it.
    """

    closed = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._state = state
        self._name = ""
        self._share = 0.0
        self._waits = ""
        self._reason = self._no_classes()
        self.setObjectName("verdict")
        self.setWindowTitle(self.tr("What the network sees"))

    @property
    def name(self) -> str:
        """The class named; empty where none is."""
        return self._name

    @property
    def reason(self) -> str:
        """Why no class is named; empty where one is."""
        return self._reason

    def show_result(self, result: FrameResult) -> None:
        """Tell the strongest class of a result that has scores."""
        network, found = self._state.network, result.part(Scores)
        self._show_filling(result)
        if found is None:
            return
        self._name, self._share, self._reason = "", 0.0, ""
        last = next((layer for layer in reversed(network.layers) if layer.enabled), None)
        if last is None or len(network.classes) != len(found.values):
            self._reason = self._no_classes()
        elif found.is_untrained:
            self._reason = self.tr("Not trained yet")
        else:
            are_shares = last.arithmetic == "softmax"
            shares = found.values if are_shares else softmax(found.values[np.newaxis])[0]
            best = int(np.argmax(shares))
            self._name, self._share = translated(network.classes[best]), float(shares[best])
        self.setAccessibleName(self._reason or f"{self._name}, {share_text(self._share)}")
        self.update()

    def _show_filling(self, result: FrameResult) -> None:
        """Pale the last name while the network waits for frames, and tell how many there are."""
        words = "" if result.filling is None else frames_so_far(*result.filling)
        if words != self._waits:
            self._waits = words
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(960, 360)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._state.set_verdict_shown(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._state.set_verdict_shown(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().window())
        scheme = colors()
        width, height = self.width() * _SIDE_SHARE, float(self.height())
        words = self._name or self._reason
        is_sure = bool(self._name) and self._share >= _SURE and not self._waits
        name = QRectF((self.width() - width) / 2, 0, width, height * (_NAME_SHARE + 0.15))
        painter.setPen(QColor(scheme.text if is_sure else scheme.muted))
        painter.setFont(_fitting(self.font(), words, width, height * _NAME_SHARE))
        painter.drawText(name, int(Qt.AlignmentFlag.AlignCenter), words)
        if self._name or self._waits:
            below = QRectF(name.left(), name.bottom(), width, height - name.bottom())
            figure = self._waits or share_text(self._share)
            painter.setPen(QColor(scheme.muted))
            painter.setFont(_fitting(self.font(), figure, width, 0.6 * below.height()))
            painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), figure)

    def _no_classes(self) -> str:
        return self.tr("No classes yet")


def _fitting(font: QFont, words: str, width: float, height: float) -> QFont:
    """Return a font in which words have room in a rectangle."""
    fitting = QFont(font)
    fitting.setPixelSize(max(round(height), 1))
    needed = QFontMetricsF(fitting).horizontalAdvance(words)
    if needed > width:
        fitting.setPixelSize(max(int(height * width / needed), 1))
    return fitting
