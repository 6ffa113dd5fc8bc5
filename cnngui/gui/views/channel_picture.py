"""One channel, large, with a colour bar that says which colour is which value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.theme import SPACE_M, SPACE_S, colors, number_font
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.tints import GROUND, tint, tints_of
from cnngui.gui.widgets.pictures import color_bar_image, draw_picture, fitted, indexed_image
from cnngui.gui.words.moments import moment_in
from cnngui.gui.words.numbers import WIDEST_NUMBER, number_text
from cnngui.pipeline.lenses.channel import ChannelResult

_BAR_WIDTH = 12
_TICKS = 5
_LEAST_SIDE = 16
"""Pixels: a map of one row or one column is drawn thicker than it is, to be seen and hit."""
_LEAST_BAR_HEIGHT = 72


class ChannelPicture(QWidget):
    """Paints a channel; ``pointed_at`` says in words what is under the pointer.

    ``place_chosen`` carries the place of a value that was clicked: (row, column), or (t, row,
    column) of a layer with moments.
    """

    pointed_at = Signal(str)
    place_chosen = Signal(object)

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._channel: ChannelResult | None = None
        self._image = QImage()
        self._pointer: QPointF | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("The chosen channel"))
        self.setToolTip(self.tr("Click a number to see how it comes about"))
        state.colormaps_changed.connect(self._color)
        state.playhead.moved.connect(self._on_playhead_moved)

    def show_channel(self, channel: ChannelResult) -> None:
        """Paint a channel."""
        changed_shape = self._channel is None or self._channel.codes.shape != channel.codes.shape
        self._channel = channel
        if changed_shape:
            self.updateGeometry()
        self._color()
        self._say_pointed()

    def copy_picture(self) -> QImage:
        """Return the channel in its colours, one pixel per value; null where there is none."""
        return self._image.convertToFormat(QImage.Format.Format_RGB32)

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(280))

    def heightForWidth(self, width: int) -> int:
        if self._channel is None:
            return width * 3 // 4
        height, across = self._channel.codes.shape
        return max(min((width - self._bar_room()) * height // across, width), 96)

    def picture_rect(self) -> QRect:
        """Return where the picture is on the widget."""
        room = self.rect().adjusted(0, 0, -self._bar_room(), 0)
        fit = fitted(self._image.size(), room)
        thicker = QSizeF(max(fit.width(), _LEAST_SIDE), max(fit.height(), _LEAST_SIDE))
        target = QRectF(fit.topLeft(), thicker)
        target.moveCenter(fit.center())
        return target.toRect()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._say_pointed()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        place = self._place()
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.place_chosen.emit(place if self._moment is None else (self._moment, *place))

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._say_pointed()
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._channel is None:
            return
        painter = QPainter(self)
        target = self.picture_rect()
        draw_picture(painter, QRectF(target), self._image)
        painter.setPen(QColor(colors().border))
        painter.drawRect(target.adjusted(0, 0, -1, -1))
        self._paint_pixel_outline(painter, target)
        self._paint_bar(painter, self._channel, target)

    def _paint_pixel_outline(self, painter: QPainter, target: QRect) -> None:
        place = self._place()
        height, width = self._image.height(), self._image.width()
        if place is None or target.width() < 4 * width:
            return
        row, column = place
        across, down = target.width() / width, target.height() / height
        painter.setPen(QPen(QColor(colors().text), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(
            QRectF(target.x() + column * across, target.y() + row * down, across, down)
        )

    def _paint_bar(self, painter: QPainter, channel: ChannelResult, target: QRect) -> None:
        tint_color = self._tint(channel)
        colormap = self._state.colormap(channel.signed) if tint_color is None else GROUND
        colored = color_bar_image(colormap, channel.signed and tint_color is None)
        if tint_color is not None:
            colored = tint(colored, [(colored.rect(), tint_color)])
        bar_height = max(target.height(), min(_LEAST_BAR_HEIGHT, self.height()))
        bar = QRect(target.right() + 1 + SPACE_M, 0, _BAR_WIDTH, bar_height)
        bar.moveTop(max(target.center().y() - bar_height // 2, 0))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, colored)
        font = number_font(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(colors().muted))
        line = painter.fontMetrics().height()
        ticks = min(_TICKS, max(bar_height // (2 * line), 2))
        ticks -= 1 - ticks % 2  # an odd number puts one at the middle, which is zero if signed
        for tick in range(max(ticks, 2)):
            share = tick / (max(ticks, 2) - 1)
            value = channel.high + (channel.low - channel.high) * share
            y = bar.top() + share * (bar.height() - 1)
            top = min(max(y - line / 2, bar.top() - 2.0), bar.bottom() + 3.0 - line)
            text = QRectF(bar.right() + 1 + SPACE_S, top, self.width(), line)
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), number_text(value))

    def _bar_room(self) -> int:
        font = number_font(self.font())
        font.setPixelSize(11)
        return SPACE_M + _BAR_WIDTH + SPACE_S + self.fontMetrics().horizontalAdvance(WIDEST_NUMBER)

    def _place(self) -> tuple[int, int] | None:
        """Return (row, column) of the value under the pointer."""
        target = self.picture_rect()
        if self._pointer is None or not target.contains(self._pointer.toPoint()):
            return None
        return (
            int((self._pointer.y() - target.y()) * self._image.height() / target.height()),
            int((self._pointer.x() - target.x()) * self._image.width() / target.width()),
        )

    @property
    def _moment(self) -> int | None:
        """The moment that is seen, from 0 for the oldest; None of a layer without."""
        channel = self._channel
        if channel is None or channel.moments is None:
            return None
        playhead = self._state.playhead
        is_played = channel.film is not None and playhead.is_playing
        if is_played and playhead.place in channel.moments.places:
            return playhead.place
        return channel.moments.chosen

    def _on_playhead_moved(self) -> None:
        if self._channel is not None and self._channel.film is not None:
            self._color()
            self._say_pointed()

    def _say_pointed(self) -> None:
        place = self._place()
        if place is None or self._channel is None:
            self.pointed_at.emit("")
            return
        row, column = place
        moment, moments = self._moment, self._channel.moments
        values, _ = self._channel.at(moment or 0)
        value = number_text(float(values[row, column]), digits=5)
        words = self.tr("row {row}, column {column}   value {value}")
        name = ""
        if moment is not None and moments is not None:
            words = self.tr("{moment}, row {row}, column {column}   value {value}")
            name = moment_in(moment, moments.count)
        self.pointed_at.emit(words.format(moment=name, row=row, column=column, value=value))

    def _color(self) -> None:
        if self._channel is not None:
            signed = self._channel.signed
            _, codes = self._channel.at(self._moment or 0)
            tint_color = self._tint(self._channel)
            if tint_color is None:
                colormap = self._state.colormap(signed)
                self._image = indexed_image(codes, colormap, signed)
            else:
                grey = indexed_image(codes, GROUND, signed=False)
                self._image = tint(grey, [(grey.rect(), tint_color)])
            self.update()

    def _tint(self, channel: ChannelResult) -> QColor | None:
        tints = tints_of(self._state, channel.layer_id, channel.signed)
        return tints[channel.channel] if tints else None
