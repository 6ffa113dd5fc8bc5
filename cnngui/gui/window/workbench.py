"""The three columns: network and input, layers and wall, inspector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from cnngui.gui.document import Document
from cnngui.gui.hands import Hands
from cnngui.gui.network.panel import NetworkPanel
from cnngui.gui.settings import Settings
from cnngui.gui.settings.layout import restore_sizes, splitter_sizes
from cnngui.gui.theme import with_font
from cnngui.gui.view_state import Sight, ViewState
from cnngui.gui.views.input_view import InputView
from cnngui.gui.views.inspector import Inspector
from cnngui.gui.views.strip import LayerStrip
from cnngui.gui.views.wall import WallView
from cnngui.gui.widgets.two_rows import TwoRows
from cnngui.gui.widgets.veil import Veil
from cnngui.gui.window.large_view import LargeView
from cnngui.gui.words.moments import filling_words
from cnngui.pipeline.results import FrameResult

_LEFT_WIDTH, _RIGHT_WIDTH, _RIGHT_SHARE = 330, 280, 0.2
"""Pixels, and the share of a wide window that the inspector and its map grow to."""
_INPUT_SHARE = 0.23
"""This share of the room is for the picture of the input, if list and totals have theirs."""
_LIST_HEIGHT = 320
"""Pixels for layers, their arguments and what the network costs."""
_LEAST_WITH_STRIP, _LEAST_WITH_INPUT = 324, 420
"""Pixels of height: a lower window, as a large scale makes it, keeps the wall and the list."""


class _View(Protocol):
    def show_result(self, result: FrameResult) -> None:
        """Paint a result."""


class Workbench(QSplitter):
    """Everything that shows the network and the latest result.

    Pages of the large view are imported and built when they are first shown.

    Attributes
    ----------
    network_panel, wall, large, inspector : the parts that the window's actions work on.
    middle : holds the strip of layers and the large view.

    Signals
    -------
    hold_requested : somebody steps through a number: the picture is to stay as it is.
    live_requested : the picture may go on.
    frozen_changed : whether the picture is held, for the pages that say so.
    """

    hold_requested = Signal()
    live_requested = Signal()
    frozen_changed = Signal(bool)

    def __init__(
        self, document: Document, state: ViewState, hands: Hands, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._state = state
        self._hands = hands
        self.network_panel = NetworkPanel(document, state.folds)
        self.wall = WallView(state)
        self._result: FrameResult | None = None
        self._is_frozen = False
        self._pages: list[_View] = []
        """Those that were shown, beside the wall."""
        # A step to the right and down, on what is seen large.
        self._steps: dict[Sight, Callable[[int, int], None]] = {"maps": self.wall.move_channel}
        # Through them the last result is seen while the network waits for frames. They leave
        # controls as they are, which work all the same.
        self._large_veils = [Veil(self.wall.pictures)]
        self.large = LargeView(
            state,
            {
                "maps": lambda: self.wall,
                "number": self._build_number,
                "network": self._build_network,
                "shift": self._build_shift,
            },
        )
        self.inspector = Inspector(state, hands)
        self._strip = LayerStrip(state, document)
        self._input_view = InputView(state)
        # A click on a thumbnail must not take the arrows away from the channels.
        self._strip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # It would swallow what is meant for the window.
        self.wall.canvas.setAcceptDrops(False)

        self._small_veils = [Veil(part) for part in (self._strip, self.inspector)]
        self._left = TwoRows(
            self.network_panel,
            self._input_view,
            lambda room: round(_INPUT_SHARE * room),
            lambda: with_font(_LIST_HEIGHT),
        )
        self.middle = QWidget()
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._strip)
        column.addWidget(self.large, 1)
        for place, widget in enumerate((self._left, self.middle, self.inspector)):
            self.addWidget(widget)
            self.setStretchFactor(place, place == 1)
            self.setCollapsible(place, place != 1)
        self._is_divided = False
        """Whether a person has divided the room."""
        self.splitterMoved.connect(self._on_splitter_moved)
        state.sight_changed.connect(self._on_state_sight_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        height = event.size().height()
        self._strip.setVisible(height >= with_font(_LEAST_WITH_STRIP))
        self._input_view.setVisible(height >= with_font(_LEAST_WITH_INPUT))
        if not self._is_divided:
            self._divide()

    def show_result(self, result: FrameResult) -> None:
        """Paint a result in every view.

        While the frames that the network sees at once are not all there, nothing was computed:
        what was last is dimmed, and it is told how many there are.
        """
        self._result = result
        for veil in self._large_veils:
            _show_filling(veil, result, with_words=True)
        for veil in self._small_veils:
            _show_filling(veil, result)
        views: tuple[_View, ...] = self._strip, self.wall, self.inspector, self._input_view
        for view in (*views, *self._pages):
            view.show_result(result)

    def set_frozen(self, frozen: bool) -> None:
        """Say whether the picture is held."""
        self._is_frozen = frozen
        self.frozen_changed.emit(frozen)

    def restore_layout(self, settings: Settings) -> None:
        """Divide the room as it was last, or else as is usual."""
        self._divide()
        self._left.choose(settings.part_sizes("left"))
        columns = settings.part_sizes("columns")
        self._is_divided = bool(columns)
        restore_sizes(self, columns)
        self._tell_what_is_shown()

    def save_layout(self, settings: Settings) -> None:
        """Remember how the room is divided."""
        settings.save_part_sizes("left", self._left.chosen_sizes())
        if self._is_divided:
            settings.save_part_sizes("columns", splitter_sizes(self))

    def step_to(self, right: int, down: int) -> None:
        """Choose the neighbour of what is chosen: a channel of the wall, a place of the map."""
        self._steps[self._state.sight](right, down)

    # Imports of the pages wait until one is shown: the first maps need none of them.

    def _build_number(self) -> QWidget:
        from cnngui.gui.number.page import NumberPage

        page = NumberPage(self._state, self._hands)
        page.hold_requested.connect(self.hold_requested)
        page.live_requested.connect(self.live_requested)
        page.set_frozen(self._is_frozen)
        self.frozen_changed.connect(page.set_frozen)
        self._steps["number"] = lambda right, down: page.move_place(down, right)
        self._begin_page(page, page)
        return page

    def _build_network(self) -> QWidget:
        from cnngui.gui.graph.page import NetworkPage

        page = NetworkPage(self._state)
        self._steps["network"] = self._step_in_network
        self._begin_page(page, page)
        return page

    def _build_shift(self) -> QWidget:
        from cnngui.gui.shift.page import ShiftPage

        page = ShiftPage(self._state)
        self._steps["shift"] = lambda right, down: page.move_by(down, right)
        self._begin_page(page, page)
        return page

    def _begin_page(self, page: QWidget, view: _View) -> None:
        """Let a new page have the latest result at once, and those to come."""
        veil = Veil(page)
        self._large_veils.append(veil)
        self._pages.append(view)
        if self._result is not None:
            _show_filling(veil, self._result, with_words=True)
            view.show_result(self._result)

    def _step_in_network(self, right: int, down: int) -> None:
        self._state.step_layer(right)
        self._state.select_channel(self._state.channel + down)

    def _divide(self) -> None:
        left = with_font(_LEFT_WIDTH)
        right = max(with_font(_RIGHT_WIDTH), round(_RIGHT_SHARE * self.width()))
        self.setSizes([left, max(self.width() - left - right, 1), right])

    @Slot()
    def _on_splitter_moved(self) -> None:
        self._is_divided = True
        self._tell_what_is_shown()

    @Slot()
    def _on_state_sight_changed(self) -> None:
        # The page of one number has the map and the kernel itself, and needs the room.
        self.inspector.setVisible(self._state.sight == "maps")
        self._tell_what_is_shown()
        # Its column has its width again only when the splitter has laid them out.
        QTimer.singleShot(0, self, self._tell_what_is_shown)

    @Slot()
    def _tell_what_is_shown(self) -> None:
        is_shown = self._state.sight == "maps" and self.sizes()[2] > 0
        self._state.set_inspector_shown(is_shown)


def _show_filling(veil: Veil, result: FrameResult, *, with_words: bool = False) -> None:
    """Cover what is below while the frames that the network sees at once are not all there."""
    if result.filling is None:
        veil.hide()
    else:
        veil.cover(filling_words(*result.filling) if with_words else "")
