"""Shift it: nudge the picture, and see how much every layer changes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.shift.pad import ShiftPad
from cnngui.gui.shift.table import ChangeTable
from cnngui.gui.theme import SPACE_M, SPACE_S, give_slim_bars, number_font
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.buttons import tool_button
from cnngui.gui.widgets.pictures import plain_image
from cnngui.gui.words.numbers import milliseconds_label
from cnngui.pipeline.lenses.shift import ShiftResult
from cnngui.pipeline.results import FrameResult
from cnngui.spec.layers import INPUT_ID


class ShiftPage(QWidget):
    """A pad, and two tables: all layers, and other poolings in the place of the chosen layer."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.pad = ShiftPad(self)
        self.layers = ChangeTable(self.tr("Layers"))
        self.poolings = ChangeTable(self.tr("Poolings compared"))
        self._by = QLabel(self)
        self._by.setFont(number_font(self.font()))
        self._cost = _words(self)
        self._explained = _words(self)
        self._explained.setText(
            self.tr(
                "The picture is shifted after it was fitted; its edge is repeated. Blue: how much "
                "a layer's numbers changed. Orange: how much of that is left when the old map is "
                "moved along. What is left is less where a layer is more stable under shifts."
            )
        )
        self._compared = _words(self)
        self._compared.setText(
            self.tr("What the chosen layer reads, made half as large in other ways:")
        )
        left = QVBoxLayout()
        left.addWidget(self.pad, 1)
        left.addLayout(self._buttons())
        left.addWidget(self._cost)
        left.addWidget(self._explained)
        tables = QWidget()
        column = QVBoxLayout(tables)
        column.setContentsMargins(0, 0, SPACE_M, 0)
        column.addWidget(self.layers)
        column.addSpacing(SPACE_M)
        column.addWidget(self._compared)
        column.addWidget(self.poolings)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(tables)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(area)
        area.setAccessibleName(self.tr("What the shift changed"))
        # It scrolls by itself, so that the page need not.
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        for widget in (self.layers, self._compared, self.poolings):
            widget.hide()  # until there is something to show
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_M, 0, SPACE_M)
        row.setSpacing(SPACE_M)
        row.addLayout(left, 2)
        row.addWidget(area, 3)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pad.shifted.connect(self._on_pad_shifted)
        self.layers.chosen.connect(state.select_layer)
        self._on_pad_shifted(*self.pad.by)

    def show_result(self, result: FrameResult) -> None:
        """Show what a shift changed, if the page is on the screen."""
        if not self.isVisible():
            return
        part = result.part(ShiftResult)
        if part is None:
            return
        self.pad.show_image(plain_image(part.picture))
        titles = {INPUT_ID: self.tr("input")}
        self.layers.show()
        self.layers.show_changes(part.changes, titles, self._state.layer_id)
        names = {
            "none": self.tr("no pooling"),
            "max": self.tr("max, 2×2"),
            "average": self.tr("average, 2×2"),
            "stride": self.tr("every second value"),
            "blurred max": self.tr("max, then blurred"),
        }
        self.poolings.show_changes(part.poolings, names)
        for widget in (self._compared, self.poolings):
            widget.setVisible(bool(part.poolings))
        words = self.tr("Computed once more for this: {time} a frame.")
        self._cost.setText(words.format(time=milliseconds_label(part.cost_ms)))

    def move_by(self, down: int, right: int) -> None:
        """Shift the picture a little further."""
        self.pad.shift_to(self.pad.by[0] + down, self.pad.by[1] + right)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._state.set_shift(self.pad.by)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._state.set_shift(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.pad.setFocus(event.reason())

    def _buttons(self) -> QHBoxLayout:
        grid = QGridLayout()
        grid.setSpacing(0)
        for name, text, (down, right), place in (
            ("chevron-up", self.tr("One pixel up"), (-1, 0), (0, 1)),
            ("chevron-left", self.tr("One pixel to the left"), (0, -1), (1, 0)),
            ("chevron-right", self.tr("One pixel to the right"), (0, 1), (1, 2)),
            ("chevron-down", self.tr("One pixel down"), (1, 0), (2, 1)),
        ):
            button = tool_button(name, text, text)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, d=down, r=right: self.move_by(d, r))
            grid.addWidget(button, *place)
        home = tool_button("image-filter-center-focus", self.tr("Back"), self.tr("No shift"))
        home.clicked.connect(lambda: self.pad.shift_to(0, 0))
        grid.addWidget(home, 1, 1)
        row = QHBoxLayout()
        row.addLayout(grid)
        row.addSpacing(SPACE_S)
        row.addWidget(self._by, 1)
        return row

    @Slot(int, int)
    def _on_pad_shifted(self, down: int, right: int) -> None:
        words = self.tr("{down} down, {right} to the right")
        text = words.format(down=down, right=right).replace("-", "−")
        self._by.setText(text)
        if self.isVisible():
            self._state.set_shift((down, right))


def _words(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
