"""One evaluated sample: large, with the classes the network thought of."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.results.words import sample_words
from cnngui.gui.theme import SPACE_M, SPACE_S, colors, number_font, with_font
from cnngui.gui.widgets.bars import paint_bar
from cnngui.gui.widgets.moving import Frames, Moments, frame_at
from cnngui.gui.widgets.pictures import draw_picture, fitted
from cnngui.gui.widgets.plain import show_plainly
from cnngui.gui.words.lists import listed
from cnngui.gui.words.numbers import share_text
from cnngui.pipeline.training.progress import Evaluation

_SHOWN = 4


def _row_height() -> int:
    return with_font(20)


class SampleDetail(QWidget):
    """A picture, what it is and what it was taken for, and the largest probabilities."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = _Picture(self)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        show_plainly(self.words)
        self.words.setForegroundRole(QPalette.ColorRole.Text)
        self.bars = _Probabilities(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.picture, 1)
        column.addWidget(self.words)
        column.addWidget(self.bars)

    def show_sample(self, evaluation: Evaluation, place: int) -> None:
        """Show the sample at a place of an evaluation; its picture comes by ``show_picture``."""
        self.words.setText(sample_words(evaluation, place))
        self.bars.show_probabilities(evaluation, place)

    def show_picture(self, frames: Frames) -> None:
        """Show the picture of the sample, or the frames of a clip in a loop; none without any."""
        self.picture.show_frames(frames)


class _Picture(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._frames: Frames = ()
        self.moments = Moments(self)
        self.moments.passed.connect(self.update)
        self.setMinimumHeight(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The chosen sample"))

    @property
    def image(self) -> QImage:
        """What is shown now; null where there is nothing."""
        return frame_at(self._frames, self.moments.now) if self._frames else QImage()

    def show_frames(self, frames: Frames) -> None:
        self._frames = frames
        self.moments.set_moving(len(frames) > 1)
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors().canvas))
        image = self.image
        if not image.isNull():
            draw_picture(painter, fitted(image.size(), self.rect()), image)


class _Probabilities(QWidget):
    """A few labelled bars, the most probable class first; that of the sample is bold."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, float, bool]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setMinimumHeight(2 * _row_height())
        self.setAccessibleName(self.tr("Probabilities"))

    @property
    def rows(self) -> list[tuple[str, float, bool]]:
        """(class, probability, whether it is what the sample is)."""
        return self._rows

    def show_probabilities(self, evaluation: Evaluation, place: int) -> None:
        shares = np.nan_to_num(evaluation.probabilities[place])
        best = np.argsort(-shares, kind="stable")[:_SHOWN].tolist()
        label = int(evaluation.labels[place])
        if label not in best:
            best[-1:] = [label]
        self._rows = [
            (evaluation.classes[unit], float(shares[unit]), unit == label) for unit in best
        ]
        words = (f"{name} {share_text(share)}" for name, share, _ in self._rows)
        self.setAccessibleDescription(listed(words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, max(len(self._rows), 1) * _row_height())

    def _fitting_rows(self) -> list[tuple[str, float, bool]]:
        """Return the rows there is room for; the truth is always among them."""
        count = max(self.height() // _row_height(), 1)
        shown, left = self._rows[:count], self._rows[count:]
        truth = [row for row in left if row[2]]
        return shown[: count - len(truth)] + truth

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = number_font(self.font())
        middle, elide = Qt.AlignmentFlag.AlignVCenter, Qt.TextElideMode.ElideRight
        for row, (name, share, is_truth) in enumerate(self._fitting_rows()):
            font.setBold(is_truth)
            painter.setFont(font)
            metrics = painter.fontMetrics()
            value_width, name_width = metrics.horizontalAdvance("> 99.9 %"), self.width() // 3
            top = row * _row_height()
            painter.setPen(QColor(colors().text))
            painter.drawText(
                QRect(0, top, name_width, _row_height()),
                int(Qt.AlignmentFlag.AlignLeft | middle),
                metrics.elidedText(name, elide, name_width),
            )
            value = QRect(self.width() - value_width, top, value_width, _row_height())
            painter.setPen(QColor(colors().muted))
            painter.drawText(value, int(Qt.AlignmentFlag.AlignRight | middle), share_text(share))
            left = name_width + SPACE_M
            track = QRectF(left, top + 6, value.left() - SPACE_S - left, _row_height() - 12)
            paint_bar(painter, track, share, None)
