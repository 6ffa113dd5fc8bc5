"""The row under the wall for maps with moments: one of them, all in turn, or side by side."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from cnngui.gui.theme import SPACE_M, SPACE_S, number_font
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.buttons import tool_button
from cnngui.gui.widgets.plain import show_plainly
from cnngui.gui.widgets.seek_slider import SeekSlider
from cnngui.gui.words.moments import moment_in
from cnngui.pipeline.messages import TIME_VIEWS, TimeView

_LEAST_SLIDER, _LARGEST_SLIDER = 80, 480


class MomentBar(QWidget):
    """How the moments of a layer are looked at, and which one.

    It is there while the network has a layer with moments. Over a layer without any it is empty,
    so that nothing moves when another layer is looked at.
    """

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._group = QButtonGroup(self)
        self._buttons = {time: self._button(time) for time in TIME_VIEWS}
        self.slider = SeekSlider(self)
        self.slider.setAccessibleName(self.tr("Moment"))
        self.slider.setToolTip(self.tr("Which moment is seen; the newest is at the right (<, >)"))
        self.slider.setMinimumWidth(_LEAST_SLIDER)
        self.slider.setMaximumWidth(_LARGEST_SLIDER)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(state.set_moment)
        self.label = QLabel(self)
        self.label.setFont(number_font(self.font()))
        show_plainly(self.label)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, 0)
        row.setSpacing(SPACE_S)
        row.addStrut(self._buttons["moment"].sizeHint().height())
        for button in self._buttons.values():
            row.addWidget(button)
        row.addSpacing(SPACE_S)
        row.addWidget(self.slider, 1)
        row.addWidget(self.label)
        row.addStretch(1)
        state.playhead.moved.connect(self._show_place)
        self.refresh()

    @property
    def time_buttons(self) -> dict[TimeView, QToolButton]:
        """The buttons, by what they choose."""
        return dict(self._buttons)

    @Slot()
    def refresh(self) -> None:
        """Bring the row in line with the state."""
        state = self._state
        count = state.moments
        is_offered = count > 1
        self.setVisible(any(state.moments_of(layer_id) > 1 for layer_id in state.layer_ids))
        for time, button in self._buttons.items():
            button.setVisible(is_offered)
            button.setChecked(time == state.time)
        for part in (self.slider, self.label):
            part.setVisible(is_offered)
        if not is_offered:
            return
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, count - 1)
        metrics = self.label.fontMetrics()
        widest = self._words(0, 10 ** len(str(count)) - 1)
        self.label.setMinimumWidth(metrics.horizontalAdvance(widest) + SPACE_S)
        self._show_place()

    @Slot()
    def _show_place(self) -> None:
        state = self._state
        is_played = state.playhead.is_playing
        place = state.playhead.place if is_played else state.moment
        with QSignalBlocker(self.slider):
            self.slider.setValue(place)
        self.label.setText(self._words(place, state.moments))

    def _words(self, place: int, count: int) -> str:
        words = self.tr("{moment}   {number} of {count}")
        return words.format(moment=moment_in(place, count), number=place + 1, count=count)

    def _button(self, time: TimeView) -> QToolButton:
        icon_name, name, tip = {
            "moment": (
                "image-outline",
                self.tr("One moment"),
                self.tr("Show one moment of each channel"),
            ),
            "loop": ("repeat", self.tr("Play"), self.tr("Play the moments again and again")),
            "film": (
                "filmstrip",
                self.tr("Side by side"),
                self.tr("Lay the moments out: channels go down, time goes across"),
            ),
        }[time]
        button = tool_button(icon_name, name, tip)
        button.setCheckable(True)
        button.clicked.connect(lambda: self._state.set_time(time))
        self._group.addButton(button)
        return button
