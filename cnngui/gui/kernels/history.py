"""Back and forth through the moments of a training."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_S, number_font
from cnngui.gui.widgets.buttons import tool_button
from cnngui.gui.widgets.plain import show_plainly
from cnngui.gui.widgets.seek_slider import SeekSlider
from cnngui.pipeline.training.progress import KernelMoment

_PLAY_MS = 6_000
"""How long a whole training takes when it is played."""
_LEAST_INTERVAL_MS, _LARGEST_INTERVAL_MS = 40, 250


class KernelsHistory(QWidget):
    """A slider over the moments, with a button that plays them.

    At its right end it follows a training that goes on. ``moment_changed`` says that ``moment`` is
    another one.
    """

    moment_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moments: tuple[KernelMoment, ...] = ()
        self._follows = True
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.play = tool_button(
            "play", self.tr("Play"), self.tr("Play the training from its start")
        )
        self.play.clicked.connect(self._on_play_clicked)
        self.slider = SeekSlider(self)
        self.slider.setAccessibleName(self.tr("Moment of the training"))
        self.slider.setMinimumWidth(80)
        self.slider.valueChanged.connect(self._on_slider_value_changed)
        self.label = QLabel(self)
        self.label.setFont(number_font(self.font()))
        show_plainly(self.label)
        self.label.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.tr("before training")))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        row.addWidget(self.label)

    @property
    def moment(self) -> KernelMoment | None:
        """The moment chosen; None without any."""
        return self._moments[self.slider.value()] if self._moments else None

    def show_moments(self, moments: tuple[KernelMoment, ...]) -> None:
        """Take the moments of a training, which may have become more, or been thinned out."""
        if moments is self._moments:
            return
        step = self.moment.step if self.moment is not None else 0
        is_other = not moments or not self._moments or moments[0] is not self._moments[0]
        self._follows = self._follows or is_other
        self._moments = moments
        last = max(len(moments) - 1, 0)
        place = last if self._follows else _place_of(step, moments)
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        self.slider.setPageStep(max(last // 10, 1))
        self.slider.setValue(place)
        self.slider.blockSignals(False)
        if is_other:
            self._stop()
        self._announce()

    @Slot(int)
    def _on_slider_value_changed(self, place: int) -> None:
        self._follows = place == self.slider.maximum()
        self._announce()

    @Slot()
    def _on_play_clicked(self) -> None:
        if self._timer.isActive():
            self._stop()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        interval = _PLAY_MS // max(self.slider.maximum(), 1)
        self._timer.start(min(max(interval, _LEAST_INTERVAL_MS), _LARGEST_INTERVAL_MS))
        self.play.setIcon(icon("pause"))
        self.play.setAccessibleName(self.tr("Pause"))

    @Slot()
    def _on_timer_timeout(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() == self.slider.maximum():
            self._stop()

    def _stop(self) -> None:
        self._timer.stop()
        self.play.setIcon(icon("play"))
        self.play.setAccessibleName(self.tr("Play"))

    def _announce(self) -> None:
        moment = self.moment
        self.setEnabled(len(self._moments) > 1)
        if moment is None:
            self.label.clear()
        elif moment.step == 0:
            self.label.setText(self.tr("before training"))
        else:
            self.label.setText(self.tr("epoch {0}").format(f"{moment.epoch:.1f}"))
        self.moment_changed.emit()


def _place_of(step: int, moments: tuple[KernelMoment, ...]) -> int:
    """Return the place of the last moment that is not after a step."""
    return max((place for place, moment in enumerate(moments) if moment.step <= step), default=0)
