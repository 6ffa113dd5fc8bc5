"""Choosing samples in the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QToolButton,
)

from cnngui.gui.samples.browser import SamplesProblems
from cnngui.gui.studio import Studio
from cnngui.images.opencv import cv2
from cnngui.pipeline.data_events import DatasetCancelled, DatasetProgress
from tests.gui.driver import Driver
from tests.gui.sampling import LEFT, Hands


@pytest.fixture
def hands(driver: Driver) -> Hands:
    return Hands(driver)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three classes of pictures, one file of which is none."""
    folder = tmp_path / "pictures"
    for name, count in (("cat", 3), ("dog", 1), ("emu", 2)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            picture = np.full((20, 30, 3), 40 * number, np.uint8)
            cv2.imwrite(str(folder / name / f"{number}.png"), picture)
    (folder / "dog" / "broken.png").write_bytes(b"no picture")
    return folder


def open_folder(hands: Hands, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    hands.page.sources.folder.trigger()


def summary(hands: Hands) -> str:
    return hands.child(QLabel, "samples_summary").text()


def test_at_first_nothing_is_chosen_and_one_click_brings_shapes(hands: Hands) -> None:
    assert summary(hands) == ""
    QTest.mouseClick(hands.child(QPushButton, "welcome_samples_shapes"), LEFT)
    hands.driver.wait(hands.page.browser.isVisible)
    assert summary(hands).startswith("3,000 samples, 6 classes")
    assert hands.child(QToolButton, "samples_source").text() == "Shapes"
    grid = hands.page.browser.grid
    first = grid.model().index(0, 0)
    hands.driver.wait(lambda: first.data(Qt.ItemDataRole.DecorationRole) is not None)


def test_a_class_is_looked_at_alone(
    hands: Hands, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_folder(hands, pictures, monkeypatch)
    browser = hands.page.browser
    hands.driver.wait(browser.isVisible)
    assert browser.grid.count == 6
    browser.classes.setCurrentRow(3)
    assert browser.grid.count == 2
    names = {browser.grid.model().index(row, 0).data() for row in range(2)}
    assert names == {"emu"}
    assert "cat has 3 times as many samples as dog" in hands.child(QLabel, "samples_advice").text()


def test_files_that_could_not_be_read_are_listed_in_place(
    hands: Hands, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = hands.child(QToolButton, "samples_problems")
    assert not link.isVisible()
    open_folder(hands, pictures, monkeypatch)
    hands.driver.wait(link.isVisible)
    assert link.text() == "1 file could not be read"
    link.click()
    problems = hands.page.findChild(SamplesProblems)
    assert isinstance(problems, QListWidget)
    assert problems.isVisible()
    assert "dog/broken.png" in problems.item(0).text()
    hands.page.sources.digits.trigger()
    hands.driver.wait(hands.page.browser.isVisible)
    assert not link.isVisible()


def test_a_folder_without_pictures_is_a_notice_and_what_was_there_stays(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.page.sources.shapes.trigger()
    hands.driver.wait(hands.page.browser.isVisible)
    (tmp_path / "empty").mkdir()
    open_folder(hands, tmp_path / "empty", monkeypatch)
    hands.driver.wait(lambda: "sub-folder for each class" in hands.driver.notice)
    assert hands.page.browser.isVisible()
    assert not hands.child(QProgressBar, "samples_progress").isVisible()
    hands.page.sources.digits.trigger()
    hands.driver.wait(lambda: hands.driver.notice == "")


def test_what_was_opened_is_among_the_recent_ones(
    hands: Hands, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_folder(hands, pictures, monkeypatch)
    hands.driver.wait(hands.page.browser.isVisible)
    assert hands.page.sources.recent() == [str(pictures)]
    pictures.rename(pictures.with_name("elsewhere"))
    assert hands.page.sources.recent() == []


def test_a_recorded_collection_is_gone_on_with_wherever_it_is_chosen(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.open_collection()
    recorded = hands.record(0)
    hands.page.sources.shapes.trigger()
    hands.driver.wait(hands.page.browser.isVisible)
    open_folder(hands, hands.driver.settings.collection, monkeypatch)
    hands.driver.wait(lambda: hands.page.board.isVisible() and hands.counts == [recorded, 0])


def test_reading_a_large_folder_can_be_watched_and_given_up(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = hands.child(QProgressBar, "samples_progress")
    studio = hands.driver.window.findChild(Studio)
    assert studio is not None
    studio.data.take_event(DatasetProgress("/large", 250, 1000))
    assert bar.isVisible()
    assert (bar.value(), bar.maximum()) == (250, 1000)
    asked: list[bool] = []
    monkeypatch.setattr(studio.pipeline.data, "cancel_opening", lambda: asked.append(True))
    hands.child(QToolButton, "samples_cancel").click()
    assert asked
    studio.data.take_event(DatasetCancelled("/large"))
    assert not bar.isVisible()


def test_random_changes_take_the_place_of_the_samples_while_they_are_chosen(hands: Hands) -> None:
    hands.page.sources.shapes.trigger()
    hands.driver.wait(hands.page.browser.isVisible)
    switch = hands.child(QToolButton, "samples_changes")
    switch.click()
    assert not hands.page.browser.isVisible()
    switch.click()
    assert hands.page.browser.isVisible()


def test_the_ways_to_begin_fit_the_lowest_window(hands: Hands) -> None:
    hands.driver.window.resize(800, 560)
    hands.driver.wait(lambda: hands.page.width() <= 800)
    assert hands.page.minimumSizeHint().width() <= 780


def test_classes_and_ways_to_them_are_said_in_the_windows_language(
    in_chinese: None, hands: Hands
) -> None:
    ways = [button.text() for button in hands.page.findChildren(QToolButton) if button.text()]
    assert "动作" in ways  # without the letter that it has in a menu
    QTest.mouseClick(hands.child(QPushButton, "welcome_samples_shapes"), LEFT)
    hands.driver.wait(hands.page.browser.isVisible)
    assert hands.page.browser.classes.item(1).text() == "圆形"
