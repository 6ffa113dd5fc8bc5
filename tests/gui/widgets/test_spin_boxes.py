from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit
from pytestqt.qtbot import QtBot

from cnngui.gui.widgets.spin_boxes import FloatSpinBox, IntSpinBox, WholeSpinBox, typed_number
from cnngui.spec.layers import Argument


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,005", 0.005),
        ("0.005", 0.005),
        (" −1,5 ", -1.5),
        ("1e-3", 0.001),
        ("1,5e3", 1500.0),
        (",5", 0.5),
        ("1,000.5", None),
        ("1.000,5", None),
        ("1,000,000", None),
        ("", None),
        ("1e", None),
        ("five", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_commas_and_points_both_begin_the_decimals(text: str, number: float | None) -> None:
    assert typed_number(text) == number


def type_into(qtbot: QtBot, box: QAbstractSpinBox, text: str) -> None:
    qtbot.addWidget(box)
    box.selectAll()
    qtbot.keyClicks(box, text)


def test_a_decimal_comma_is_no_thousand(qtbot: QtBot) -> None:
    box = FloatSpinBox(Argument("float", 0, 10))
    type_into(qtbot, box, "0,005")
    assert box.value() == 0.005
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == "0.005"


@pytest.mark.parametrize("typed", ["0,5", "3.5", "1,000", "1e", "-"])
def test_what_is_no_whole_number_is_seen_and_not_taken(qtbot: QtBot, typed: str) -> None:
    for box in (IntSpinBox(Argument("int", 1, 512)), WholeSpinBox()):
        box.setValue(7)
        type_into(qtbot, box, typed)
        assert box.text() == typed  # nothing is swallowed while it is typed
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == 7


def test_a_unit_behind_the_number_is_not_in_the_way(qtbot: QtBot) -> None:
    box = WholeSpinBox()
    box.setRange(1, 30)
    box.setSuffix(" a second")
    qtbot.addWidget(box)
    box.setValue(3)
    box.lineEdit().setSelection(0, 1)
    qtbot.keyClicks(box, "1,2")
    assert box.text() == "1,2 a second"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 3


def test_a_long_number_is_seen_whole(qtbot: QtBot) -> None:
    box = FloatSpinBox(Argument("float", -10, 10))
    qtbot.addWidget(box)
    box.setValue(-0.0336842)
    box.resize(box.sizeHint())
    line = box.findChild(QLineEdit)
    assert line is not None
    box.ensurePolished()
    box.show()
    assert line.width() > line.fontMetrics().horizontalAdvance(line.text())
