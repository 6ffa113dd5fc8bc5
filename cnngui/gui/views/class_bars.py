"""The strongest classes of the network's last layer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.engine.learning.losses import softmax
from cnngui.gui.crashes import guarded
from cnngui.gui.theme import SPACE_M, SPACE_S, colors, number_font, text_width, with_font
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.bars import paint_bar, round_limit
from cnngui.gui.words.numbers import WIDEST_NUMBER, number_text, share_text
from cnngui.gui.words.translation import translated
from cnngui.pipeline.lenses.scores import Scores
from cnngui.pipeline.results import FrameResult

SHOWN = 5

_NAMES_SHARE = 0.45


def _row_height() -> int:
    return with_font(22)


class ClassBars(QWidget):
    """The largest scores, best first; hidden while the network does not end in any.

    A network whose weights were only drawn names no class: it says that it is not trained.
    """

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._rows: list[tuple[str, float, float]] = []
        self._room = 0
        self._is_untrained = False
        self._most = SHOWN
        self._signed = False
        self._are_shares = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Strongest classes"))
        state.colormaps_changed.connect(self.update)
        self.hide()

    @property
    def rows(self) -> list[tuple[str, float, float]]:
        """(name, score, length of the bar -1..1), best first; none of an untrained network."""
        return self._rows

    @property
    def reason(self) -> str:
        """Why no class is named; empty where some are."""
        if not self._is_untrained:
            return ""
        return self.tr("Not trained yet: its weights were drawn at random.")

    def show_result(self, result: FrameResult) -> None:
        """Paint the scores of a result that has them."""
        network, found = self._state.network, result.part(Scores)
        if found is None and not result.is_complete:
            return
        last = next((layer for layer in reversed(network.layers) if layer.enabled), None)
        shares = last is not None and last.arithmetic == "softmax"
        if found is None or last is None or not (shares or last.is_dense):
            self.hide()
            return
        scores = found.values
        is_named = len(network.classes) == len(scores)
        names = tuple(map(translated, network.classes)) if is_named else ()
        if names and not shares:
            scores = softmax(scores[np.newaxis])[0]  # what it was or will be trained with
        self._are_shares = bool(names) or shares
        self._signed = not self._are_shares and bool((scores < 0).any())
        limit = 1.0 if self._are_shares else round_limit(scores)
        best = np.argsort(-scores, kind="stable")[:SHOWN].tolist()
        self._is_untrained = found.is_untrained
        self._rows = [
            (names[unit] if names else str(unit), float(scores[unit]), float(scores[unit]) / limit)
            for unit in best
            if not found.is_untrained
        ]
        self.setAccessibleDescription(self.reason)
        # Of an untrained network, too: nothing moves when it begins to learn.
        if len(best) != self._room:
            self._room = len(best)
            self.updateGeometry()
        self.show()
        self.update()

    def fit_height(self, height: int) -> None:
        """Show no more classes than have room in a height, but the strongest."""
        most = min(max((height - self._height_of(0)) // _row_height(), 1), SHOWN)
        if most != self._most:
            self._most = most
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(240, self._height_of(min(self._room, self._most)))

    def _height_of(self, rows: int) -> int:
        return self.fontMetrics().height() + SPACE_S + rows * _row_height() + SPACE_M

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scheme = colors()
        title = QRect(0, 0, self.width(), self.fontMetrics().height() + SPACE_S)
        painter.setPen(QColor(scheme.muted))
        painter.drawText(title, int(Qt.AlignmentFlag.AlignLeft), self.tr("Strongest classes"))
        if self._is_untrained:
            below = self.rect().adjusted(0, title.bottom() + 1, 0, 0)
            flags = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
            painter.setPen(QColor(scheme.text))
            painter.drawText(below, flags, self.reason)
            return
        painter.setFont(number_font(self.font()))
        metrics = painter.fontMetrics()
        name_width = min(
            max((text_width(metrics, name) for name, _, _ in self._rows), default=0),
            round(self.width() * _NAMES_SHARE),
        )
        widest = "> 99.9 %" if self._are_shares else WIDEST_NUMBER
        value_width = metrics.horizontalAdvance(widest)
        left_middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        right_middle = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for row, (name, score, share) in enumerate(self._rows[: self._most]):
            top = title.bottom() + 1 + row * _row_height()
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width)
            painter.setPen(QColor(scheme.text))
            painter.drawText(QRect(0, top, name_width, _row_height()), left_middle, text)
            value = share_text(score) if self._are_shares else number_text(score)
            number = QRect(self.width() - value_width, top, value_width, _row_height())
            painter.setPen(QColor(scheme.muted))
            painter.drawText(number, right_middle, value)
            track = QRectF(
                name_width + SPACE_M,
                top + 6,
                number.left() - name_width - 2 * SPACE_M,
                _row_height() - 12,
            )
            paint_bar(painter, track, share, self._state.diverging if self._signed else None)
