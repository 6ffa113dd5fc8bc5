from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cnngui.featuremaps.thumbnail import tiles_on_thumbnail
from cnngui.gui.document import Document
from cnngui.gui.theme import ACCENT
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.strip import LayerStrip
from cnngui.gui.views.strip_model import REGIONS_ROLE
from cnngui.spec.layers import Conv2d, GlobalAvgPool2d
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.views.conftest import NETWORK, show
from tests.gui.views.results import Maps, frame_result
from tests.large_networks import resnet50


@pytest.fixture
def strip(qtbot: QtBot, state: ViewState, document: Document) -> LayerStrip:
    made = LayerStrip(state, document)
    document.select("input")
    show(qtbot, made, 350, made.height())
    return made


def cell(strip: LayerStrip, row: int) -> QPoint:
    return strip.visualRect(strip.model().index(row, 0)).center()


def test_there_is_one_thumbnail_per_layer_and_one_of_the_input(strip: LayerStrip) -> None:
    model = strip.model()
    ids = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert ids == ["input", *(layer.id for layer in NETWORK.layers)]


def test_the_selected_thumbnail_stays_in_sight_when_the_window_shrinks(
    qtbot: QtBot, strip: LayerStrip, document: Document
) -> None:
    strip.resize(1200, strip.height())
    document.select("softmax1")
    strip.resize(300, strip.height())
    last = strip.model().rowCount() - 1
    qtbot.waitUntil(lambda: strip.viewport().rect().contains(cell(strip, last)))


def test_a_click_selects_the_layer(qtbot: QtBot, strip: LayerStrip, document: Document) -> None:
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=cell(strip, 2))
    assert document.selected_id == "relu1"


def test_arrow_keys_select_layers(qtbot: QtBot, strip: LayerStrip, document: Document) -> None:
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert document.selected_id == "conv1"


def test_only_visible_thumbnails_are_asked_for(
    strip: LayerStrip, state: ViewState, document: Document
) -> None:
    assert state.request().thumbnails == ("input", "conv1", "relu1", "pool1")
    document.select("softmax1")
    assert state.request().thumbnails[-1] == "softmax1"
    assert "input" not in state.request().thumbnails
    assert len(state.request().thumbnails) <= 5


def test_a_selection_elsewhere_scrolls_to_its_thumbnail(
    strip: LayerStrip, document: Document
) -> None:
    document.select("softmax1")
    row = strip.model().rowCount() - 1
    assert strip.currentIndex().row() == row
    assert strip.viewport().rect().contains(cell(strip, row) + QPoint(40, 0))


def test_thumbnails_are_painted_and_the_selected_one_is_framed(
    strip: LayerStrip, state: ViewState, outputs: dict[str, Maps]
) -> None:
    before = strip.grab().toImage()
    strip.show_result(frame_result(state.request(), outputs))
    after = strip.grab().toImage()
    inside = cell(strip, 1) - QPoint(10, 30)
    assert before.pixelColor(inside) != after.pixelColor(inside)
    first_part = replace(frame_result(state.request(), outputs), is_complete=False, parts={})
    strip.show_result(first_part)
    assert strip.grab().toImage() == after, "they stay until the rest of the frame is there"
    assert _count(after, ACCENT.rgb()) > 100


def test_a_bypassed_layer_says_so(strip: LayerStrip, document: Document) -> None:
    document.edit(document.spec.edited("relu1", enabled=False), "bypass")
    tip = strip.model().index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "bypassed" in tip


def test_an_edit_of_the_network_changes_the_strip(
    strip: LayerStrip, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    strip.show_result(frame_result(state.request(), outputs))
    document.edit(document.spec.removed("relu1"), "remove")
    model = strip.model()
    assert model.index(2, 0).data() == "pool1"
    assert model.index(2, 0).data(Qt.ItemDataRole.DecorationRole) is not None
    assert "relu1" not in state.request().thumbnails


def test_a_late_result_of_a_removed_layer_is_harmless(
    strip: LayerStrip, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    late = frame_result(state.request(), outputs)
    document.edit(document.spec.removed("relu1"), "remove")
    strip.show_result(late)
    assert not strip.grab().isNull()


def test_a_layer_with_a_problem_has_no_thumbnail_and_nothing_is_selected(
    strip: LayerStrip, document: Document
) -> None:
    broken = document.spec.duplicated("conv1").edited("conv2", kernel_size=(999, 999), padding=0)
    document.edit(broken, "duplicate", select="conv2")
    assert document.selected_id == "conv2"
    assert not strip.currentIndex().isValid()
    document.select("conv1")
    assert strip.currentIndex().data() == "conv1"


def _count(image: QImage, rgb: int) -> int:
    return sum(
        image.pixel(x, y) == rgb for x in range(image.width()) for y in range(image.height())
    )


def test_nothing_is_asked_for_while_the_strip_is_not_seen(
    strip: LayerStrip, state: ViewState, document: Document
) -> None:
    strip.hide()
    assert state.request().thumbnails == ()
    document.edit(document.spec.removed("wide"), "remove")
    assert state.request().thumbnails == ()
    strip.show()
    assert "input" in state.request().thumbnails


def test_the_strip_is_as_high_as_thumbnails_and_captions(strip: LayerStrip) -> None:
    cell_height = strip.visualRect(strip.model().index(0, 0)).height()
    assert strip.horizontalScrollBar().isVisible()
    assert strip.viewport().height() == cell_height
    assert strip.height() - cell_height <= 12


def test_a_folded_block_is_one_picture_that_a_click_or_enter_opens(qtbot: QtBot) -> None:
    document = Document(resnet50())
    state = ViewState(document)
    strip = LayerStrip(state, document)
    qtbot.addWidget(strip)
    strip.resize(1100, 140)
    strip.show()
    qtbot.waitExposed(strip)
    model = strip.model()
    assert model.rowCount() == 1 + 16 + 8
    place = strip.visualRect(model.index(5)).center()
    assert model.index(5).data() == "layer1_0"
    assert "12 layers" in model.index(5).data(Qt.ItemDataRole.AccessibleTextRole)
    assert state.request().thumbnails[5] == "layer1_0_relu3"
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert document.selected_id == "layer1_0_conv1"
    assert strip.indexAt(place).data() == "layer1_0_conv1"
    document.select("layer1_1_relu3")
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert document.selected_id == "layer1_1_conv1"
    state.folds.fold_all(True)
    assert model.rowCount() == 1 + 16 + 8
    assert document.selected_id == "layer1_1_relu3"
    state.step_layer(-1)
    assert document.selected_id == "layer1_0_relu3"


def test_what_is_outlined_lies_on_the_maps_as_they_were_drawn_for_the_screen(
    qtbot: QtBot,
) -> None:
    pooled = NetworkSpec(
        input=InputSpec(channels=1, height=8, width=8),
        layers=(Conv2d(id="conv1", out_channels=4), GlobalAvgPool2d(id="pool1")),
    )
    document = Document(pooled)
    state = ViewState(document)
    strip = LayerStrip(state, document)
    show(qtbot, strip, 350, strip.height())
    state.point_at(("pool1", (0, 0)))
    for size in ((96, 72), (144, 108), (192, 144)):
        state.set_thumbnails(("pool1",), size)
        drawn = tiles_on_thumbnail((4, 1, 1), *size)
        outlined = strip.model().index(2, 0).data(REGIONS_ROLE)
        channels = state.regions["pool1"][0]
        assert len(outlined) == len([place for place in range(len(drawn)) if place in channels])
        for tile, _ in outlined:
            there = tuple(number * size[0] / 96 for number in tile.getRect())
            assert pytest.approx(there) in drawn
