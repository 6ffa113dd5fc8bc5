"""What the network sees of the live picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_M, SPACE_S
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.filmstrip import Filmstrip
from cnngui.gui.widgets.picture_view import Picture
from cnngui.gui.widgets.pictures import plain_image
from cnngui.pipeline.results import FrameResult
from cnngui.spec.layers import INPUT_ID


class InputView(QWidget):
    """The network's input, live; a switch shows the source's own picture instead.

    On the input is outlined what the number looked at can see of it. Where the network sees several
    frames the newest is shown, and all of them small below it.
    """

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        state.regions_changed.connect(self._mark)
        self._result: FrameResult | None = None
        self._picture = Picture(self.tr("No picture yet: choose a source."), self)
        self._filmstrip = Filmstrip(state, self)
        self._filmstrip.hide()
        self._caption = QLabel(self)
        self._caption.setAccessibleName(self.tr("What is shown"))
        self._source_switch = QToolButton(self)
        self._source_switch.setCheckable(True)
        self._source_switch.setAutoRaise(True)
        self._source_switch.setIcon(icon("video-outline"))
        self._source_switch.setAccessibleName(self.tr("Show the source"))
        self._source_switch.setToolTip(
            self.tr("Show the source's whole picture instead of what the network sees of it")
        )
        self._source_switch.toggled.connect(self._repaint)

        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_M, 0, SPACE_S, 0)
        foot.addWidget(self._caption, 1)
        foot.addWidget(self._source_switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self._picture, 1)
        column.addWidget(self._filmstrip)
        column.addLayout(foot)
        self._repaint()

    def show_result(self, result: FrameResult) -> None:
        """Paint the input, or the source, of a result."""
        self._result = result
        self._filmstrip.setVisible(result.window is not None)
        self._filmstrip.show_window(result.window)
        self._repaint()

    def _repaint(self) -> None:
        result = self._result
        if result is None:
            self._caption.setText(self.tr("Input"))
            return
        if self._source_switch.isChecked():
            pixels, text = result.picture, self.tr("Source {width}×{height}")
        else:
            pixels, text = result.input, self.tr("Input {width}×{height} {colors}")
            if result.window is not None:
                text = self.tr("Input {width}×{height} {colors}, {frames} frames")
        height, width, channels = pixels.shape
        kind = self.tr("RGB") if channels == 3 else self.tr("grey")
        frames = result.window.input.frames if result.window is not None else 1
        words = text.format(width=width, height=height, colors=kind, frames=frames)
        self._caption.setText(words)
        self._picture.show_image(plain_image(pixels))
        self._mark()

    def _mark(self) -> None:
        region = self._state.regions.get(INPUT_ID)
        if region is None or self._source_switch.isChecked():
            self._picture.mark(None)
            return
        _, *times, rows, columns = region
        newest = self._state.moments_of(INPUT_ID) - 1
        if times and newest not in times[0]:
            self._picture.mark(None)
            return
        self._picture.mark(QRectF(columns.start, rows.start, len(columns), len(rows)))
