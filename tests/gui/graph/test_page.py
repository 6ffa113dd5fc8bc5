"""The page of the whole network, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from cnngui.gui.graph.page import NetworkPage
from cnngui.gui.graph.reads_band import ReadsBand
from cnngui.gui.view_state import ViewState
from cnngui.pipeline.lenses.number import NumberResult
from cnngui.pipeline.lenses.thumbnails import Thumbnails
from cnngui.spec.layers import Conv2d, Conv3d, MaxPool3d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.driver import Driver

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(driver: Driver) -> NetworkPage:
    driver.window.resize(1400, 900)
    driver.key(Qt.Key.Key_W)
    found = driver.window.findChild(NetworkPage)
    assert found is not None
    driver.wait(found.isVisible)
    return found


def centre(page: NetworkPage, layer_id: str) -> QPoint:
    return page.canvas.node_rect(layer_id).center().toPoint()


def test_a_click_chooses_a_layer_and_two_open_its_maps(
    driver: Driver, page: NetworkPage, qtbot: QtBot
) -> None:
    viewport = page.canvas.viewport()
    qtbot.mouseClick(viewport, LEFT, pos=centre(page, "relu1"))
    assert driver.document.selected_id == "relu1"
    qtbot.mouseDClick(viewport, LEFT, pos=centre(page, "pool1"))
    driver.wait(lambda: not page.isVisible())
    assert driver.document.selected_id == "pool1"


def test_the_keys_walk_the_layers_and_lead_back(driver: Driver, page: NetworkPage) -> None:
    driver.document.select("conv1")
    driver.key(Qt.Key.Key_Right)
    assert driver.document.selected_id == "relu1"
    driver.key(Qt.Key.Key_Left)
    driver.key(Qt.Key.Key_Left)
    assert driver.document.selected_id == "input"
    driver.key(Qt.Key.Key_Escape)
    driver.wait(lambda: not page.isVisible())


def test_its_tiles_live_and_cost_nothing_once_it_is_left(driver: Driver, page: NetworkPage) -> None:
    shown = set(page.canvas.visible_layers())
    assert "conv2" in shown

    def has_tiles() -> bool:
        found = driver.result.part(Thumbnails)
        return found is not None and shown <= set(found.by_layer)

    driver.wait(has_tiles)
    driver.wait(lambda: driver.result.view.number is not None)
    driver.key(Qt.Key.Key_M)
    driver.wait(lambda: driver.result.view.number is None)


def test_what_the_channel_reads_leads_to_its_number(
    driver: Driver, page: NetworkPage, qtbot: QtBot
) -> None:
    driver.document.select("conv2")
    driver.wait(lambda: "pool1" in page.band.accessibleDescription())
    qtbot.mouseClick(page.band, LEFT)
    driver.wait(lambda: not page.isVisible())
    assert driver.window.findChild(QToolButton, "sight_number").isChecked()


def test_an_edit_is_seen_at_once_and_a_large_network_is_folded(
    driver: Driver, page: NetworkPage
) -> None:
    spec = driver.document.spec
    for _ in range(30):
        for kind in (Conv2d, ReLU):
            layer = kind(id=spec.fresh_id(kind.__name__))
            if kind is Conv2d:
                layer = Conv2d(id=layer.id, padding="same", out_channels=16)
            spec = spec.inserted(len(spec.layers), layer)
    driver.document.edit(spec, "many layers")
    last = spec.layers[-1].id
    driver.wait(lambda: page.canvas.layout_shown.node_of(last) is not None)
    node = page.canvas.layout_shown.node_of(last)
    assert node is not None
    assert node.block is None or node.block.repeats >= 30
    state = driver.window.findChild(ViewState)
    assert state is not None
    state.folds.fold_all(False)
    assert len(page.canvas.layout_shown.nodes) == len(spec.layers) + 1
    state.folds.fold_all(True)
    assert len(page.canvas.layout_shown.nodes) < 20
    driver.document.undo_stack.undo()
    driver.wait(lambda: page.canvas.layout_shown.node_of(last) is None)


def test_zoom_stays_within_bounds(page: NetworkPage) -> None:
    for _ in range(40):
        page.canvas.zoom_by(1.5)
    assert page.canvas.zoom == pytest.approx(3.0)
    for _ in range(60):
        page.canvas.zoom_by(1 / 1.5)
    assert page.canvas.zoom == pytest.approx(0.08)
    page.canvas.fit()
    assert page.canvas.zoom > 0.3


def test_what_is_read_in_time_is_drawn_with_its_moments(driver: Driver, page: NetworkPage) -> None:
    driver.document.replace_network(
        NetworkSpec(
            input=InputSpec(frames=4, height=18, width=24),
            layers=(
                Conv3d(id="conv1", kernel_size=(2, 3, 3), padding="same"),
                Conv2d(id="conv2", out_channels=2),
                MaxPool3d(id="pool1"),
            ),
        )
    )
    band = page.findChild(ReadsBand)
    assert band is not None
    for layer_id, read in (("conv1", "R: "), ("conv2", "conv1 "), ("pool1", "conv2 0: ")):
        driver.document.select(layer_id)
        driver.wait(
            lambda layer_id=layer_id: (
                (part := driver.result.part(NumberResult)) is not None and part.layer_id == layer_id
            )
        )
        driver.wait(lambda read=read: read in band.accessibleDescription())
        band.grab()
