"""The page of one number where maps have moments: slices, subtotals, stepping through time."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from cnngui.explain.decimals import read
from cnngui.pipeline.lenses.field import FieldResult
from cnngui.spec.layers import Conv2d, Conv3d, Flatten, GlobalAvgPool3d, Linear, MaxPool3d
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.driver import Driver
from tests.gui.number.test_page import LEFT, Page

MOVING = NetworkSpec(
    name="moving",
    input=InputSpec(frames=4, height=18, width=24),
    layers=(
        Conv3d(id="conv1", out_channels=4, kernel_size=(2, 3, 3), padding=(0, 1, 1)),
        MaxPool3d(id="pool1", kernel_size=(1, 2, 2), stride=(1, 2, 2)),
        Conv2d(id="conv2", out_channels=2),
        GlobalAvgPool3d(id="gap1"),
        Flatten(id="flat1"),
        Linear(id="fc1", out_features=3),
    ),
)


@pytest.fixture
def page(driver: Driver) -> Page:
    driver.window.resize(1500, 900)
    driver.document.replace_network(MOVING)
    driver.document.select("conv1")
    page = Page(driver)
    page.open()
    driver.wait(lambda: page.result.layer_id == "conv1")
    return page


def test_slices_stand_below_each_other_with_their_moments(driver: Driver, page: Page) -> None:
    terms = page.page.terms
    assert page.result.number.question.at == (2, 9, 12)
    assert [terms.group_label(group) for group in terms.groups] == [
        f"{name}, {moment}" for name in "RGB" for moment in ("t−1", "t")
    ]
    assert len(terms.rows) == 6
    tops = [row.thumb.top() for row in terms.rows]
    assert tops == sorted(tops)
    assert [row.map_total.isEmpty() for row in terms.rows] == [True, False] * 3
    shown = terms.shown
    assert shown is not None
    for group in terms.groups:
        assert group.picture_key in page.result.sources
    total = shown.summands
    parts = [*total.texts, *(part for part in (total.bias, total.rounding) if part)]
    assert sum(map(read, parts), Decimal(0)) == read(total.total)
    assert "channel 0 · t, row 9" in page.page._title.text()
    assert "R, t−1" in terms.accessibleDescription()


def test_the_same_place_earlier_and_later(driver: Driver, page: Page) -> None:
    earlier, later = page.button("Moment before"), page.button("Next moment")
    assert earlier.isVisible()
    assert not later.isEnabled()
    driver.qtbot.mouseClick(earlier, LEFT)
    page.wait_for_place(1, 9, 12)
    driver.qtbot.mouseClick(earlier, LEFT)
    page.wait_for_place(0, 9, 12)
    assert not earlier.isEnabled()
    assert [group.moment for group in page.page.terms.groups][:2] == [0, 1]
    driver.qtbot.mouseClick(later, LEFT)
    page.wait_for_place(1, 9, 12)
    driver.action("newer_moment").trigger()
    page.wait_for_place(2, 9, 12)


def test_arrows_clicks_and_drags_stay_at_the_moment(
    driver: Driver, page: Page, qtbot: QtBot
) -> None:
    page.press("Moment before")
    page.wait_for_place(1, 9, 12)
    driver.key(Qt.Key.Key_Right)
    page.wait_for_place(1, 9, 13)
    driver.key(Qt.Key.Key_Up)
    page.wait_for_place(1, 8, 13)
    chart = page.page.side.map
    qtbot.mouseClick(chart, LEFT, pos=chart.rect().center())
    driver.wait(lambda: page.result.number.question.at[0] == 1)
    terms = page.page.terms
    x = page.result.number.question.at[2]
    start = terms.rows[0].thumb.toRect().center()
    qtbot.mousePress(terms, LEFT, pos=start)
    qtbot.mouseMove(terms, start + QPoint(10, 0))
    qtbot.mouseMove(terms, start + QPoint(20, 0))
    driver.wait(lambda: page.result.number.question.at[2] > x)
    qtbot.mouseRelease(terms, LEFT, pos=start + QPoint(20, 0))
    assert page.result.number.question.at[0] == 1


def test_steps_go_on_with_the_next_moment(driver: Driver, page: Page) -> None:
    page.press("First")
    page.wait_for_place(0, 0, 0)
    page.press("One step back")
    page.wait_for_place(0, 0, 0)
    page.page.stepping._state.select_place((0, 17, 23))
    page.wait_for_place(0, 17, 23)
    page.press("One step on")
    page.wait_for_place(1, 0, 0)
    assert page.page.stepping.filled == 1
    page.press("One step back")
    page.wait_for_place(0, 17, 23)


def test_pointing_tells_the_moment(driver: Driver, page: Page, qtbot: QtBot) -> None:
    terms = page.page.terms
    said: list[str] = []
    terms.pointed_at.connect(said.append)
    cell = terms.cell_rect(0, "weight")
    assert cell is not None
    qtbot.mouseMove(terms, cell.center().toPoint())
    driver.wait(lambda: any(text.startswith("R, t−1, row 8, column 11") for text in said))


def test_every_layer_can_be_opened(driver: Driver, page: Page) -> None:
    for layer in MOVING.layers:
        driver.document.select(layer.id)
        driver.wait(lambda layer_id=layer.id: page.result.layer_id == layer_id)
        has_moments = len(page.result.number.question.at) == 3
        assert page.button("Moment before").isVisible() == has_moments
        assert layer.id in page.page.result_view.value.text()
        page.page.grab()


def test_what_it_listens_to_is_shown_frame_by_frame(driver: Driver, page: Page) -> None:
    page.press_text("What it really listens to")
    driver.wait(lambda: driver.result.part(FieldResult) is not None)
    found = driver.result.part(FieldResult)
    assert found is not None
    assert found.codes.shape == (4, 18, 24)
    nothing = found.codes.min()
    assert (found.codes[:2] == nothing).all()
    assert (found.codes[2:] > nothing).any()
    driver.wait(lambda: "newest last" in page.page.side._spread.text())


def test_a_weight_of_a_slice_is_changed_by_hand(driver: Driver, page: Page, qtbot: QtBot) -> None:
    terms = page.page.terms
    target = page.page._kernel_target()
    assert target is not None
    assert (target.place, target.moment) == (0, 0)
    terms.weight_edited.emit(9, 0.5, True)  # the first of the newest slice
    driver.wait(lambda: float(page.result.number.weights[9]) == 0.5)
    assert float(page.result.number.weights[0]) != 0.5
