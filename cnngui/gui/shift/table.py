"""How much each layer changed, as rows with a bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.explain.shift import Change
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import ACCENT, SPACE_L, SPACE_M, SPACE_S, colors
from cnngui.gui.words.numbers import share_text

_ROW = 22
_NAMES, _NUMBERS, _PATCH = 150, 68, 10
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

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = colors()
        align = int(Qt.AlignmentFlag.AlignVCenter)
        right = align | int(Qt.AlignmentFlag.AlignRight)
        self._paint_head(painter)
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

    def _paint_head(self, painter: QPainter) -> None:
        """Say which colour is what, beginning over the bars; numbers stand in the same order."""
        x = float(_NAMES)
        for color, words in (
            (ACCENT, self.tr("changed")),
            (_MOVED, self.tr("after moving along")),
        ):
            painter.fillRect(QRectF(x, (_ROW - _PATCH) / 2, _PATCH, _PATCH), color)
            x += _PATCH + SPACE_S
            painter.setPen(QColor(colors().muted))
            room = QRectF(x, 0, self.width() - x, _ROW)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)
            x += painter.fontMetrics().horizontalAdvance(words) + SPACE_L

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
