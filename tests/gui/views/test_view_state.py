from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.theme import apply_theme
from cnngui.gui.view_state import AUTOMATIC, ViewState
from cnngui.pipeline.messages import ViewRequest


def test_begins_with_the_layer_the_document_has_selected(state: ViewState) -> None:
    assert state.request() == ViewRequest(layer_id="softmax1", clips=True)


def test_a_change_is_announced_once_and_no_change_not_at_all(
    qtbot: QtBot, state: ViewState
) -> None:
    with qtbot.waitSignal(state.changed, timeout=0, raising=True):
        state.set_scaling("layer")
    with qtbot.assertNotEmitted(state.changed):
        state.set_scaling("layer")
        state.set_wall_size(800, 600)
    assert state.request().scaling == "layer"


def test_another_layer_begins_at_its_first_page_unzoomed(
    state: ViewState, document: Document
) -> None:
    state.select_layer("wide")
    state.select_channel(300)
    state.set_page(1)
    state.set_zoom(3)
    document.select("conv1")
    request = state.request()
    assert (request.layer_id, request.page, request.zoom) == ("conv1", 0, 1.0)
    assert request.channel == 7


@pytest.mark.parametrize(("asked", "got"), [(-1, 0), (3, 3), (8, 7)])
def test_a_channel_that_is_not_there_becomes_the_nearest(
    state: ViewState, asked: int, got: int
) -> None:
    state.select_layer("conv1")
    state.select_channel(asked)
    assert state.channel == got


def test_fewer_channels_after_an_edit_move_the_choice(state: ViewState, document: Document) -> None:
    state.select_layer("conv1")
    state.select_channel(7)
    document.edit(document.spec.edited("conv1", out_channels=4), "fewer")
    assert state.channel == 3


def test_steps_among_layers_stop_at_the_ends(state: ViewState) -> None:
    state.step_layer(1)
    assert state.layer_id == "softmax1"
    state.step_layer(-1)
    assert state.layer_id == "fc1"
    state.step_layer(-100)
    assert state.layer_id == "input"


def test_colour_maps_are_taken_only_if_they_exist(qtbot: QtBot, state: ViewState) -> None:
    with qtbot.waitSignal(state.colormaps_changed, timeout=0, raising=True):
        state.set_colormaps("magma", "no such map")
    assert state.colormap(signed=False) == "magma"
    assert state.colormap(signed=True) == state.diverging == "blue-red"
    with qtbot.assertNotEmitted(state.colormaps_changed):
        state.set_colormaps("magma", "")


def test_a_new_order_begins_at_the_first_page(state: ViewState) -> None:
    state.set_page(2)
    state.set_order("mean")
    assert (state.request().order, state.page) == ("mean", 0)


def test_colour_maps_suit_the_theme_until_one_is_chosen(
    qapp: QApplication, qtbot: QtBot, state: ViewState
) -> None:
    try:
        apply_theme(qapp, "dark")
        with qtbot.waitSignal(state.colormaps_changed, timeout=0, raising=True):
            state.follow_theme()
        assert state.colormap(signed=True) == "blue-red on dark"
        assert state.chosen_colormaps == (AUTOMATIC, AUTOMATIC)
        state.set_colormaps(AUTOMATIC, "purple-green")
    finally:
        apply_theme(qapp, "light")
    state.follow_theme()
    assert state.colormap(signed=True) == "purple-green"
    state.set_colormaps(AUTOMATIC, AUTOMATIC)
    assert state.colormap(signed=True) == "blue-red"


def test_what_the_number_under_the_pointer_sees(document: Document, state: ViewState) -> None:
    told: list[int] = []
    state.regions_changed.connect(lambda: told.append(len(state.regions)))
    state.point_at(("pool1", (3, 4)))
    assert state.regions["input"][1:] == (range(5, 9), range(7, 11))
    assert state.regions["conv1"][1:] == (range(6, 8), range(8, 10))
    assert "wide" not in state.regions
    state.point_at(("pool1", (3, 4)))
    assert len(told) == 1
    state.point_at(None)
    assert state.regions == {}


def test_on_its_page_the_chosen_number_is_outlined_all_the_time(
    document: Document, state: ViewState
) -> None:
    document.select("conv1")
    state.select_place((0, 5))
    assert state.regions == {}
    state.show_sight("number")
    assert state.request().number is not None
    assert state.regions["input"][1:] == (range(2), range(4, 7))
    state.select_place((10, 5))
    assert state.regions["input"][1:] == (range(9, 12), range(4, 7))
    document.select("pool1")  # the same part of the picture
    assert state.place == (5, 2)
    document.select("fc1")
    assert state.place == ()
    assert state.regions["input"][1:] == (range(24), range(32))
    state.show_sight("maps")
    assert state.request().number is None
    assert state.regions == {}
