from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cnngui.gui.views.elided_label import ElidedLabel

_TEXT = "channel 12   row 3, column 4   value 0.12345"


def drawn(qtbot: QtBot, label: QLabel, text: str, width: int) -> QImage:
    qtbot.addWidget(label)
    label.setText(text)
    label.resize(width, label.sizeHint().height())
    return label.grab().toImage()


def test_what_fits_is_drawn_as_by_a_plain_label(qtbot: QtBot) -> None:
    width = QLabel(_TEXT).sizeHint().width() + 20
    assert drawn(qtbot, ElidedLabel(), _TEXT, width) == drawn(qtbot, QLabel(), _TEXT, width)


def test_what_does_not_fit_ends_in_dots(qtbot: QtBot) -> None:
    label = ElidedLabel()
    picture = drawn(qtbot, label, _TEXT, 120)
    elided = label.fontMetrics().elidedText(_TEXT, Qt.TextElideMode.ElideRight, 120)
    assert elided.endswith("…")
    assert picture == drawn(qtbot, QLabel(), elided, 120)
    assert label.text() == _TEXT


def test_a_long_text_does_not_keep_it_wide(qtbot: QtBot) -> None:
    label = ElidedLabel()
    drawn(qtbot, label, _TEXT, 120)
    assert label.minimumSizeHint().width() < 40
