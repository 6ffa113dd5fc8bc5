"""The page on which the picture is nudged, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from cnngui.formats.opening import open_network
from cnngui.gui.shift.page import ShiftPage
from cnngui.pipeline.lenses.shift import ShiftResult
from tests.gui.driver import Driver


@pytest.fixture
def page(driver: Driver) -> ShiftPage:
    driver.window.resize(1400, 900)
    driver.document.replace_network(open_network("lenet-5").spec)
    driver.key(Qt.Key.Key_H)
    found = driver.window.findChild(ShiftPage)
    assert found is not None
    driver.wait(found.isVisible)
    driver.wait(lambda: driver.result.part(ShiftResult) is not None)
    return found


def shift_of(driver: Driver) -> tuple[int, int] | None:
    part = driver.result.part(ShiftResult)
    return None if part is None else part.by


def test_arrows_buttons_and_drags_shift_it(driver: Driver, page: ShiftPage, qtbot: QtBot) -> None:
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Down)
    driver.wait(lambda: shift_of(driver) == (1, 1))
    up = next(
        button
        for button in page.findChildren(QToolButton)
        if button.accessibleName() == "One pixel up"
    )
    qtbot.mouseClick(up, Qt.MouseButton.LeftButton)
    driver.wait(lambda: shift_of(driver) == (0, 1))
    start = page.pad.rect().center()
    qtbot.mousePress(page.pad, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(page.pad, start + QPoint(40, 0))
    qtbot.mouseMove(page.pad, start + QPoint(400, 0))
    driver.wait(lambda: shift_of(driver) == (0, 16))  # not further
    qtbot.mouseRelease(page.pad, Qt.MouseButton.LeftButton)
    driver.wait(lambda: "conv2" in page.layers.accessibleDescription())
    assert page.poolings.isVisible()


def test_it_costs_nothing_once_it_is_left(driver: Driver, page: ShiftPage) -> None:
    driver.key(Qt.Key.Key_Escape)
    driver.wait(lambda: driver.result.view.shift is None)
    driver.wait(lambda: driver.result.part(ShiftResult) is None)


def test_tables_are_there_once_there_is_something_to_show(driver: Driver) -> None:
    driver.key(Qt.Key.Key_H)
    found = driver.window.findChild(ShiftPage)
    assert found is not None
    assert found.layers.isHidden()
    assert found.poolings.isHidden()
    driver.wait(found.layers.isVisible)
    driver.wait(found.poolings.isVisible)


def test_in_a_small_window_the_table_scrolls_and_not_the_page(driver: Driver) -> None:
    driver.window.resize(1024, 700)
    driver.document.replace_network(open_network("residual").spec)
    driver.key(Qt.Key.Key_H)
    found = driver.window.findChild(ShiftPage)
    assert found is not None
    driver.wait(lambda: "block3_relu2" in found.layers.accessibleDescription())
    room = found.parentWidget()
    assert room is not None
    driver.wait(lambda: found.height() <= room.height())
