"""How much each layer changed, as rows with a bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.explain.shift import Change
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors
from cnngui.gui.words.numbers import share_text

_ROW = 22
_NAMES, _NUMBERS = 150, 76
_MOVED = QColor("#d97706")


@dataclass(frozen=True)
class _Row:
    key: str
    title: str
    change: Change


class ChangeTable(QWidget):
    """Draws rows: a name, the change, and the change that is left after moving along.

    ``chosen`` carries the key of a row that was clicked.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self._marked = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_changes(
        self, changes: Mapping[str, Change], titles: Mapping[str, str], marked: str = ""
    ) -> None:
        """Show changes by key, each under its title."""
        self._rows = [_Row(key, titles.get(key, key), found) for key, found in changes.items()]
        self._marked = marked
        self.setMinimumHeight(_ROW * (len(self._rows) + 1))
        self.setAccessibleDescription(
            "\n".join(
                f"{row.title}: {_text(row.change.changed)}, "
                f"{_text(row.change.changed_after_moving)}"
                for row in self._rows
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, self.minimumHeight())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().y() // _ROW) - 1
        if 0 <= place < len(self._rows):
            self.chosen.emit(self._rows[place].key)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = colors()
        align = int(Qt.AlignmentFlag.AlignVCenter)
        right = align | int(Qt.AlignmentFlag.AlignRight)
        head = QRectF(0, 0, self.width(), _ROW)
        painter.setPen(QColor(scheme.muted))
        painter.drawText(head.adjusted(_NAMES, 0, 0, 0), align, self.tr("changed"))
        painter.drawText(head, right, self.tr("after moving along"))
        largest = max((row.change.changed or 0.0 for row in self._rows), default=0.0) or 1.0
        for place, row in enumerate(self._rows, start=1):
            rect = QRectF(0, place * _ROW, self.width(), _ROW)
            if not rect.intersects(QRectF(event.rect())):
                continue
            if row.key == self._marked:
                painter.fillRect(rect, QColor(scheme.button))
            painter.setPen(QColor(scheme.text))
            title = painter.fontMetrics().elidedText(
                row.title, Qt.TextElideMode.ElideMiddle, _NAMES - SPACE_M
            )
            painter.drawText(rect.adjusted(SPACE_S, 0, 0, 0), align, title)
            track = rect.adjusted(_NAMES, 4, -2 * _NUMBERS, -4)
            self._bar(painter, track, row.change.changed, largest, ACCENT, upper=True)
            self._bar(painter, track, row.change.changed_after_moving, largest, _MOVED, upper=False)
            numbers = QRectF(track.right() + SPACE_S, rect.y(), _NUMBERS - SPACE_S, _ROW)
            painter.setPen(QColor(scheme.text))
            painter.drawText(numbers, right, _text(row.change.changed))
            numbers.translate(_NUMBERS, 0)
            painter.drawText(numbers, right, _text(row.change.changed_after_moving))

    def _bar(
        self,
        painter: QPainter,
        track: QRectF,
        share: float | None,
        largest: float,
        color: QColor,
        *,
        upper: bool,
    ) -> None:
        if share is None:
            return
        height = track.height() / 2 - 1
        top = track.y() if upper else track.center().y() + 1
        painter.fillRect(QRectF(track.x(), top, track.width() * share / largest, height), color)


def _text(share: float | None) -> str:
    return "–" if share is None else share_text(share)
