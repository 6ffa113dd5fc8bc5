"""The page of the whole network: the graph, a row of tools, and what the chosen channel reads."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnngui.gui.graph.canvas import GraphCanvas
from cnngui.gui.graph.reads_band import ReadsBand
from cnngui.gui.theme import SPACE_M, SPACE_S
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.buttons import tool_button
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.words.numbers import shape_label
from cnngui.pipeline.lenses.number import NumberResult
from cnngui.pipeline.results import FrameResult
from cnngui.spec.blocks import blocks_of

_ZOOM_STEP = 1.25


class NetworkPage(QWidget):
    """Shows how the layers are joined, live."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.canvas = GraphCanvas(state, self)
        self.band = ReadsBand(state, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("The whole network"))
        self._title = ElidingLabel(self)
        bold = self.font()
        bold.setBold(True)
        self._title.setFont(bold)
        self._fold = tool_button(
            "arrow-collapse-horizontal", self.tr("Fold"), self.tr("Fold all blocks")
        )
        self._unfold = tool_button(
            "arrow-expand-horizontal", self.tr("Open"), self.tr("Open all blocks")
        )
        out = tool_button("magnify-minus-outline", self.tr("Shrink"), self.tr("Shrink (−)"))
        into = tool_button("magnify-plus-outline", self.tr("Magnify"), self.tr("Magnify (+)"))
        fit = tool_button("fit-to-screen-outline", self.tr("Fit"), self.tr("Fit the network (0)"))
        self._fold.clicked.connect(lambda: state.folds.fold_all(True))
        self._unfold.clicked.connect(lambda: state.folds.fold_all(False))
        out.clicked.connect(lambda: self.canvas.zoom_by(1 / _ZOOM_STEP))
        into.clicked.connect(lambda: self.canvas.zoom_by(_ZOOM_STEP))
        fit.clicked.connect(self.canvas.fit)
        tools = QHBoxLayout()
        tools.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        tools.setSpacing(SPACE_S)
        tools.addWidget(self._title, 1)
        for tool in (self._fold, self._unfold, out, into, fit):
            tools.addWidget(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.band)
        self.canvas.opened.connect(lambda: state.show_sight("maps"))
        self.band.opened.connect(lambda: state.show_sight("number"))
        self.canvas.shown_changed.connect(self._ask_for_visible)
        state.changed.connect(self._refresh)

    def show_result(self, result: FrameResult) -> None:
        """Paint a result, if the page is on the screen."""
        if not self.isVisible():
            return
        self.canvas.show_result(result)
        number = result.part(NumberResult)
        if number is not None and number.layer_id == self._state.layer_id:
            self.band.show_number(number)
        elif result.is_complete:
            self.band.show_number(None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()
        self._ask_for_visible()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._state.set_graph_thumbnails(())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.canvas.setFocus(event.reason())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    @Slot()
    def _ask_for_visible(self) -> None:
        if self.isVisible():
            self._state.set_graph_thumbnails(self.canvas.visible_layers())

    @Slot()
    def _refresh(self) -> None:
        if not self.isVisible():
            return
        network = self._state.network
        words = self.tr("{name}: {count} layers, from {shape}")
        self._title.setText(
            words.format(
                name=network.name,
                count=len(network.layers),
                shape=shape_label(network.input.shape),
            )
        )
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        has_blocks = bool(blocks_of(network))
        self._fold.setEnabled(has_blocks)
        self._unfold.setEnabled(has_blocks)
