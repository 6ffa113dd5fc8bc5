from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from cnngui.featuremaps.colormaps import DIVERGING, NON_FINITE
from cnngui.featuremaps.scaling import NEUTRAL_CODE
from cnngui.gui.document import Document
from cnngui.gui.theme import ACCENT
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.vector import VectorView
from cnngui.gui.widgets.bars import round_limit, sign_color
from cnngui.gui.widgets.pictures import color_table
from tests.gui.views.conftest import show
from tests.gui.views.results import Maps, frame_result


@pytest.fixture
def bars(
    qtbot: QtBot, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> VectorView:
    made = VectorView(state)
    show(qtbot, made)
    document.select("fc1")
    made.show_result(frame_result(state.request(), outputs))
    return made


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ([0.0], 1),
        ([0.3, -0.7], 1),
        ([1.0], 1),
        ([1.1], 2),
        ([-21.0], 50),
        ([0.06], 0.1),
        ([float("inf"), 3.0], 5),
        ([float("nan")], 1),
    ],
)
def test_the_scale_is_the_next_round_number(values: list[float], limit: float) -> None:
    assert round_limit(np.array(values, np.float32)) == pytest.approx(limit)


def test_positive_and_negative_bars_run_from_the_middle(bars: VectorView, state: ViewState) -> None:
    negative, positive = sign_color(state.diverging, -1), sign_color(state.diverging, 1)
    picture = bars.viewport().grab().toImage()
    reach = {
        unit: _columns_of(picture, bars.unit_rect(unit).center().y(), color)
        for unit, color in ((0, negative), (2, positive))
    }
    middle = reach[2][0]
    assert abs(reach[0][-1] - middle) <= 3
    assert len(reach[0]) == pytest.approx(3 * len(reach[2]), abs=6)


@pytest.mark.parametrize("name", DIVERGING)
def test_bars_have_the_colours_that_maps_of_their_sign_have(
    bars: VectorView, state: ViewState, name: str
) -> None:
    state.set_colormaps(state.sequential, name)
    table = color_table(name, signed=True)
    negative, positive = sign_color(name, -1), sign_color(name, 1)
    assert table.index(negative.rgb()) < NEUTRAL_CODE < table.index(positive.rgb())
    picture = bars.viewport().grab().toImage()
    assert _columns_of(picture, bars.unit_rect(0).center().y(), negative)
    assert _columns_of(picture, bars.unit_rect(2).center().y(), positive)


def test_a_full_bar_of_a_softmax_is_one(
    bars: VectorView, state: ViewState, outputs: dict[str, Maps]
) -> None:
    state.select_layer("softmax1")
    outputs["softmax1"] = np.array([0.2, 0.2, 0.2], np.float32)
    bars.show_result(frame_result(state.request(), outputs))
    fifth = _bar_length(bars)
    outputs["softmax1"] = np.array([0.4, 0.4, 0.4], np.float32)
    bars.show_result(frame_result(state.request(), outputs))
    assert _bar_length(bars) == pytest.approx(2 * fifth, abs=3)


def test_a_click_chooses_the_unit(qtbot: QtBot, bars: VectorView, state: ViewState) -> None:
    at = bars.unit_rect(2).center()
    qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert state.channel == 2


def test_a_click_beside_the_bars_chooses_nothing(
    qtbot: QtBot, bars: VectorView, state: ViewState
) -> None:
    qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(350, 2))
    assert state.channel == 0


def test_pointing_tells_unit_class_and_value(qtbot: QtBot, bars: VectorView) -> None:
    with qtbot.waitSignal(bars.pointed_at) as said:
        qtbot.mouseMove(bars.viewport(), bars.unit_rect(2).center())
    assert said.args == ["unit 2 red panda   value 0.5"]
    with qtbot.waitSignal(bars.pointed_at) as said:
        qtbot.mouseMove(bars.viewport(), QPoint(350, 2))
    assert said.args == [""]


def test_arrows_follow_the_order_on_the_screen(
    qtbot: QtBot, bars: VectorView, state: ViewState, outputs: dict[str, Maps]
) -> None:
    state.set_order("maximum")
    bars.show_result(frame_result(state.request(), outputs))
    state.select_channel(2)
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    assert state.channel == 1
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    assert state.channel == 0
    qtbot.keyClick(bars, Qt.Key.Key_Up)
    assert state.channel == 1


def test_seventy_thousand_units_scroll_and_stay_quick(
    qtbot: QtBot, bars: VectorView, state: ViewState, outputs: dict[str, Maps]
) -> None:
    state.select_layer("flatten1")
    bars.show_result(frame_result(state.request(), outputs))
    assert bars.verticalScrollBar().maximum() > 100_000
    bars.verticalScrollBar().setValue(bars.verticalScrollBar().maximum())
    bottom = QPoint(bars.viewport().width() // 6, bars.viewport().height() - 20)
    with qtbot.waitSignal(bars.pointed_at) as said:
        qtbot.mouseMove(bars.viewport(), bottom)
    text = said.args[0]
    unit = int(text.split()[1])
    assert unit > 20_000
    assert text.endswith(f"value {unit}")


def test_a_unit_chosen_by_key_is_scrolled_into_view(
    bars: VectorView, state: ViewState, outputs: dict[str, Maps]
) -> None:
    state.select_layer("flatten1")
    bars.show_result(frame_result(state.request(), outputs))
    for _ in range(40):
        bars.move_unit(0, 1)
    assert state.channel == 40
    assert bars.viewport().rect().contains(bars.unit_rect(40))


def test_values_that_are_not_numbers_are_said_not_drawn(
    bars: VectorView, state: ViewState, outputs: dict[str, Maps]
) -> None:
    outputs["fc1"] = np.array([np.nan, np.inf, 1.0], np.float32)
    bars.show_result(frame_result(state.request(), outputs))
    picture = bars.viewport().grab().toImage()
    drawn = [
        len(_columns_of(picture, bars.unit_rect(unit).center().y(), ACCENT)) for unit in (0, 2)
    ]
    assert drawn[0] == 0 < drawn[1]
    magenta = QColor(*NON_FINITE)
    filled = [
        len(_columns_of(picture, bars.unit_rect(unit).center().y(), magenta)) for unit in (0, 1, 2)
    ]
    assert filled[0] == filled[1] >= drawn[1] > filled[2] == 0


def _bar_length(bars: VectorView) -> int:
    picture = bars.viewport().grab().toImage()
    return len(_columns_of(picture, bars.unit_rect(1).center().y(), ACCENT))


def _columns_of(picture: QImage, y: int, color: QColor) -> list[int]:
    return [x for x in range(picture.width()) if picture.pixelColor(x, y) == color]
