from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnngui.gui.widgets.menu import Menu, letter_of, plain_text, with_letter


@pytest.mark.parametrize(
    ("text", "taken", "marked"),
    [
        ("Open file…", "", "&Open file…"),
        ("Open file…", "O", "Open &file…"),
        ("Open file…", "OF", "O&pen file…"),
        ("R&&D camera", "R", "R&&D &camera"),
        ("conv1\t8×8", "", "&conv1\t8×8"),
        ("打开文件…", "", "打开文件(&A)…"),
        ("打开文件…", "AB", "打开文件(&C)…"),
        ("640 × 480", "", "&640 × 480"),
        ("ab", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "ab"),
    ],
)
def test_a_letter_is_found_that_is_not_taken(text: str, taken: str, marked: str) -> None:
    assert with_letter(text, set(taken)) == marked


def test_every_entry_has_a_letter_of_its_own_which_triggers_it(qtbot: QtBot) -> None:
    menu = Menu()
    qtbot.addWidget(menu)
    entries = [menu.addAction(text) for text in ("Save", "Save as…", "Same", "退出", "R&&D")]
    menu.addSection("Heading")
    menu.submenu("More")
    letters = [letter_of(action.text()) for action in menu.actions() if not action.isSeparator()]
    assert all(letters)
    assert len(set(letters)) == len(letters)
    assert [plain_text(entry) for entry in entries] == ["Save", "Save as…", "Same", "退出", "R&&D"]
    entries[0].setText("Stop")
    assert letter_of(entries[0].text()) == "S"
    menu.popup(menu.pos())
    with qtbot.waitSignal(entries[3].triggered):
        qtbot.keyClick(menu, Qt.Key(ord(letter_of(entries[3].text()))))
