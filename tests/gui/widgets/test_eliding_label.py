from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from cnngui.gui.widgets.eliding_label import ElidingLabel

WORDS = "a long line of words about channel 12"


def shown(label: ElidingLabel) -> str:
    return QLabel.text(label)


@pytest.fixture
def label(qtbot: QtBot) -> ElidingLabel:
    label = ElidingLabel()
    qtbot.addWidget(label)
    label.show()
    return label


def test_as_much_is_shown_as_there_is_room_for(label: ElidingLabel) -> None:
    label.setText(WORDS)
    label.resize(80, 20)
    assert shown(label).endswith("…")
    assert WORDS.startswith(shown(label)[:-1])
    assert label.text() == WORDS
    label.resize(600, 20)
    assert shown(label) == WORDS


def test_the_middle_may_be_what_is_left_out(qtbot: QtBot) -> None:
    label = ElidingLabel(mode=Qt.TextElideMode.ElideMiddle)
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.setText(WORDS)
    assert shown(label).startswith("a")
    assert shown(label).endswith("12")
    assert "…" in shown(label)


def test_a_long_line_widens_nothing(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    label = ElidingLabel(page)
    row = QHBoxLayout(page)
    row.addWidget(label)
    label.setText(WORDS * 20)
    assert page.minimumSizeHint().width() < 80
    assert label.minimumSizeHint().height() >= label.fontMetrics().height()


def test_markup_is_shown_letter_by_letter(label: ElidingLabel) -> None:
    assert label.textFormat() == Qt.TextFormat.PlainText
