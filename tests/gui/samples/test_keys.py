from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cnngui.gui.samples.keys import HoldKeys
from tests.gui.views.conftest import show

PRESS, RELEASE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease


class Page:
    """A window with a widget whose keys are watched, and a field."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.widget = QWidget()
        self.field = QSpinBox()
        column = QVBoxLayout(self.window)
        column.addWidget(self.widget)
        column.addWidget(self.field)
        self.heard: list[int | None] = []
        keys = HoldKeys(self.widget)
        keys.pressed.connect(self.heard.append)
        keys.released.connect(lambda: self.heard.append(None))
        show(qtbot, self.window)
        self.window.setFocus()

    def send(
        self,
        kind: QEvent.Type,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        repeated: bool = False,
    ) -> None:
        QApplication.sendEvent(self.window, QKeyEvent(kind, key, modifiers, "", repeated))


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page(qtbot)


def test_a_held_key_counts_once(qtbot: QtBot, page: Page) -> None:
    page.send(PRESS, Qt.Key.Key_3)
    page.send(RELEASE, Qt.Key.Key_3, repeated=True)
    page.send(PRESS, Qt.Key.Key_3, repeated=True)
    assert page.heard == [2]
    page.send(RELEASE, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: page.heard == [2, None])


def test_a_repetition_that_looks_like_letting_go_is_none(qtbot: QtBot, page: Page) -> None:
    page.send(PRESS, Qt.Key.Key_3)
    for _ in range(3):
        page.send(RELEASE, Qt.Key.Key_3)
        page.send(PRESS, Qt.Key.Key_3)
    page.send(RELEASE, Qt.Key.Key_3)
    page.send(PRESS, Qt.Key.Key_4)
    assert page.heard == [2, None, 3]
    page.send(RELEASE, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: page.heard == [2, None, 3, None])


def test_a_second_key_waits_until_the_first_is_let_go(page: Page) -> None:
    page.send(PRESS, Qt.Key.Key_1)
    page.send(PRESS, Qt.Key.Key_2)
    page.send(RELEASE, Qt.Key.Key_2)
    assert page.heard == [0]


def test_commands_and_other_keys_are_not_ours(page: Page) -> None:
    page.send(PRESS, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    page.send(PRESS, Qt.Key.Key_0)
    page.send(PRESS, Qt.Key.Key_A)
    assert page.heard == []


@pytest.mark.parametrize("over", ["hidden", "left"])
def test_a_key_is_let_go_with_what_it_is_for(page: Page, over: str) -> None:
    page.send(PRESS, Qt.Key.Key_9)
    if over == "hidden":
        page.widget.hide()
    else:
        QApplication.sendEvent(page.window, QEvent(QEvent.Type.WindowDeactivate))
    assert page.heard == [8, None]


def test_keys_of_a_hidden_widget_do_nothing(page: Page) -> None:
    page.widget.hide()
    page.send(PRESS, Qt.Key.Key_1)
    assert page.heard == []


def test_a_field_keeps_its_numbers(qtbot: QtBot, page: Page) -> None:
    page.window.activateWindow()
    page.field.setFocus()
    qtbot.waitUntil(page.field.hasFocus)
    page.send(PRESS, Qt.Key.Key_1)
    assert page.heard == []
