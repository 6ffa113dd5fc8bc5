"""The row of a block of layers: folded it stands for them, open it is their heading."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.icons import icon
from cnngui.gui.network.row_paint import (
    name_font,
    paint_card,
    paint_end,
    paint_start,
    small_font,
)
from cnngui.gui.theme import SPACE_M, colors, number_font, with_font
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.numbers import milliseconds_label, parameters_label, shape_label
from cnngui.spec.blocks import Block
from cnngui.spec.shapes import Shape

_FOLDED_HEIGHT, _OPEN_HEIGHT = 46, 26
_SIGN = 18
_LEFT = 17
_FIRST = 12 + 28 + SPACE_M
"""Where a layer's texts begin, behind its grip and its badge."""
_CUT = Qt.TextElideMode.ElideLeft
"""The end tells blocks apart that have a long beginning in common."""


class BlockRow(QWidget):
    """One block; a click folds it or opens it.

    Signals
    -------
    clicked : pressed and released.
    menu_requested : a context menu is wanted there (global position).
    """

    clicked = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, block: Block, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.block = block
        self._folded = True
        self._selected = self._focused = self._faulty = False
        self._shape: Shape | None = None
        self._parameters = 0
        self._time = ""
        self._is_pressed = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def is_chosen(self) -> bool:
        """Whether the layer selected is in it and it is folded; a screen reader asks."""
        return self._selected

    @property
    def is_folded(self) -> bool:
        """Whether it stands for its layers."""
        return self._folded

    def show_block(
        self, block: Block, folded: bool, shape: Shape | None, parameters: int, faulty: bool
    ) -> None:
        """Show a block that begins with the same layer.

        Parameters
        ----------
        shape : of what its last layer gives.
        parameters : of all its layers.
        faulty : whether one of them has a problem.
        """
        self.block, self._folded, self._shape = block, folded, shape
        self._parameters, self._faulty = parameters, faulty
        self.setFixedHeight(with_font(_FOLDED_HEIGHT if folded else _OPEN_HEIGHT))
        state = self.tr("folded") if folded else self.tr("open")
        self.setAccessibleName(f"{self.title}, {self._count()}, {state}")
        words = self.tr("Click to open") if folded else self.tr("Click to fold")
        self.setToolTip(plain_tip(f"{self.title}: {self._count()}. {words}"))
        self.update()

    @property
    def title(self) -> str:
        """What the layers have in common."""
        if self.block.repeats > 1:
            return f"{self.block.title} … ×{self.block.repeats}"
        return self.block.title

    def show_time(self, milliseconds: float | None) -> None:
        """Show how long its layers take for a frame; None if they are not computed."""
        self._time = "" if milliseconds is None else milliseconds_label(milliseconds)
        self.update()

    def set_selected(self, selected: bool, focused: bool) -> None:
        """Say whether the layer selected is seen here, and whether the list has the keyboard."""
        if (selected, focused) != (self._selected, self._focused):
            self._selected, self._focused = selected, focused
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_pressed = event.button() == Qt.MouseButton.LeftButton

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_pressed and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()
        self._is_pressed = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._selected or self.underMouse():
            card = self.rect().adjusted(2, 0, -2, 0)
            paint_card(painter, card, selected=self._selected, focused=self._focused)
        sign = QRect(_LEFT, (self.height() - _SIGN) // 2, _SIGN, _SIGN)
        icon("chevron-right" if self._folded else "chevron-down").paint(painter, sign)
        muted = QColor(colors().muted)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        bold, small = name_font(self), small_font(self)
        area = QRect(_FIRST, 0, self.width() - _FIRST - SPACE_M, self.height())
        if not self._folded:
            rest = paint_end(painter, area, self._count(), small, muted)
            paint_start(painter, rest, self.title, bold, muted, _CUT)
            return
        upper = QRect(area.left(), 7, area.width(), (self.height() - 14) // 2)
        lower = upper.translated(0, upper.height())
        rest = paint_end(painter, upper, shape_label(self._shape), number_font(self.font()), text)
        color = QColor(colors().error) if self._faulty else text
        paint_start(painter, rest, self.title, bold, color, _CUT)
        parameters = parameters_label(self._parameters) if self._parameters else ""
        cost = " · ".join(filter(None, (parameters, self._time)))
        rest = paint_end(painter, lower, cost, small, muted)
        paint_start(painter, rest, self._count(), small, muted, _CUT)

    def _count(self) -> str:
        return self.tr("{count} layers").format(count=len(self.block.layer_ids))
