"""A line of text that is cut where its room ends, with "…" for what is missing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from cnngui.gui.theme import text_width

_SPARED = 2
"""Pixels by which a text may come out wider than its letters were counted."""


class ElidingLabel(QLabel):
    """A label that may be as narrow as a "…" and shows as much of its line as there is room for.

    ``text`` returns the whole text, also where less is shown; no markup is looked for in it.
    ``mode`` says where it is cut.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = text
        self._show_what_fits()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_what_fits()

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(text_width(metrics, "…"), metrics.height())

    def _show_what_fits(self) -> None:
        room = self.width() - _SPARED
        super().setText(self.fontMetrics().elidedText(self._text, self._mode, room))
