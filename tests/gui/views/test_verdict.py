"""The strongest class in letters for the back row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.verdict import VerdictWindow
from tests.gui.driver import Driver
from tests.gui.views.results import Maps, frame_result


@pytest.fixture
def window(qtbot: QtBot, state: ViewState) -> VerdictWindow:
    window = VerdictWindow(state)
    qtbot.addWidget(window)
    window.show()
    return window


def test_the_strongest_class_is_named_with_its_share(
    window: VerdictWindow, state: ViewState, outputs: dict[str, Maps]
) -> None:
    assert window.name == ""
    window.show_result(frame_result(state.request(), outputs, scores=outputs["softmax1"]))
    assert window.name == "dog"
    assert window.accessibleName() == "dog, 65 %"
    window.show_result(frame_result(state.request(), outputs))
    assert window.name == "dog", "it stays until there are scores again"


def test_scores_without_a_softmax_become_shares(
    window: VerdictWindow, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    document.edit(document.spec.removed("softmax1"), "remove")
    window.show_result(frame_result(state.request(), outputs, scores=outputs["fc1"]))
    shares = np.exp(outputs["fc1"]) / np.exp(outputs["fc1"]).sum()
    assert window.accessibleName().endswith(f"{100 * shares.max():.1f} %")


def test_nothing_is_claimed_where_nothing_is_known(
    window: VerdictWindow, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    scores = outputs["softmax1"]
    window.show_result(frame_result(state.request(), outputs, scores=scores, is_untrained=True))
    assert (window.name, window.reason) == ("", "Not trained yet")
    document.edit(replace(document.spec, classes=()), "no names")
    window.show_result(frame_result(state.request(), outputs, scores=scores))
    assert (window.name, window.reason) == ("", "No classes yet")


def test_scores_are_computed_while_it_is_to_be_seen(
    window: VerdictWindow, state: ViewState
) -> None:
    state.set_inspector_shown(False)
    assert state.request().wants_scores
    window.hide()
    assert not state.request().wants_scores


@pytest.mark.parametrize("size", [(960, 360), (200, 500), (40, 20)])
def test_the_name_is_as_large_as_the_window_allows(
    window: VerdictWindow, state: ViewState, outputs: dict[str, Maps], size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.show_result(frame_result(state.request(), outputs, scores=outputs["softmax1"]))
    picture = window.grab().toImage()
    ground = picture.pixelColor(0, 0)
    inked = [
        (x, y)
        for y in range(picture.height())
        for x in range(picture.width())
        if picture.pixelColor(x, y) != ground
    ]
    columns, rows = {x for x, _ in inked}, {y for _, y in inked}
    assert min(columns) > 0
    assert max(columns) < picture.width() - 1
    filled = (max(columns) - min(columns)) / picture.width()
    tall = (max(rows) - min(rows)) / picture.height()
    assert max(filled, tall) > 0.5


def test_a_key_opens_and_closes_it_and_closing_it_is_noted(driver: Driver) -> None:
    driver.key(Qt.Key.Key_L)
    window = driver.window.findChild(VerdictWindow)
    assert window is not None
    assert window.isVisible()
    driver.wait(lambda: window.reason == "No classes yet")
    assert window.close()
    assert not driver.action("verdict").isChecked()
    driver.action("verdict").trigger()
    assert window.isVisible()
