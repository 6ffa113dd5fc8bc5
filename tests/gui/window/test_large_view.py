"""The pages of the large view are built when they are first shown, and know then what is so."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.graph.page import NetworkPage
from cnngui.gui.hands import Hands
from cnngui.gui.number.page import NumberPage
from cnngui.gui.shift.page import ShiftPage
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.veil import Veil
from cnngui.gui.window.workbench import Workbench
from cnngui.spec.layers import Conv3d
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.driver import Driver
from tests.gui.views.results import filling_result, window_of

PAGES = {Qt.Key.Key_N: NumberPage, Qt.Key.Key_W: NetworkPage, Qt.Key.Key_H: ShiftPage}


def test_a_page_is_built_once_when_it_is_first_shown(driver: Driver) -> None:
    assert not any(driver.window.findChildren(kind) for kind in PAGES.values())
    for key, kind in (*PAGES.items(), *reversed(PAGES.items())):
        driver.key(key)
        [page] = driver.window.findChildren(kind)
        assert page.isVisible()
        assert page.accessibleName()
        focus = QApplication.focusWidget()
        assert focus is page or page.isAncestorOf(focus)
        driver.key(Qt.Key.Key_Escape)
        assert not page.isVisible()


def test_a_picture_held_before_is_held_on_the_new_page(driver: Driver) -> None:
    driver.key(Qt.Key.Key_Space)
    driver.key(Qt.Key.Key_N)
    [page] = driver.window.findChildren(NumberPage)
    driver.wait(lambda: page.terms.shown is not None)
    [held] = [b for b in page.findChildren(QToolButton) if "is held" in b.text()]
    assert held.isVisible()
    driver.qtbot.mouseClick(held, Qt.MouseButton.LeftButton)
    assert not driver.action("freeze").isChecked()
    assert not held.isVisible()


def test_a_page_first_shown_while_frames_are_awaited_says_so(qtbot: QtBot) -> None:
    seen = InputSpec(channels=1, height=12, width=16, frames=6)
    document = Document(NetworkSpec(input=seen, layers=(Conv3d(id="conv1", out_channels=1),)))
    state = ViewState(document)
    bench = Workbench(document, state, Hands(lambda _: None, document, dict))
    qtbot.addWidget(bench)
    bench.show_result(filling_result(state.request(), window_of(seen, 2)))
    state.show_sight("network")
    [page] = bench.findChildren(NetworkPage)
    [veil] = page.findChildren(Veil)
    assert not veil.isHidden()
    assert "2" in veil.words


@pytest.mark.parametrize("sight", ["number", "network", "shift"])
def test_the_inspector_studies_its_channel_again_after_another_page(
    driver: Driver, sight: str
) -> None:
    state = driver.window.findChild(ViewState)
    driver.wait(lambda: state.request().wants_channel)
    state.show_sight(sight)
    driver.wait(lambda: not state.request().wants_channel)
    state.show_sight("maps")
    driver.wait(lambda: state.request().wants_channel)
