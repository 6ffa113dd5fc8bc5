from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from cnngui.gui.results.page import ResultsPage
from cnngui.pipeline.data_events import ThumbnailsReady
from cnngui.pipeline.training.progress import Finding, TrainingProgress
from tests.gui.learned import LEARNER, LearnedStudio, evaluation
from tests.gui.trainings import FakeData, training
from tests.gui.views.conftest import show

LEFT = Qt.MouseButton.LeftButton

# Samples 0, 3 are circles, 1, 4 squares, 2, 5 stars, as FakeData has them.
RESULT = evaluation(
    [0, 1, 2, 0, 1, 2],
    [
        [0.9, 0.1, 0.0],
        [0.1, 0.8, 0.1],
        [0.1, 0.1, 0.8],
        [0.1, 0.0, 0.9],
        [0.3, 0.4, 0.3],
        [0.6, 0.3, 0.1],
    ],
)
RUN = training(spec=LEARNER, evaluation=RESULT)
EARLIER = training(
    "20250102-030405-b",
    spec=LEARNER,
    state="finished",
    samples=(6, 0),
    evaluation=evaluation([0, 1], [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]], basis="training"),
)


@pytest.fixture
def studio(qapp: QApplication) -> LearnedStudio:
    return LearnedStudio()


@pytest.fixture
def page(qtbot: QtBot, studio: LearnedStudio) -> ResultsPage:
    page = ResultsPage(studio)  # type: ignore[arg-type]
    show(qtbot, page, 1024, 270)
    return page


@pytest.fixture
def filled(page: ResultsPage, studio: LearnedStudio) -> ResultsPage:
    studio.give(FakeData())
    studio.report(RUN)
    return page


def numbers(page: ResultsPage) -> list[int]:
    model = page.samples.grid.model()
    return [model.number_at(row) for row in range(model.rowCount())]


def click_cell(qtbot: QtBot, page: ResultsPage, label: int, predicted: int) -> None:
    place = page.matrix.cell_rect(label, predicted).center()
    qtbot.mouseClick(page.matrix.viewport(), LEFT, pos=place)


def test_before_the_first_epoch_it_says_what_to_do(
    page: ResultsPage, studio: LearnedStudio
) -> None:
    assert "Train the network" in page.message.text()
    assert page.message.isVisible()
    studio.report(training(spec=LEARNER))
    assert page.message.isVisible()


def test_accuracy_overall_and_of_each_class(filled: ResultsPage) -> None:
    assert filled.accuracy.text() == "66.7 %"
    assert filled.basis.text() == "right of 6 samples kept apart, after epoch 2"
    assert filled.classes.order == [0, 2, 1]
    assert filled.matrix.isVisible()


def test_three_measures_of_each_class(qtbot: QtBot, filled: ResultsPage) -> None:
    """Of two circles, two squares, two stars 1, 2, 1 are found; 2, 2, 2 are taken for them."""
    assert filled.classes.order == [0, 2, 1]
    filled.measure.setFocus()
    qtbot.keyClick(filled.measure, Qt.Key.Key_Down)
    assert filled.measure.currentText().startswith("Precision")
    # One of two named circle is one; both of two named square are; one of two named star.
    assert filled.classes.order == [0, 2, 1]
    qtbot.keyClick(filled.classes, Qt.Key.Key_Down)
    assert filled.looked_at.text().startswith("1 of 2 “circle” were recognised, precision 50 %")
    assert filled.looked_at.text().endswith("F1 50 %")
    filled.grab()


def test_what_nothing_can_be_told_of_comes_last(
    qtbot: QtBot, page: ResultsPage, studio: LearnedStudio
) -> None:
    studio.report(EARLIER)
    assert page.classes.order == [0, 1, 2]
    page.measure.setCurrentIndex(1)
    assert page.classes.order == [1, 0, 2]
    page.grab()


def test_predictions_can_be_had_as_a_table(
    qtbot: QtBot, filled: ResultsPage, studio: LearnedStudio, monkeypatch, tmp_path
) -> None:
    chosen = str(tmp_path / "p.csv")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    qtbot.mouseClick(filled.export, LEFT)
    asked = studio.asked[-1]
    assert asked == ("write_predictions", RESULT, studio.data.dataset, tmp_path / "p.csv")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    qtbot.mouseClick(filled.export, LEFT)
    assert studio.asked[-1] is asked
    studio.give(None)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    qtbot.mouseClick(filled.export, LEFT)
    assert studio.asked[-1] == ("write_predictions", RESULT, None, tmp_path / "p.csv")


def test_it_says_why_the_accuracy_flatters(page: ResultsPage, studio: LearnedStudio) -> None:
    studio.give(FakeData())
    studio.report(RUN)
    assert not page.doubt.isVisible()
    alike = Finding("alike", "star: all samples are of one recording")
    studio.report(
        replace(RUN, run_id="20270102-030405-z", findings=(alike,), evaluation=replace(RESULT))
    )
    assert page.doubt.isVisible()
    assert page.doubt.text() == "star: all samples are of one recording"


def test_the_most_wrong_and_the_most_unsure(qtbot: QtBot, filled: ResultsPage) -> None:
    assert filled.wrong.isChecked()
    assert numbers(filled) == [3, 5]
    qtbot.mouseClick(filled.unsure, LEFT)
    assert not filled.wrong.isChecked()
    assert numbers(filled) == [4, 5, 1, 2, 0, 3]


def test_a_cell_opens_the_samples_behind_it(
    qtbot: QtBot, filled: ResultsPage, studio: LearnedStudio
) -> None:
    click_cell(qtbot, filled, 0, 2)
    assert numbers(filled) == [3]
    assert filled.looked_at.text() == "1 of 2 “circle” were taken for “star”"
    assert not filled.wrong.isChecked()
    assert filled.samples.detail.words.text() == "“circle”, taken for “star” with 90 %"
    rows = filled.samples.detail.bars.rows
    assert [(name, is_truth) for name, _, is_truth in rows] == [
        ("star", False),
        ("circle", True),
        ("square", False),
    ]
    assert ("result", [3]) in studio.thumbnails.asked
    picture = np.full((8, 8, 3), 200, np.uint8)
    studio.event_received.emit(ThumbnailsReady("result", (3,), (picture,)))
    assert filled.samples.detail.picture.image.width() == 8
    click_cell(qtbot, filled, 0, 1)
    assert "no such samples" in filled.samples.message.text()
    assert not filled.samples.open.isVisible()


def test_cells_and_classes_by_keyboard(qtbot: QtBot, filled: ResultsPage) -> None:
    qtbot.keyClick(filled.matrix, Qt.Key.Key_Down)
    assert filled.looked_at.text() == "1 of 2 “circle” were recognised"
    for _ in range(4):
        qtbot.keyClick(filled.matrix, Qt.Key.Key_Down)
    assert filled.looked_at.text() == "1 of 2 “star” were taken for “circle”"
    assert numbers(filled) == [5]
    qtbot.keyClick(filled.classes, Qt.Key.Key_Down)
    assert filled.looked_at.text().startswith("1 of 2 “circle” were recognised, ")
    assert numbers(filled) == [3]
    place = filled.classes.row_rect(2).center()
    qtbot.mouseClick(filled.classes.viewport(), LEFT, pos=place)
    assert filled.looked_at.text().startswith("2 of 2 “square” were recognised, ")


def test_samples_of_data_that_is_not_open(
    qtbot: QtBot, page: ResultsPage, studio: LearnedStudio
) -> None:
    studio.report(RUN)
    assert page.samples.message.text() == "These samples are in “Shapes”, which is not open."
    qtbot.mouseClick(page.samples.open, LEFT)
    assert studio.asked == [("open_data", "shapes")]
    studio.give(FakeData())
    assert not page.samples.message.isVisible()
    assert numbers(page) == [3, 5]


def test_the_large_picture_is_of_the_data_set_that_is_open(
    filled: ResultsPage, studio: LearnedStudio
) -> None:
    asked = studio.thumbnails.asked
    before = asked.count(("result", [3]))
    studio.give(FakeData())
    assert asked.count(("result", [3])) == before + 1
    studio.report(replace(RUN, epoch=2.5))
    assert asked.count(("result", [3])) == before + 1


def test_samples_of_data_that_has_changed(page: ResultsPage, studio: LearnedStudio) -> None:
    studio.give(FakeData(("circle", "square")))
    studio.report(RUN)
    assert "have changed since" in page.samples.message.text()
    assert not page.samples.open.isVisible()
    studio.report(replace(RUN, evaluation=evaluation([0], [[1.0, 0.0, 0.0]], first=999)))
    page.unsure.click()
    assert "have changed since" in page.samples.message.text()


def test_the_next_epoch_keeps_what_is_looked_at(
    qtbot: QtBot, filled: ResultsPage, studio: LearnedStudio
) -> None:
    click_cell(qtbot, filled, 0, 2)
    later = evaluation([0, 1, 2, 0], [[0, 0, 1], [0, 1, 0], [0, 0, 1], [0.2, 0, 0.8]])
    studio.report(replace(RUN, evaluation=later))
    assert numbers(filled) == [0, 3]
    assert filled.looked_at.text() == "2 of 2 “circle” were taken for “star”"


def test_an_earlier_run_can_be_chosen(
    qtbot: QtBot, filled: ResultsPage, studio: LearnedStudio
) -> None:
    assert filled.run.isVisible()  # also with one: nothing moves when the next one ends
    studio.runs.kept = (RUN, EARLIER)
    studio.runs.changed.emit()
    filled.run.setFocus()
    qtbot.keyClick(filled.run, Qt.Key.Key_Down)
    assert filled.accuracy.text() == "50 %"
    assert "2 samples that it learns from, after epoch 2" in filled.basis.text()
    qtbot.keyClick(filled.run, Qt.Key.Key_Up)
    assert filled.accuracy.text() == "66.7 %"


def many_classes(count: int, samples: int) -> TrainingProgress:
    labels = list(range(samples))
    shares = np.eye(samples, count, 1).tolist()
    names = tuple(f"class {number}" for number in range(count))
    return training(spec=LEARNER, evaluation=evaluation(labels, shares, names))


def test_forty_classes_scroll(qtbot: QtBot, page: ResultsPage, studio: LearnedStudio) -> None:
    studio.report(many_classes(40, 39))
    assert page.matrix.verticalScrollBar().maximum() > 0
    page.matrix.verticalScrollBar().setValue(page.matrix.verticalScrollBar().maximum())
    page.matrix.horizontalScrollBar().setValue(page.matrix.horizontalScrollBar().maximum())
    click_cell(qtbot, page, 38, 39)
    assert page.looked_at.text() == "1 of 1 “class 38” were taken for “class 39”"


def test_ten_thousand_classes_are_a_list_of_mistakes(
    qtbot: QtBot, page: ResultsPage, studio: LearnedStudio
) -> None:
    studio.report(many_classes(10_000, 100))
    assert not page.matrix.isVisible()
    assert page.confusions.isVisible()
    assert page.confusions.item(0).text() == "1   class 0 → class 1"
    assert page.confusions.item(0).toolTip() == "1 of 1 “class 0” were taken for “class 1”"
    page.confusions.setFocus()
    page.confusions.setCurrentRow(3)
    assert page.looked_at.text() == "1 of 1 “class 3” were taken for “class 4”"
    assert len(page.classes.order) == 10_000


def test_the_cell_under_the_pointer_is_marked(qtbot: QtBot, filled: ResultsPage) -> None:
    before = filled.matrix.grab().toImage()
    qtbot.mouseMove(filled.matrix.viewport(), filled.matrix.cell_rect(1, 1).center())
    qtbot.waitUntil(lambda: filled.matrix.grab().toImage() != before)


def test_classes_of_the_program_are_called_as_the_window_calls_them(
    in_chinese: None, page: ResultsPage, studio: LearnedStudio
) -> None:
    studio.report(RUN)
    page.matrix.show_chosen((2, 0))
    page.matrix.cell_chosen.emit(2, 0)
    assert "星形" in page.looked_at.text()
    assert "圆形" in page.looked_at.text()


def test_a_run_with_a_long_name_is_cut_with_a_mark(
    page: ResultsPage, studio: LearnedStudio
) -> None:
    studio.report(replace(RUN, spec=replace(LEARNER, name="a long name " * 5)))
    page.run.grab()
    shown = page.run.shown_text()
    assert shown.endswith("…")
    assert page.run.fontMetrics().horizontalAdvance(shown) < page.run.width()
    assert page.run.currentText().startswith("a long name a long name")
