"""One number of the chosen map: the terms that make it, live while nobody steps."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPalette,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.hands import Hands
from cnngui.gui.icons import icon
from cnngui.gui.number.curve_view import LARGE, MIDDLING, CurveView
from cnngui.gui.number.result_view import ResultView
from cnngui.gui.number.side_panel import SidePanel
from cnngui.gui.number.stepping import SPEEDS, STEP_KINDS, Stepping
from cnngui.gui.number.terms_view import TermsView
from cnngui.gui.number.words import title_text
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, give_slim_bars, number_font
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.buttons import ChoiceButton, tool_button
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.kernel_menu import KernelMenu, KernelTarget
from cnngui.gui.widgets.keys import keeps_key
from cnngui.gui.widgets.low_stack import LowStack
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.parameter_fields import ParameterFields
from cnngui.gui.widgets.places import keep_place
from cnngui.pipeline.lenses.field import FieldResult
from cnngui.pipeline.lenses.number import NumberResult
from cnngui.pipeline.results import FrameResult
from cnngui.spec.layers import INPUT_ID
from cnngui.weights import Weights

_SIDE_SHARE = 0.32
_SIDE_WIDTHS = (200, 340)
_NARROW = 800
"""Pixels: below this width the map and the words make room for the terms."""
_LOW = 420
"""Pixels: below this height a large curve would not be seen whole."""
_SMALL_MAP = 150
_WIDEST = 16_777_215
"""Qt's own bound of a width that has none."""
_BEAMER = 1.5
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class NumberPage(QWidget):
    """Shows the number that ``ViewState`` says: layer, channel and place.

    Signals
    -------
    hold_requested : somebody steps: the picture is to stay as it is.
    live_requested : the picture may go on.
    """

    hold_requested = Signal()
    live_requested = Signal()

    def __init__(self, state: ViewState, hands: Hands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._hands = hands
        self._result: NumberResult | None = None
        self._weights: Weights = {}
        self._is_narrow = False
        self._dragged_down = self._dragged_right = 0.0
        self.stepping = Stepping(state, self)
        self.terms = TermsView(state)
        self.curve = CurveView(LARGE)
        self.result_view = ResultView(self.terms)
        self.side = SidePanel(state)
        self._build_tools()
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("One number"))
        self.stepping.changed.connect(self._refresh)
        self.stepping.holding.connect(self.hold_requested)
        self.terms.pointed_at.connect(self._pointed.setText)
        self.terms.weight_edited.connect(self._on_terms_weight_edited)
        self.terms.edit_cancelled.connect(hands.take_back)
        self.terms.window_dragged.connect(self._on_terms_window_dragged)
        self.side.map.place_chosen.connect(self._on_map_place_chosen)
        self.result_view.guessed.connect(self._refresh)
        state.place_changed.connect(self._on_state_place_changed)
        state.changed.connect(self._on_state_changed)
        self._refresh()

    def show_result(self, result: FrameResult) -> None:
        """Show the number of a result, if it is of the layer looked at."""
        part = result.part(NumberResult)
        if part is None or part.layer_id != self._state.layer_id:
            if self._state.sight == "number" and result.is_complete:
                self._result = None
                self._refresh()
            return
        self._result = part
        self._weights = result.weights
        self.side.show_field(result.part(FieldResult))
        self._show_number()

    def move_place(self, down: int, right: int) -> None:
        """Go to a neighbour of the chosen place; of a flat layer to another unit."""
        place = self._state.place
        if place:
            *moment, row, column = place
            self._state.select_place((*moment, row + down, column + right))
        else:
            self._state.select_channel(self._state.channel + down + right)

    def move_moment(self, by: int) -> None:
        """Go to the same place so many moments later; earlier below 0."""
        place = self._state.place
        if len(place) == 3:
            self._state.select_place((place[0] + by, *place[1:]))

    def set_frozen(self, frozen: bool) -> None:
        """Say whether the picture is held."""
        self._held.setVisible(frozen)
        if not frozen:
            self.stepping.release()

    def copy_text(self) -> None:
        """Put the formula with its numbers on the clipboard, as text."""
        QGuiApplication.clipboard().setText(self.result_view.text())

    def copy_picture(self) -> None:
        """Put the terms and the result on the clipboard, as a picture."""
        parts = [widget.grab() for widget in (self._content, self.result_view)]
        size = QSize(max(part.width() for part in parts), sum(part.height() for part in parts))
        picture = QPixmap(size)
        picture.fill(self.palette().window().color())
        painter = QPainter(picture)
        painter.drawPixmap(0, 0, parts[0])
        painter.drawPixmap(0, parts[0].height(), parts[1])
        painter.end()
        QGuiApplication.clipboard().setPixmap(picture)

    def event(self, event: QEvent) -> bool:
        return keeps_key(event, tuple(_STEPS)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.move_place(*step)
        elif event.key() == Qt.Key.Key_Home:
            self.stepping.home()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        least, most = _SIDE_WIDTHS
        self._side_area.setFixedWidth(round(min(max(self.width() * _SIDE_SHARE, least), most)))
        self._set_narrow(self.width() < _NARROW)
        small = self._is_narrow or self.height() < _LOW
        self.curve.setFixedSize(MIDDLING if small else LARGE)

    def _set_narrow(self, narrow: bool) -> None:
        """Give the terms the whole width: the map stands below, the words under the terms."""
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        self._side_area.setVisible(not narrow)
        if narrow:
            self._side_area.takeWidget()
            self._content_column.insertWidget(2, self.side)
            self._foot_row.addWidget(self.side.map)
            self.side.map.setFixedWidth(_SMALL_MAP)
        else:
            self._side_area.setWidget(self.side)
            self.side.take_map_back()
            self.side.map.setMinimumWidth(0)
            self.side.map.setMaximumWidth(_WIDEST)
        self.side.show()
        self.side.map.show()

    def _build_tools(self) -> None:
        stepping = self.stepping
        self._title = ElidingLabel(self)
        bold = self.font()
        bold.setBold(True)
        self._title.setFont(bold)
        self._home = tool_button("skip-backward", self.tr("First"), self.tr("Begin anew (Home)"))
        self._back = tool_button("step-backward", self.tr("One step back"), self.tr("Step back"))
        self._play = tool_button("play", self.tr("Play"), self.tr("Slide the kernel by itself"))
        self._forward = tool_button("step-forward", self.tr("One step on"), self.tr("Step on"))
        self._home.clicked.connect(stepping.home)
        self._back.clicked.connect(stepping.back)
        self._play.clicked.connect(stepping.toggle)
        self._earlier = tool_button(
            "clock-minus-outline", self.tr("Moment before"), self.tr("The same place earlier (<)")
        )
        self._later = tool_button(
            "clock-plus-outline", self.tr("Next moment"), self.tr("The same place later (>)")
        )
        self._earlier.clicked.connect(partial(self.move_moment, -1))
        self._later.clicked.connect(partial(self.move_moment, 1))
        self._forward.clicked.connect(stepping.forward)
        self._kind = ChoiceButton(self.tr("Steps"), self.tr("How far a step goes"), self)
        words = {"number": self.tr("By number"), "term": self.tr("By term")}
        for kind in STEP_KINDS:
            self._kind.add_choice(kind, words[kind])
        self._kind.show_choice(stepping.kind)
        self._kind.chosen.connect(stepping.set_kind)
        self._speed = ChoiceButton(self.tr("Speed"), self.tr("Steps a second"), self)
        for speed in SPEEDS:
            self._speed.add_choice(str(speed), self.tr("{speed}/s").format(speed=speed))
        self._speed.show_choice(str(stepping.speed))
        self._speed.chosen.connect(lambda speed: stepping.set_speed(int(speed)))
        self._guess = self._toggle("head-question-outline", self.tr("Guess first"))
        self._guess.setToolTip(self.tr("Hide the result until you have said what it will be"))
        self._guess.toggled.connect(self._on_guess_toggled)
        self._large = self._toggle("format-size", self.tr("Larger"))
        self._large.setToolTip(self.tr("Larger numbers, for the last row of a class"))
        self._large.toggled.connect(self._on_large_toggled)
        self._kernel = tool_button(
            "blur-linear", self.tr("Kernel"), self.tr("Make another kernel, or change this one")
        )
        self._kernel.setMenu(KernelMenu(self._hands, self._kernel_target, self._kernel))
        self._kernel.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._copy = tool_button(
            "content-copy", self.tr("Copy"), self.tr("Copy formula or picture")
        )
        menu = Menu(self._copy)
        menu.addAction(self.tr("Copy as text"), self.copy_text)
        menu.addAction(self.tr("Copy as picture"), self.copy_picture)
        self._copy.setMenu(menu)
        self._copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _toggle(self, icon_name: str, name: str) -> QToolButton:
        button = tool_button(icon_name, name, name)
        button.setCheckable(True)
        return button

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        tools.setSpacing(SPACE_S)
        tools.addWidget(self._title, 1)
        for tool in (
            *(self._earlier, self._later),
            *(self._home, self._back, self._play, self._forward),
            *(self._kind, self._speed, self._guess, self._large, self._kernel, self._copy),
        ):
            tools.addWidget(tool)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        content.setSpacing(SPACE_M)
        content.addWidget(self.terms)
        content.addWidget(self.curve)
        content.addStretch(1)
        self._content_column = content
        self.parameters = ParameterFields(self._hands)
        self._side_area = _scrolling(self.side, self.tr("About this number"))
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(_scrolling(self._content, self.tr("How the number comes about")), 1)
        self._foot_row = QHBoxLayout()
        self._foot_row.setContentsMargins(0, 0, SPACE_S, 0)
        self._foot_row.addWidget(self.result_view, 1)
        left.addLayout(self._foot_row)
        fields = QHBoxLayout()
        fields.setContentsMargins(SPACE_M, 0, SPACE_M, SPACE_S)
        fields.addWidget(self.parameters)
        left.addLayout(fields)
        row.addLayout(left, 1)
        row.addWidget(self._side_area)
        self._message = QLabel(self)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMargin(SPACE_L)
        self._message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._stack = LowStack(self)  # its parts scroll by themselves
        self._stack.addWidget(self._message)
        self._stack.addWidget(both)
        self._pointed = ElidingLabel(self)
        self._pointed.setFont(number_font(self.font()))
        self._held = QToolButton(self)
        self._held.setAutoRaise(True)
        self._held.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._held.setIcon(icon("snowflake"))
        self._held.setText(self.tr("The picture is held: go on live"))
        self._held.setAccessibleName(self._held.text())
        self._held.clicked.connect(self.live_requested)
        keep_place(self._held)
        self._held.hide()
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_M, 0, SPACE_S, SPACE_S)
        foot.addWidget(self._pointed, 1)
        foot.addWidget(self._held)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    def _show_number(self) -> None:
        part = self._result
        if part is None:
            return
        self.stepping.set_terms(len(part.number.inputs))
        self.terms.show_number(part)
        hidden = self.result_view.is_hidden
        self.terms.reveal(0 if hidden else self.stepping.revealed)
        self.terms.setVisible(part.number.question.kind in ("sum", "max", "product", "copy"))
        is_curve = part.number.question.kind == "function" and not hidden
        self.curve.setVisible(is_curve)
        if is_curve:
            self.curve.show_number(part.number)
        self.result_view.show_number(part)
        self.side.show_number(part, self.stepping.filled)
        question = part.number.question
        self._kernel.setVisible(question.layer.has_kernels and question.layer.enabled)
        self.parameters.show_channel(part.layer_id, question.channel, self._weights)
        self._stack.setCurrentIndex(1)

    @Slot()
    def _refresh(self) -> None:
        state, stepping = self._state, self.stepping
        self._title.setText(
            f"{state.layer_id}   "
            + title_text(state.network, state.layer_id, state.channel, state.place)
        )
        self._play.setIcon(icon("pause" if stepping.is_playing else "play"))
        has_moments = len(state.place) == 3
        for button in (self._earlier, self._later):
            button.setVisible(has_moments)
        if has_moments:
            self._earlier.setEnabled(state.place[0] > 0)
            self._later.setEnabled(state.place[0] < state.moments - 1)
        if self._result is None:
            self._stack.setCurrentIndex(0)
            self._message.setText(self._why_nothing())
        else:
            self._show_number()

    def _kernel_target(self) -> KernelTarget | None:
        part, group = self._result, self.terms.chosen_group
        if part is None or group is None or not part.number.question.layer.has_kernels:
            return None
        channels = [other.channel for other in self.terms.groups if other.source == group.source]
        place = group.channel - min(channels)
        tap = part.number.question.taps.tap[int(group.terms[0])].tolist()
        moment = tap[0] if len(tap) == 3 else None
        return KernelTarget(part.layer_id, part.number.question.channel, place, moment)

    @Slot(int, float, bool)
    def _on_terms_weight_edited(self, term: int, value: float, final: bool) -> None:
        part = self._result
        if part is None or part.number.question.taps.weight is None:
            return
        name, index = part.number.question.taps.weight
        place = [int(axis[term]) for axis in index]
        self._hands.set_number(part.layer_id, name, place, value, final=final)

    def _why_nothing(self) -> str:
        if self._state.layer_id == INPUT_ID:
            return self.tr(
                "These are the numbers of the picture itself.\nChoose a layer in the strip above "
                "to see how it makes its numbers of them."
            )
        return self.tr("No number yet.\nChoose a source and a layer that runs.")

    @Slot()
    def _on_state_changed(self) -> None:
        if self._state.sight == "number":
            self._refresh()

    @Slot()
    def _on_state_place_changed(self) -> None:
        self.result_view.forget_guess()
        self._refresh()

    @Slot(int, int)
    def _on_map_place_chosen(self, row: int, column: int) -> None:
        self._state.select_place((*self._state.place[:-2], row, column))

    @Slot(int, int)
    def _on_terms_window_dragged(self, down: int, right: int) -> None:
        """Move the number as far as its window was moved on the map that it reads."""
        part = self._result
        if part is None or not part.sources or not self._state.place:
            return
        source = next(iter(part.sources.values()))
        shape = self._state.shape_of(self._state.layer_id) or (1, 1, 1)
        self._dragged_down += down * shape[-2] / source.height
        self._dragged_right += right * shape[-1] / source.width
        steps = round(self._dragged_down), round(self._dragged_right)
        self._dragged_down -= steps[0]
        self._dragged_right -= steps[1]
        self.move_place(*steps)

    @Slot(bool)
    def _on_guess_toggled(self, guessing: bool) -> None:
        self.result_view.set_guessing(guessing)
        if guessing:
            self.hold_requested.emit()
        self._refresh()

    @Slot(bool)
    def _on_large_toggled(self, large: bool) -> None:
        scale = _BEAMER if large else 1.0
        self.terms.set_scale(scale)
        self.result_view.set_scale(scale)


def _scrolling(content: QWidget, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    give_slim_bars(area)
    return area
