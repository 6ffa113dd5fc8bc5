"""The right words at the foot of the window: what was just done, and how fast frames pass."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_M, SPACE_S, colors, number_font, text_width
from cnngui.gui.widgets.plain import plain_tip
from cnngui.harmless import harmless
from cnngui.pipeline.results import Counters

_MESSAGE_MS = 12_000
_PROGRESS_WIDTH = 160


class StatusLine(QWidget):
    """A message that goes away by itself, progress of a long job, and the counters."""

    cancel_requested = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self._path: Path | None = None
        self._message = _MessageLabel()
        self._message.resized.connect(self._write)
        self._message.setObjectName("status_message")
        self._message.setTextFormat(Qt.TextFormat.RichText)
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._message.linkActivated.connect(self._on_link_activated)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(_PROGRESS_WIDTH)
        self._cancel = QToolButton()
        self._cancel.setObjectName("status_cancel")
        self._cancel.setIcon(icon("close"))
        self._cancel.setAutoRaise(True)
        self._cancel.setToolTip(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel what is under way"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._counters = QLabel()
        self._counters.setObjectName("status_counters")
        self._counters.setFont(number_font(self.font()))
        self._counters.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._counters.setToolTip(
            self.tr(
                "Frames a second that the source gave, that the network computed and that reached "
                "the screen; frames left out in all; time from capture to screen, median and the "
                "value that 95 of 100 frames stay below"
            )
        )
        reset = QToolButton()
        reset.setObjectName("status_reset")
        reset.setIcon(icon("restart"))
        reset.setAutoRaise(True)
        reset.setToolTip(self.tr("Count from zero"))
        reset.setAccessibleName(self.tr("Count from zero"))
        reset.clicked.connect(self.reset_requested)

        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, 0, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_S)
        row.addWidget(self._message, 1)
        for widget in (self._bar, self._cancel, self._counters, reset):
            row.addWidget(widget)
        self._clock = QTimer(self, interval=_MESSAGE_MS, singleShot=True)
        self._clock.timeout.connect(self.clear_message)
        self.clear_progress()

    def show_message(self, words: str, path: Path | None = None) -> None:
        """Say something for some seconds; with a path, followed by a link that opens it."""
        self._words, self._path = words, path
        self._write()
        self._clock.start()

    @Slot()
    def clear_message(self) -> None:
        """Say nothing: what was said is no longer so."""
        self._words, self._path = "", None
        self._write()

    @property
    def message(self) -> str:
        """What is being said, without the link."""
        return self._words

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Show how far a job is, with a button that cancels it."""
        self._bar.setFormat(f"{words} %p%")
        self._bar.setRange(0, max(total, 0))
        self._bar.setValue(done)
        self._bar.show()
        self._cancel.show()

    def clear_progress(self) -> None:
        """Take the progress away: the job is over."""
        self._bar.hide()
        self._cancel.hide()

    def show_counters(self, counters: Counters) -> None:
        """Show the numbers of the last seconds."""
        text = self.tr("{0} in   {1} processed   {2} shown   {3} dropped   {4} ms   95% {5} ms")
        self._counters.setText(
            text.format(
                f"{counters.rate_in:.1f}",
                f"{counters.rate_processed:.1f}",
                f"{counters.rate_shown:.1f}",
                counters.dropped,
                f"{counters.latency_median_ms:.0f}",
                f"{counters.latency_p95_ms:.0f}",
            )
        )
        # It only grows: what is pressed beside it stays where it is.
        width = self._counters.sizeHint().width()
        self._counters.setMinimumWidth(max(width, self._counters.minimumWidth()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._write()

    @Slot()
    def _write(self) -> None:
        metrics, room = self._message.fontMetrics(), self._message.width()
        place = "" if self._path is None else harmless(str(self._path))
        words = metrics.elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        text = escape(words)
        if place:
            room -= text_width(metrics, f"{words} ")
            shown = escape(metrics.elidedText(place, Qt.TextElideMode.ElideMiddle, room))
            # Spelt out, because a label keeps a link's old colour after a change of theme.
            text += f' <a href="open" style="color: {colors().link}">{shown}</a>'
        self._message.setText(text)
        self._message.setToolTip(plain_tip(f"{self._words} {place}".strip()))

    @Slot(str)
    def _on_link_activated(self, _link: str) -> None:
        if self._path is None:
            return
        folder = self._path if self._path.is_dir() else self._path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.show_message(self.tr("No program for folders answered. It is here:"), self._path)


class _MessageLabel(QLabel):
    """Tells when it has other room: what it says is cut to it."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
