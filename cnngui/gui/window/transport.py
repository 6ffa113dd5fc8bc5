"""Play, pause, wind and step through a source that has an end."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from cnngui.capture.source import SourceInfo
from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_M, SPACE_S, number_font
from cnngui.gui.widgets.seek_slider import SeekSlider
from cnngui.gui.words.numbers import clock
from cnngui.pipeline.messages import Playback

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
_SEEK_INTERVAL_MS = 60


class Transport(QWidget):
    """Buttons, slider and times. It asks by signals and shows what it is told; it plays nothing."""

    playback_requested = Signal(object)
    """A ``Playback`` with one thing changed."""
    seek_requested = Signal(int)
    step_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._info: SourceInfo | None = None
        self._playback = Playback()
        self._start = self._button("transport_start", "skip-backward", self.tr("To the start"))
        self._start.clicked.connect(lambda: self.seek_requested.emit(0))
        self._back = self._button("transport_back", "step-backward", self.tr("One frame back"))
        self._back.clicked.connect(lambda: self.step_requested.emit(-1))
        self._play = self._button("transport_play", "pause", "")
        self._play.clicked.connect(self._on_play_clicked)
        self._step = self._button("transport_step", "step-forward", self.tr("One frame on"))
        self._step.clicked.connect(lambda: self.step_requested.emit(1))
        self._slider = SeekSlider()
        self._slider.setObjectName("transport_slider")
        self._slider.setAccessibleName(self.tr("Place in the video"))
        self._slider.actionTriggered.connect(self._on_slider_moved)
        self._slider.sliderMoved.connect(self._on_slider_moved)
        self._time = QLabel()
        self._time.setObjectName("transport_time")
        self._time.setFont(number_font(self.font()))
        self._frame = QLabel()
        self._frame.setObjectName("transport_frame")
        self._frame.setFont(number_font(self.font()))
        self._loop = self._button("transport_loop", "repeat", self.tr("Begin again at the end"))
        self._loop.setCheckable(True)
        self._loop.clicked.connect(self._on_loop_clicked)
        self._speed = QComboBox()
        self._speed.setObjectName("transport_speed")
        self._speed.setToolTip(self.tr("Speed"))
        self._speed.setAccessibleName(self.tr("Speed"))
        for speed in SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.activated.connect(self._on_speed_activated)

        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, SPACE_S, SPACE_M, 0)
        row.setSpacing(SPACE_S)
        for button in (self._start, self._back, self._play, self._step):
            row.addWidget(button)
        row.addWidget(self._slider, 1)
        for widget in (self._frame, self._time, self._loop, self._speed):
            row.addWidget(widget)

        # Dragging gives a value per pixel; a video file is wound a few times a second.
        self._throttle = QTimer(self, interval=_SEEK_INTERVAL_MS, singleShot=True)
        self._throttle.timeout.connect(self._on_throttle_timeout)
        self._wanted: int | None = None
        self.set_source(None)
        self.show_playback(self._playback)

    def set_source(self, info: SourceInfo | None) -> None:
        """Fit to the source that is open now; live and still ones need no transport."""
        self._info = info
        self._wanted = None
        self.setVisible(info is not None and not info.live and info.frame_count != 1)
        if info is None:
            return
        self._slider.setRange(0, max(info.frame_count - 1, 0))
        self._slider.setEnabled(info.seekable and info.frame_count > 1)
        self._back.setEnabled(info.seekable)
        # Nothing moves when the number comes and goes.
        widest = self._frame.fontMetrics().horizontalAdvance(self._frame_words(info.frame_count))
        self._frame.setMinimumWidth(widest)
        self.show_position(0)

    def show_playback(self, playback: Playback) -> None:
        """Show whether it plays, loops, and how fast."""
        self._playback = playback
        self._write_frame(self._slider.sliderPosition())
        self._play.setIcon(icon("pause" if playback.playing else "play"))
        _name(self._play, self.tr("Pause the source") if playback.playing else self.tr("Play"))
        self._loop.setChecked(playback.loop)
        self._speed.setCurrentIndex(self._speed.findData(playback.speed))

    def show_position(self, position: int) -> None:
        """Show where the source is; while the slider is dragged, the hand has the say."""
        if self._info is None or self._slider.isSliderDown() or self._wanted is not None:
            return
        self._slider.setValue(position)
        self._write_time(position)

    def _write_time(self, position: int) -> None:
        info = self._info
        if info is None:
            return
        if info.duration > 0 or info.rate > 0:
            now, end = clock(info.time_at(position)), clock(info.duration)
        else:
            now, end = str(position + 1), str(info.frame_count)
        self._time.setText(f"{now} / {end}" if info.frame_count else now)
        self._write_frame(position)

    def _write_frame(self, position: int) -> None:
        """Say which frame it is, while that can be read."""
        self._frame.setText("" if self._playback.playing else self._frame_words(position))

    def _frame_words(self, position: int) -> str:
        return self.tr("Frame {0}").format(position)

    @Slot()
    def _on_play_clicked(self) -> None:
        self._request(replace(self._playback, playing=not self._playback.playing))

    @Slot()
    def _on_loop_clicked(self) -> None:
        self._request(replace(self._playback, loop=self._loop.isChecked()))

    @Slot()
    def _on_speed_activated(self) -> None:
        self._request(replace(self._playback, speed=self._speed.currentData()))

    def _request(self, playback: Playback) -> None:
        self.show_playback(playback)
        self.playback_requested.emit(playback)

    @Slot()
    def _on_slider_moved(self) -> None:
        self._wanted = self._slider.sliderPosition()
        self._write_time(self._wanted)
        if not self._throttle.isActive():
            self._throttle.start()

    @Slot()
    def _on_throttle_timeout(self) -> None:
        if self._wanted is not None:
            self.seek_requested.emit(self._wanted)
            self._wanted = None

    def _button(self, name: str, icon_name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icon(icon_name))
        button.setAutoRaise(True)
        _name(button, tip)
        return button


def _name(button: QToolButton, words: str) -> None:
    button.setToolTip(words)
    button.setAccessibleName(words)
