"""The middle of the window: every channel of the chosen layer, and how to look at them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, number_font, text_width
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.moment_bar import MomentBar
from cnngui.gui.views.vector import VectorView
from cnngui.gui.views.wall_canvas import ZOOM_STEP, WallCanvas
from cnngui.gui.views.wall_tools import WallTools
from cnngui.gui.widgets.buttons import tool_button
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.plain import show_plainly
from cnngui.gui.words.errors import problem_text
from cnngui.gui.words.moments import filling_words
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.results import FrameResult

_LEAST_WIDTH = 240
_PATIENCE_MS = 400
"""So long the layer looked at before stays on the wall while the next one is computed."""


class WallView(QWidget):
    """The wall of a layer of maps, or the bars of a flat one, with a row of choices above.

    Below are what is under the pointer, in numbers, and the pages of a layer with many channels.
    """

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._layer_id = state.layer_id
        self._result: FrameResult | None = None
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._refresh)
        self._canvas = WallCanvas(state, self)
        self._vector = VectorView(state, self)
        self._message = QLabel(self)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._message.setMargin(SPACE_L)
        show_plainly(self._message)
        self._stack = QStackedWidget(self)
        for page in (self._message, self._canvas, self._vector):
            self._stack.addWidget(page)

        self._moments = MomentBar(state, self)
        self._filling: tuple[int, int] | None = None
        self._tools = WallTools(state, self)
        self._tools.fit_clicked.connect(self.fit)
        self._pointed = ElidingLabel(self)
        self._pointed.setObjectName("wall_foot")
        self._pointed.setFont(number_font(self.font()))
        self._previous = tool_button(
            "chevron-left", self.tr("Previous page"), self.tr("Previous page (Page Up)")
        )
        self._next = tool_button(
            "chevron-right", self.tr("Next page"), self.tr("Next page (Page Down)")
        )
        self._page = QLabel(self)
        self._page.setFont(number_font(self.font()))
        self._previous.clicked.connect(lambda: self.turn_page(-1))
        self._next.clicked.connect(lambda: self.turn_page(1))
        self._canvas.pointed_at.connect(self._say)
        self._vector.pointed_at.connect(self._say)

        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        foot.setSpacing(SPACE_S)
        foot.addStrut(self._next.sizeHint().height())
        foot.addWidget(self._pointed, 1)
        for widget in (self._previous, self._page, self._next):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tools)
        column.addWidget(self._stack, 1)
        column.addWidget(self._moments)
        column.addLayout(foot)

        # Set by hand: the words above would keep it from becoming narrow enough to drop them.
        self.setMinimumWidth(_LEAST_WIDTH)

        state.changed.connect(self._on_state_changed)
        state.colormaps_changed.connect(self._refresh)
        self._refresh()

    @property
    def canvas(self) -> WallCanvas:
        """The picture: zooming, moving among channels, pages."""
        return self._canvas

    @property
    def pictures(self) -> QWidget:
        """What shows maps or units, without the choices around it."""
        return self._stack

    def show_result(self, result: FrameResult) -> None:
        """Paint the layer of a result, if it is still the one looked at."""
        self._filling = result.filling
        if _layer_of(result) == self._state.layer_id:
            self._result = result
            self._canvas.show_result(result)
            self._vector.show_result(result)
        self._refresh()

    def move_channel(self, right: int, down: int) -> None:
        """Choose a neighbour of the chosen channel or unit."""
        if self._stack.currentWidget() is self._vector:
            self._vector.move_unit(right, down)
        else:
            self._canvas.move_channel(right, down)

    def turn_page(self, by: int) -> None:
        """Show another page of maps, or of bars."""
        if self._stack.currentWidget() is self._vector:
            bar = self._vector.verticalScrollBar()
            bar.setValue(bar.value() + by * bar.pageStep())
        else:
            self._canvas.turn_page(by)

    def zoom_in(self) -> None:
        """Magnify the wall around its middle."""
        self._zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Shrink the wall, until it fits."""
        self._zoom_by(1 / ZOOM_STEP)

    def fit(self) -> None:
        """Show the whole wall."""
        self._canvas.fit()

    def copy_picture(self) -> QImage:
        """Put the wall as drawn, labels included, on the clipboard, and return it."""
        if self._stack.currentWidget() is self._vector:
            picture = self._vector.grab().toImage()
        else:
            picture = self._canvas.copy_picture()
        if not picture.isNull():
            QGuiApplication.clipboard().setImage(picture)
        return picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._canvas.claim(self._stack.size())

    def _zoom_by(self, factor: float) -> None:
        if self._stack.currentWidget() is self._canvas:
            self._canvas.zoom_by(factor)

    @Slot()
    def _on_state_changed(self) -> None:
        if self._state.layer_id != self._layer_id:
            self._layer_id = self._state.layer_id
            self._patience.start()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Bring everything but the picture in line with the state and the latest result."""
        page = self._page_to_show()
        self._stack.setCurrentWidget(page)
        is_wall = page is self._canvas
        wall = self._result.part(WallResult) if self._result is not None else None
        self._moments.refresh()
        self._tools.refresh(
            shows_maps=is_wall,
            shows_units=page is self._vector,
            signed=wall is not None and wall.signed,
            is_zoomed=self._canvas.zoom > 1,
        )
        layout = self._canvas.layout_shown
        has_pages = is_wall and layout is not None and layout.pages > 1
        for widget in (self._previous, self._page, self._next):
            widget.setVisible(has_pages)
        if has_pages and layout is not None:
            self._previous.setEnabled(layout.page > 0)
            self._next.setEnabled(layout.page < layout.pages - 1)
            words = self.tr("channels {first}–{last} of {count}")
            last = layout.first + layout.shown - 1
            self._page.setText(words.format(first=layout.first, last=last, count=layout.count))
            # As wide as on the last page: the button before it stays under the pointer.
            widest = words.format(first=layout.count, last=layout.count, count=layout.count)
            self._page.setMinimumWidth(text_width(self._page.fontMetrics(), widest))

    @Slot(str)
    def _say(self, pointed: str) -> None:
        """Say what is under the pointer; where nothing is, what the colours mean."""
        is_wall = self._stack.currentWidget() is self._canvas
        self._pointed.setText(pointed or (self._canvas.scale_text() if is_wall else ""))

    def _page_to_show(self) -> QWidget:
        state, result = self._state, self._result
        if state.layer_id not in state.layer_ids:
            self._message.setText(self._reason())
            return self._message
        if self._filling is not None and (result is None or _layer_of(result) != state.layer_id):
            self._message.setText(filling_words(*self._filling))
            return self._message
        if result is None:
            self._message.setText(
                self.tr("No picture yet.\nChoose a source, or drop a video or an image here.")
            )
            return self._message
        if _layer_of(result) != state.layer_id and not self._patience.isActive():
            self._message.setText(
                self.tr("{layer} is being computed…").format(layer=state.layer_id)
            )
            return self._message
        return self._canvas if result.part(VectorResult) is None else self._vector

    def _reason(self) -> str:
        """Say why the layer looked at does not run."""
        lines = [self.tr("{layer} does not run yet.").format(layer=self._state.layer_id)]
        problem = self._state.problem
        if problem is not None:
            lines.append(f"{problem.layer_id}: {problem_text(problem)}.")
        lines.append(self.tr("The last network without problems keeps running."))
        return "\n".join(lines)


def _layer_of(result: FrameResult) -> str | None:
    shown = result.part(WallResult) or result.part(VectorResult)
    return None if shown is None else shown.layer_id
