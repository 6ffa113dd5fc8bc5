from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QItemSelectionModel, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.gui.widgets.sample_grid import SamplesGrid
from cnngui.gui.widgets.sample_model import SamplesModel
from tests.gui.sampling import SamplesStudio, folder_dataset
from tests.gui.views.conftest import show

MANY = folder_dataset([f"a/{number}.png" for number in range(5_000)])


@pytest.fixture
def studio(qapp: QApplication) -> SamplesStudio:
    return SamplesStudio()


@pytest.fixture
def grid(qtbot: QtBot, studio: SamplesStudio) -> SamplesGrid:
    grid = SamplesGrid(studio, "grid")
    show(qtbot, grid, 340, 200)
    return grid


def ask(qtbot: QtBot, studio: SamplesStudio, count: int = 1) -> tuple[int, ...]:
    qtbot.waitUntil(lambda: len(studio.desk.requests) >= count)
    return studio.desk.requests[-1][1]


def test_only_pictures_in_sight_are_asked_for(
    qtbot: QtBot, grid: SamplesGrid, studio: SamplesStudio
) -> None:
    grid.set_samples(MANY, range(5_000))
    numbers = ask(qtbot, studio)
    assert numbers[0] == 0
    assert len(numbers) < 40
    first, last = grid.model().index(0, 0), grid.model().index(numbers[-1], 0)
    assert grid.visualRect(first).intersects(grid.viewport().rect())
    assert grid.visualRect(last).bottom() >= grid.viewport().rect().bottom()
    grid.scrollToBottom()
    qtbot.waitUntil(lambda: studio.desk.requests[-1][1][-1] == 4_999)


def test_pictures_that_have_come_are_painted_and_not_asked_for_again(
    qtbot: QtBot, grid: SamplesGrid, studio: SamplesStudio
) -> None:
    grid.set_samples(MANY, range(3))
    ask(qtbot, studio)
    studio.desk.answer(studio.desk.requests[-1], 77)
    cell = grid.visualRect(grid.model().index(1, 0)).center()
    assert grid.viewport().grab().toImage().pixelColor(cell) == QColor(77, 77, 77)
    grid.set_samples(MANY, range(4))
    assert ask(qtbot, studio, 2) == (3,)


def test_an_answer_that_was_meant_for_other_samples_is_not_taken(
    qtbot: QtBot, grid: SamplesGrid, studio: SamplesStudio
) -> None:
    grid.set_samples(folder_dataset(["a/1.png", "b/1.png"]), [0, 1])
    ask(qtbot, studio)
    late = studio.desk.requests[-1]
    grid.set_samples(folder_dataset(["a/1.png", "a/2.png", "b/1.png"]), [1])
    studio.desk.answer(late)
    assert grid.model().index(0, 0).data(Qt.ItemDataRole.DecorationRole) is None
    assert ask(qtbot, studio) == (1,)


def test_a_sample_keeps_selection_and_picture_when_others_come_and_go(
    qtbot: QtBot, grid: SamplesGrid, studio: SamplesStudio
) -> None:
    grid.set_samples(folder_dataset(["a/1.png", "a/2.png", "a/3.png"]), [2, 1, 0])
    ask(qtbot, studio)
    studio.desk.answer(studio.desk.requests[-1])
    select = QItemSelectionModel.SelectionFlag.Select
    grid.selectionModel().select(grid.model().index(1, 0), select)
    grid.set_samples(folder_dataset(["a/2.png", "a/3.png", "a/4.png"]), [2, 1, 0])
    assert grid.selected_numbers == [0]
    pictures = [
        grid.model().index(row, 0).data(Qt.ItemDataRole.DecorationRole) is not None
        for row in range(3)
    ]
    assert pictures == [False, True, True]


@given(st.lists(st.lists(st.integers(0, 12), unique=True, max_size=10), max_size=6))
@hypothesis_settings(deadline=None, max_examples=60)
def test_the_model_shows_what_it_is_given_whatever_was_there(orders: list[list[int]]) -> None:
    data = folder_dataset([f"a/{number}.png" for number in range(13)])
    model = SamplesModel()
    tester = QAbstractItemModelTester(model)
    for order in orders:
        model.set_samples(data, order)
        assert [model.number_at(row) for row in range(model.rowCount())] == order
    del tester


def test_letters_and_numbers_are_not_the_grids(qtbot: QtBot, grid: SamplesGrid) -> None:
    grid.set_samples(MANY, range(5))
    with qtbot.waitSignal(grid.delete_requested):
        qtbot.keyClick(grid, Qt.Key.Key_Delete)
    number = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1")
    grid.keyPressEvent(number)
    assert not number.isAccepted()
    assert grid.selected_numbers == []
