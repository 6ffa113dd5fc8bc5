"""The two lines that every row shows: name and shape, arguments and cost."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QIcon,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.icons import icon
from cnngui.gui.network.mend_button import MendButton
from cnngui.gui.network.row_paint import name_font, paint_end, paint_start, small_font
from cnngui.gui.theme import SPACE_M, SPACE_S, colors, number_font, with_font
from cnngui.gui.widgets.layer_icon import layer_color, layer_icon
from cnngui.gui.widgets.plain import plain_tip

HEIGHT = 46
_GRIP = 12
_BADGE = 28
_SWITCH = 22
_QUIET = "#737e8e"
"""What every row repeats has this colour, between the muted texts of light and dark."""


@dataclass(frozen=True)
class HeaderContent:
    """What a header shows: texts ready to be painted.

    Attributes
    ----------
    type : the layer's type, or "input"; decides colour and glyph.
    name, shape : the first line, left and right.
    kind, summary : the second line: the type, and the arguments in a few words.
    cost : the second line, right: parameters and time.
    bypassed : everything is dimmed.
    problem : what is wrong with it, in place of the second line; a warning sign is its glyph then.
    """

    type: str
    name: str
    shape: str
    kind: str = ""
    summary: str = ""
    cost: str = ""
    bypassed: bool = False
    problem: str = ""


class RowHeader(QWidget):
    """Paints a row's two lines; takes clicks and drags.

    Signals
    -------
    clicked : pressed and released without moving.
    drag_moved, drag_ended : while the row is dragged; the first carries the global position.
    bypass_clicked : the switch at the end.
    """

    clicked = Signal()
    drag_moved = Signal(QPoint)
    drag_ended = Signal()
    bypass_clicked = Signal()

    def __init__(
        self, content: HeaderContent, movable: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._movable = movable
        self._pressed_at: QPoint | None = None
        self._dragging = False
        self._switch = QToolButton()
        self._switch.setAutoRaise(True)
        self._switch.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._switch.setFixedSize(_SWITCH, _SWITCH)
        self._switch.setIconSize(QSize(16, 16))
        self._switch.clicked.connect(self.bypass_clicked)
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, SPACE_S, 0)
        self._box.addStretch(1)
        if movable:
            self._box.addWidget(self._switch)
        self._held: MendButton | None = None
        self.setFixedHeight(with_font(HEIGHT))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._describe()

    def hold(self, button: MendButton) -> None:
        """Give a button its place, hidden at first: that of a shape that is not known.

        So nothing moves when it appears.
        """
        self._held = button
        button.hide()
        button.setMaximumHeight(self.height() // 2)
        self._box.insertWidget(1, button, alignment=Qt.AlignmentFlag.AlignTop)

    def fit(self) -> None:
        """Shorten the words of the button that is held, so that the name is seen beside it."""
        if self._held is not None:
            area = self._lines
            name = QFontMetrics(name_font(self)).horizontalAdvance(self._content.name)
            self._held.fit(area.width() - SPACE_S - min(name, area.width() // 2))

    @property
    def content(self) -> HeaderContent:
        """What is shown."""
        return self._content

    def set_content(self, content: HeaderContent) -> None:
        """Show something else; nothing is painted where it is the same."""
        if content != self._content:
            self._content = content
            self._describe()
            self.fit()
            self.update()

    def forget_press(self) -> None:
        """Take no notice of the mouse until it is pressed anew."""
        self._pressed_at, self._dragging = None, False
        self.unsetCursor()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or not self._movable:
            return
        distance = (event.position().toPoint() - self._pressed_at).manhattanLength()
        self._dragging = self._dragging or distance >= QApplication.startDragDistance()
        if self._dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.drag_moved.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        dragged = self._dragging
        self.forget_press()
        if dragged:
            self.drag_ended.emit()
        else:
            self.clicked.emit()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.45 if self._content.bypassed else 1.0)
        if self._movable and self.underMouse():
            self._paint_icon(painter, QRect(0, 0, _GRIP, self.height()), icon("drag-vertical"), 16)
        badge = QRect(_GRIP, (self.height() - _BADGE) // 2, _BADGE, _BADGE)
        self._paint_badge(painter, badge)
        self._paint_lines(painter, self._lines)

    @property
    def _lines(self) -> QRect:
        """Where the two lines stand."""
        left = _GRIP + _BADGE + SPACE_M
        right = self.width() - (SPACE_S + _SWITCH + SPACE_S if self._movable else SPACE_M)
        return QRect(left, 7, right - left, self.height() - 14)

    def _paint_badge(self, painter: QPainter, area: QRect) -> None:
        faulty = bool(self._content.problem)
        color = QColor(colors().error) if faulty else layer_color(self._content.type)
        tint = QColor(color)
        tint.setAlpha(38)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawRoundedRect(area, 6, 6)
        glyph = icon("alert-outline", color.name()) if faulty else layer_icon(self._content.type)
        self._paint_icon(painter, area, glyph, 18)

    def _paint_lines(self, painter: QPainter, area: QRect) -> None:
        text = self.palette().color(QPalette.ColorRole.WindowText)
        muted = QColor(colors().muted)
        plain, bold, small = number_font(self.font()), name_font(self), small_font(self)
        upper = QRect(area.left(), area.top(), area.width(), area.height() // 2)
        lower = upper.translated(0, upper.height())
        content = self._content

        if self._held is not None and self._held.isVisible():
            upper.setRight(self._held.x() - SPACE_S)
            rest = upper
        else:
            rest = paint_end(painter, upper, content.shape, plain, text)
        # The end of a long name tells the layers of a block apart.
        paint_start(painter, rest, content.name, bold, text, Qt.TextElideMode.ElideMiddle)
        if content.problem:
            first = content.problem.partition("\n")[0]
            paint_start(painter, lower, first, small, QColor(colors().error))
            return
        rest = paint_end(painter, lower, content.cost, small, muted)
        # Where there is no room for both, the glyph has to tell the type.
        needed = f"{content.kind}  {content.summary}"
        if not content.summary or QFontMetrics(small).horizontalAdvance(needed) <= rest.width():
            rest = paint_start(painter, rest, content.kind, small, muted)
        paint_start(painter, rest, content.summary, small, text)

    @staticmethod
    def _paint_icon(painter: QPainter, area: QRect, glyph: QIcon, side: int) -> None:
        square = QRect(0, 0, side, side)
        square.moveCenter(area.center())
        glyph.paint(painter, square)

    def _describe(self) -> None:
        content = self._content
        parts = (content.name, content.kind, content.summary, content.shape, content.problem)
        self.setAccessibleName(" ".join(filter(None, parts)))
        # What may have been cut for want of room.
        lines = (f"{content.kind} {content.summary}".strip(), content.problem)
        self.setToolTip(plain_tip("\n".join(filter(None, lines))))
        bypassed = content.bypassed
        self._switch.setIcon(
            icon("transit-skip" if bypassed else "transit-connection-horizontal", _QUIET)
        )
        self._switch.setToolTip(
            self.tr("Bypassed: what it reads passes unchanged. Click to enable (B)")
            if bypassed
            else self.tr("Bypass this layer (B)")
        )
        self._switch.setAccessibleName(self.tr("bypass {name}").format(name=content.name))
