from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.gui.view_state import ViewState
from cnngui.gui.views.input_view import InputView
from tests.gui.views.conftest import show
from tests.gui.views.results import Maps, frame_result


@pytest.fixture
def view(qtbot: QtBot, state: ViewState) -> InputView:
    made = InputView(state)
    show(qtbot, made, 240, 220)
    return made


def caption(view: InputView) -> str:
    return view.findChild(QLabel).text()


def test_it_shows_what_the_network_sees_or_the_source(
    qtbot: QtBot, view: InputView, state: ViewState, outputs: dict[str, Maps]
) -> None:
    red = np.zeros((24, 32, 3), np.uint8)
    red[..., 0] = 255
    blue = np.zeros((48, 64, 3), np.uint8)
    blue[..., 2] = 255
    view.show_result(frame_result(state.request(), outputs, pixels=red, picture=blue))
    assert caption(view) == "Input 32×24 RGB"
    assert view.grab().toImage().pixelColor(120, 80).toTuple() == (255, 0, 0, 255)
    qtbot.mouseClick(view.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert caption(view) == "Source 64×48"
    assert view.grab().toImage().pixelColor(120, 80).toTuple() == (0, 0, 255, 255)


def test_a_grey_input_is_grey(view: InputView, state: ViewState, outputs: dict[str, Maps]) -> None:
    grey = np.full((29, 27, 1), 77, np.uint8)
    view.show_result(frame_result(state.request(), outputs, pixels=grey))
    assert caption(view) == "Input 27×29 grey"
    assert view.grab().toImage().pixelColor(120, 80).toTuple() == (77, 77, 77, 255)


def test_before_the_first_picture_it_says_what_to_do(view: InputView) -> None:
    assert caption(view) == "Input"
    assert not view.grab().isNull()


def test_what_a_number_sees_is_outlined(
    view: InputView, state: ViewState, outputs: dict[str, Maps]
) -> None:
    view.show_result(frame_result(state.request(), outputs))
    plain = view.grab().toImage()
    state.point_at(("pool1", (3, 4)))
    assert view.grab().toImage() != plain
    state.point_at(None)
    assert view.grab().toImage() == plain
