import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.capture.source import SourceInfo
from cnngui.gui.window.transport import Transport
from cnngui.gui.words.numbers import clock
from cnngui.pipeline.messages import Playback

VIDEO = SourceInfo("clip.mp4", 64, 48, rate=25.0, frame_count=250, seekable=True)
CAMERA = SourceInfo("desk", 64, 48, rate=30.0, live=True)
IMAGE = SourceInfo("one.png", 64, 48, frame_count=1, seekable=True)
UNKNOWN_LENGTH = SourceInfo("raw.mp4", 64, 48, rate=25.0)


@pytest.fixture
def transport(qtbot: QtBot) -> Transport:
    transport = Transport()
    qtbot.addWidget(transport)
    transport.resize(700, 30)
    transport.set_source(VIDEO)
    transport.show()
    return transport


def slider(transport: Transport) -> QSlider:
    found = transport.findChild(QSlider, "transport_slider")
    assert found is not None
    return found


def time(transport: Transport) -> str:
    label = transport.findChild(QLabel, "transport_time")
    assert label is not None
    return label.text()


def click(qtbot: QtBot, transport: Transport, name: str) -> None:
    button = transport.findChild(QToolButton, f"transport_{name}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (754, "12:34"), (3723, "1:02:03")]
)
def test_times_read_as_people_write_them(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_position_moves_the_slider_and_the_time(transport: Transport) -> None:
    transport.show_position(100)
    assert slider(transport).value() == 100
    assert time(transport) == "0:04 / 0:10"


@pytest.mark.parametrize(
    ("info", "shown"), [(VIDEO, True), (UNKNOWN_LENGTH, True), (CAMERA, False), (IMAGE, False)]
)
def test_it_is_there_only_for_what_has_a_length(
    transport: Transport, info: SourceInfo, shown: bool
) -> None:
    transport.set_source(info)
    assert transport.isVisible() == shown


def test_what_cannot_be_wound_offers_no_slider(transport: Transport) -> None:
    transport.set_source(UNKNOWN_LENGTH)
    assert not slider(transport).isEnabled()
    assert time(transport) == "0:00"


def test_a_click_on_the_groove_goes_there(qtbot: QtBot, transport: Transport) -> None:
    groove = slider(transport)
    place = QPoint(groove.width() * 3 // 4, groove.height() // 2)
    with qtbot.waitSignal(transport.seek_requested) as asked:
        qtbot.mouseClick(groove, Qt.MouseButton.LeftButton, pos=place)
    assert asked.args[0] == pytest.approx(187, abs=6)


def test_dragging_asks_now_and_then_and_ends_where_the_hand_ends(
    qtbot: QtBot, transport: Transport
) -> None:
    asked: list[int] = []
    transport.seek_requested.connect(asked.append)
    groove = slider(transport)
    groove.setSliderDown(True)
    for position in range(0, 200, 2):
        groove.setSliderPosition(position)
        transport.show_position(3)  # the video plays on meanwhile
    assert groove.value() == 198
    groove.setSliderDown(False)
    qtbot.waitUntil(lambda: asked[-1:] == [198])
    assert len(asked) < 20


def test_buttons_ask(qtbot: QtBot, transport: Transport) -> None:
    steps: list[int] = []
    transport.step_requested.connect(steps.append)
    click(qtbot, transport, "step")
    click(qtbot, transport, "back")
    assert steps == [1, -1]
    with qtbot.waitSignal(transport.seek_requested) as asked:
        click(qtbot, transport, "start")
    assert asked.args == [0]


def test_play_loop_and_speed_change_one_thing_each(qtbot: QtBot, transport: Transport) -> None:
    asked: list[Playback] = []
    transport.playback_requested.connect(asked.append)
    transport.show_playback(Playback(mirror=True))
    click(qtbot, transport, "play")
    click(qtbot, transport, "loop")
    speed = transport.findChild(QComboBox, "transport_speed")
    assert speed is not None
    speed.setCurrentIndex(speed.findText("2×"))
    speed.activated.emit(speed.currentIndex())
    assert asked == [
        Playback(playing=False, mirror=True),
        Playback(playing=False, loop=False, mirror=True),
        Playback(playing=False, loop=False, mirror=True, speed=2.0),
    ]


def frame(transport: Transport) -> QLabel:
    label = transport.findChild(QLabel, "transport_frame")
    assert label is not None
    return label


def test_the_frame_is_numbered_while_it_stands_still(transport: Transport) -> None:
    transport.show_position(99)
    assert frame(transport).text() == ""
    before = transport.findChild(QSlider, "transport_slider").geometry()
    transport.show_playback(Playback(playing=False))
    assert frame(transport).text() == "Frame 99"
    transport.show_position(98)
    assert frame(transport).text() == "Frame 98"
    transport.layout().activate()
    assert transport.findChild(QSlider, "transport_slider").geometry() == before
    transport.show_playback(Playback(playing=True))
    assert frame(transport).text() == ""


def test_times_are_those_of_the_frames_and_not_of_a_rate(transport: Transport) -> None:
    times = np.array([0.0, 1.0, 61.0, 62.0])
    transport.set_source(
        SourceInfo("phone.mp4", 64, 48, rate=25.0, frame_count=4, seekable=True, times=times)
    )
    transport.show_position(2)
    assert time(transport) == "1:01 / 1:03"
