"""Weights changed in the window: typed, turned, dragged, made anew, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.gui.number.page import NumberPage
from cnngui.gui.views.inspector import Inspector
from cnngui.gui.widgets.kernel_menu import KernelMenu
from cnngui.gui.widgets.spin_boxes import FloatSpinBox
from cnngui.gui.words.naming import channel_names
from cnngui.spec.layers import Conv2d
from tests.gui.driver import Driver

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(driver: Driver) -> NumberPage:
    driver.window.resize(1500, 900)
    driver.key(Qt.Key.Key_N)
    found = driver.window.findChild(NumberPage)
    assert found is not None
    driver.wait(lambda: found.isVisible() and found.terms.shown is not None)
    driver.wait(lambda: found.terms.width() > 500)
    return found


def weights(driver: Driver) -> NDArray[np.float32]:
    return driver.result.weights["conv1"]["weight"]


def cell(page: NumberPage, term: int) -> QPoint:
    rect = page.terms.cell_rect(term, "weight")
    assert rect is not None
    return rect.center().toPoint()


def is_first(driver: Driver, value: float) -> Callable[[], bool]:
    return lambda: bool(np.isclose(weights(driver)[0, 0, 0, 0], value))


def test_typing_a_weight_is_an_edit_that_can_be_undone(
    driver: Driver, page: NumberPage, qtbot: QtBot
) -> None:
    before = float(weights(driver)[0, 0, 0, 0])
    qtbot.mouseClick(page.terms, LEFT, pos=cell(page, 0))
    field = page.terms.editing.field
    assert field.isVisible()
    field.clear()
    qtbot.keyClicks(field, "0,5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    driver.wait(is_first(driver, 0.5))
    driver.wait(lambda: driver.document.undo_stack.undoText().startswith("Change weights"))
    layer = driver.document.spec.layer("conv1")
    assert isinstance(layer, Conv2d)
    assert layer.by_hand
    driver.document.undo_stack.undo()
    driver.wait(is_first(driver, before))
    driver.document.undo_stack.redo()
    driver.wait(is_first(driver, 0.5))


def test_escape_takes_back_what_the_wheel_has_turned(
    driver: Driver, page: NumberPage, qtbot: QtBot
) -> None:
    before = float(weights(driver)[0, 0, 0, 0])
    qtbot.mouseClick(page.terms, LEFT, pos=cell(page, 0))
    field = page.terms.editing.field
    centre = QPointF(field.rect().center())
    for _ in range(3):
        event = QWheelEvent(
            centre,
            field.mapToGlobal(centre),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, event)
    driver.wait(lambda: float(weights(driver)[0, 0, 0, 0]) > before)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    driver.wait(is_first(driver, before))
    assert not driver.document.undo_stack.canUndo()


def test_a_drag_is_one_step(driver: Driver, page: NumberPage, qtbot: QtBot) -> None:
    before = float(weights(driver)[0, 0, 0, 0])
    start = cell(page, 0)
    qtbot.mousePress(page.terms, LEFT, pos=start)
    for up in (10, 20, 40):
        qtbot.mouseMove(page.terms, start - QPoint(0, up))
    driver.wait(lambda: float(weights(driver)[0, 0, 0, 0]) > before)
    qtbot.mouseRelease(page.terms, LEFT, pos=start - QPoint(0, 40))
    driver.wait(driver.document.undo_stack.canUndo)
    driver.document.undo_stack.undo()
    driver.wait(is_first(driver, before))
    assert not driver.document.undo_stack.canUndo()


def test_tab_goes_from_cell_to_cell(driver: Driver, page: NumberPage, qtbot: QtBot) -> None:
    page.terms.setFocus()
    qtbot.keyClick(page.terms, Qt.Key.Key_Return)
    field = page.terms.editing.field
    for value in ("1", "2"):
        field.clear()
        qtbot.keyClicks(field, value)
        qtbot.keyClick(field, Qt.Key.Key_Tab)
        driver.wait(lambda value=value: driver.document.undo_stack.count() == int(value))
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    driver.wait(lambda: weights(driver)[0, 0, 0, :2].tolist() == [1.0, 2.0])


def test_a_kernel_from_the_menu_and_as_it_was(driver: Driver, page: NumberPage) -> None:
    before = weights(driver).copy()
    menu = page.findChild(KernelMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    driver.menu_action(menu, "Identity").trigger()
    driver.wait(lambda: weights(driver)[0].sum() == pytest.approx(3))
    assert weights(driver)[0, :, 3, 3].tolist() == [1, 1, 1]
    np.testing.assert_array_equal(weights(driver)[1:], before[1:])
    driver.wait(driver.document.undo_stack.canUndo)
    driver.menu_action(menu, "Negate").trigger()
    driver.wait(lambda: weights(driver)[0].sum() == pytest.approx(-3))
    driver.wait(lambda: driver.document.undo_stack.count() == 2)
    menu.aboutToShow.emit()
    driver.menu_action(menu, "As it was").trigger()
    driver.wait(lambda: bool((weights(driver) == before).all()))
    layer = driver.document.spec.layer("conv1")
    assert isinstance(layer, Conv2d)
    assert not layer.by_hand


def test_the_bias_is_a_field(driver: Driver, page: NumberPage) -> None:
    bias = next(
        field
        for field in page.parameters.findChildren(FloatSpinBox)
        if field.accessibleName() == "bias"
    )
    bias.setValue(0.75)
    driver.wait(lambda: float(driver.result.weights["conv1"]["bias"][0]) == 0.75)


def test_one_channel_more_keeps_the_kernels(driver: Driver, page: NumberPage) -> None:
    before = weights(driver).copy()
    driver.document.edit(driver.document.spec.edited("conv1", out_channels=17), "more")
    driver.wait(lambda: len(weights(driver)) == 17)
    np.testing.assert_array_equal(weights(driver)[:16], before)
    driver.wait(lambda: "16" in driver.message)


def test_a_channel_gets_a_name_that_its_tile_shows(driver: Driver, qtbot: QtBot) -> None:
    inspector = driver.window.findChild(Inspector)
    assert inspector is not None
    driver.wait(lambda: driver.channel is not None)
    details = inspector.details
    button = next(b for b in details.findChildren(QToolButton) if b.accessibleName() == "Name")
    qtbot.mouseClick(button, LEFT)
    assert details.name_field.isVisible()
    assert details.name_field.text() == "blur"
    details.name_field.clear()
    qtbot.keyClicks(details.name_field, "soft <b>")
    qtbot.keyClick(details.name_field, Qt.Key.Key_Return)
    assert driver.document.spec.layer("conv1").channel_names[0] == "soft <b>"
    assert channel_names(driver.document.spec, "relu1")[0] == "soft <b>"
    driver.document.undo_stack.undo()
    assert driver.document.spec.layer("conv1").channel_names[0] == "blur"
