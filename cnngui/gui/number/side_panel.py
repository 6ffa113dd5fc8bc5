"""Beside the terms: the map that fills, what the number sees, and what sharing weights is worth."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnngui.explain.receptive import fields
from cnngui.explain.sharing import Sharing, sharing_of
from cnngui.gui.crashes import guarded
from cnngui.gui.number.map_view import MapView
from cnngui.gui.number.words import meaning_text, sight_text
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.picture_view import Picture
from cnngui.gui.widgets.pictures import indexed_image
from cnngui.gui.words.moments import moment_in
from cnngui.gui.words.numbers import number_text
from cnngui.gui.words.sizes import size_words
from cnngui.pipeline.lenses.field import FieldResult
from cnngui.pipeline.lenses.number import NumberResult

_UNSHARED, _DENSE = QColor("#d97706"), QColor("#c2408f")
_BAR = 10
_FILM_COLUMNS = 4
_LINE_CODE = 128
"""Between frames: a colour from the middle of the map."""
_WRAPPED = Qt.TextFlag.TextWordWrap


class SidePanel(QWidget):
    """Puts one number in its place.

    Attributes
    ----------
    map : the map that it is part of.
    """

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._told: object = None
        self.map = MapView(state, self)
        self._caption = _words_label(self, muted=True)
        self._sharing = _SharingView(self)
        self._meaning = _words_label(self)
        self._sight = _words_label(self, muted=True)
        self._size = _words_label(self, muted=True)
        self._effective = QToolButton(self)
        self._effective.setText(self.tr("What it really listens to"))
        self._effective.setCheckable(True)
        self._effective.setToolTip(
            self.tr("The effective receptive field, by the number's derivatives on this picture")
        )
        self._effective.toggled.connect(state.set_effective)
        self._field = Picture(self.tr("One moment…"), self)
        self._field.setMinimumHeight(120)
        self._field.hide()
        self._spread = _words_label(self, muted=True)
        self._spread.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        for part in (
            # Words differ from place to place: what is pressed is above them, and stays.
            *(self._caption, self.map, self._effective, self._field, self._spread),
            *(self._meaning, self._sharing, self._sight, self._size),
        ):
            column.addWidget(part)
        column.addStretch(1)
        self._column = column

    def take_map_back(self) -> None:
        """Have the map in its place again."""
        self._column.insertWidget(1, self.map)

    def show_number(self, result: NumberResult, filled: int | None) -> None:
        """Show where a number belongs."""
        self.map.show_map(result.output, filled)
        question = result.number.question
        # Words follow from the place alone, not from the picture.
        told = (self._state.network, question)
        if self._told is not None and told == self._told:
            return
        self._told = told
        network = self._state.network
        caption = self.tr("The map it makes: one number for each place")
        if len(question.at) == 3:
            caption = self.tr("The map it makes at {moment}: one number for each place").format(
                moment=moment_in(question.at[0], self._state.moments_of(result.layer_id))
            )
        self._caption.setText(caption)
        self._caption.setVisible(result.output is not None)
        self.map.setVisible(result.output is not None)
        self._meaning.setText(meaning_text(result.number))
        self._sharing.show_sharing(sharing_of(network, result.layer_id))
        field = fields(network)[result.layer_id]
        self._sight.setText(sight_text(network, result.layer_id, question.at, field))
        size = size_words(network, result.layer_id)
        self._size.setText(size)
        self._size.setVisible(bool(size))

    def show_field(self, result: FieldResult | None) -> None:
        """Show what a number listens to; None hides it."""
        is_wanted = self._effective.isChecked()
        self._field.setVisible(is_wanted)
        self._spread.setVisible(is_wanted and result is not None)
        if result is None:
            return
        colormap = self._state.colormap(False)
        self._field.show_image(indexed_image(_as_film(result.codes), colormap, signed=False))
        if result.spread is None:
            words = self.tr("On this picture no pixel changes it: its derivative is zero.")
        else:
            down, right = (number_text(part, digits=3) for part in result.spread[-2:])
            words = self.tr(
                "Bright: counts more. Most of it lies within {down} rows and {right} columns of "
                "the middle (standard deviation)."
            ).format(down=down, right=right)
        if result.codes.ndim == 3:
            words += " " + self.tr("All frames that it sees, row by row, the newest last.")
        self._spread.setText(words)


class _SharingView(QWidget):
    """Three bars: the parameters as they are, and without sharing. Each step is ten times more."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sharing: Sharing | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("What sharing is worth"))
        self.hide()

    def show_sharing(self, sharing: Sharing | None) -> None:
        """Show the worth of sharing; None where nothing is shared."""
        self._sharing = sharing
        self.setVisible(sharing is not None)
        if sharing is not None:
            self.setAccessibleDescription("; ".join(self._lines(sharing)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def heightForWidth(self, width: int) -> int:
        texts = [*(self._lines(self._sharing) if self._sharing else ()), self._scale()]
        return sum(self._height(text, width) for text in texts) + 3 * (_BAR + SPACE_M)

    def _height(self, text: str, width: int) -> int:
        """Return how high a text is that may take several lines."""
        room = QRect(0, 0, width, 1000)
        return self.fontMetrics().boundingRect(room, int(_WRAPPED), text).height()

    def _scale(self) -> str:
        return self.tr("Ten times as many are one step further.")

    def _lines(self, sharing: Sharing) -> list[str]:
        return [
            self.tr("{count:,} parameters, the same at all {places:,} places of a map").format(
                count=sharing.shared, places=sharing.places
            ),
            self.tr("{count:,} if each place had its own").format(count=sharing.unshared),
            self.tr("{count:,} if fully connected").format(count=sharing.fully_connected),
        ]

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        sharing = self._sharing
        if sharing is None:
            return
        painter = QPainter(self)
        counts = (sharing.shared, sharing.unshared, sharing.fully_connected)
        longest = math.log10(max(*counts, 10))
        y, width = 0, self.width()
        for text, count, color in zip(
            self._lines(sharing), counts, (ACCENT, _UNSHARED, _DENSE), strict=True
        ):
            height = self._height(text, width)
            painter.setPen(QColor(colors().text))
            painter.drawText(QRect(0, y, width, height), int(_WRAPPED), text)
            y += height
            length = max(math.log10(max(count, 1)) / longest * width, 2)
            painter.fillRect(QRectF(0, y, length, _BAR), color)
            y += _BAR + SPACE_M
        painter.setPen(QColor(colors().muted))
        scale = self._scale()
        painter.drawText(QRect(0, y, width, self._height(scale, width)), int(_WRAPPED), scale)


def _as_film(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the frames of ``(T, H, W)`` in rows, as one picture; one of ``(H, W)`` as it is."""
    if codes.ndim == 2:
        return codes
    count, height, width = codes.shape
    columns = min(count, _FILM_COLUMNS)
    rows = -(-count // columns)
    size = rows * (height + 1) - 1, columns * (width + 1) - 1
    film = np.full(size, _LINE_CODE, np.uint8)
    for place, frame in enumerate(codes):
        row, column = divmod(place, columns)
        top, left = row * (height + 1), column * (width + 1)
        film[top : top + height, left : left + width] = frame
    return film


def _words_label(parent: QWidget, *, muted: bool = False) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if muted:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
