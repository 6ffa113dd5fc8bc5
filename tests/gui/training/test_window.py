"""The Train page in the real window, with the real trainer on a few drawn shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListView, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.formats.network_file import write_network
from cnngui.gui.settings import Settings
from cnngui.gui.studio import Studio
from cnngui.gui.training.curves_view import CurvesView
from cnngui.gui.training.page import TrainPage
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.terminal.cli import Arguments
from tests.gui.driver import Driver
from tests.gui.trainings import NETWORK

CTRL = Qt.KeyboardModifier.ControlModifier
SHAPES = "shapes:count=60:size=16"
SHORT = TrainingSettings(epochs=2, batch_size=16)


@pytest.fixture
def driver(qtbot: QtBot, settings: Settings, tmp_path: Path) -> Iterator[Driver]:
    """The window with a small network of three outputs and its Train page open."""
    write_network(tmp_path / "small.json", NETWORK)
    settings.training = SHORT
    driver = Driver(qtbot, settings, Arguments(network=str(tmp_path / "small.json")))
    driver.wait_for_maps()
    driver.key(Qt.Key.Key_T)
    tabs(driver).setCurrentIndex(1)
    driver.wait(lambda: driver.window.findChild(TrainPage) is not None)
    yield driver
    driver.window.close()


def studio(driver: Driver) -> Studio:
    found = driver.window.findChild(Studio)
    assert found is not None
    return found


def page(driver: Driver) -> QWidget:
    found = driver.window.findChild(TrainPage)
    assert found is not None
    return found


def tabs(driver: Driver) -> QTabBar:
    found = driver.window.findChild(QTabBar, "training_tabs")
    assert found is not None
    return found


def open_and_mend(driver: Driver) -> None:
    studio(driver).data.open(SHAPES)
    offer = page(driver).findChild(QToolButton, "notice_action")
    assert offer is not None
    driver.wait(offer.isVisible)
    assert offer.text() == "Give it 6 outputs"
    driver.qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)


def train(driver: Driver) -> None:
    before = len(studio(driver).runs.kept)
    driver.key(Qt.Key.Key_T, CTRL)
    driver.wait(
        lambda: len(studio(driver).runs.kept) > before and not studio(driver).trainer.is_under_way
    )


def test_the_hint_leads_to_the_samples(driver: Driver) -> None:
    hint = page(driver).findChild(QLabel, "training_hint")
    assert hint is not None
    hint.linkActivated.emit("samples")
    assert tabs(driver).currentIndex() == 0


def test_keys_train_on_every_page_of_the_drawer(driver: Driver) -> None:
    open_and_mend(driver)
    tabs(driver).setCurrentIndex(0)
    train(driver)
    assert studio(driver).trainer.progress.state == "finished"


def test_two_trainings_can_be_compared(driver: Driver) -> None:
    open_and_mend(driver)
    train(driver)
    studio(driver).plan.set_settings(replace(SHORT, optimizer="sgd", learning_rate=0.05))
    train(driver)
    runs = page(driver).findChild(QListView)
    assert runs is not None
    for row in (0, 1):
        runs.setCurrentIndex(runs.model().index(row, 0))
        driver.qtbot.keyClick(runs, Qt.Key.Key_Return)
    curves = page(driver).findChild(CurvesView)
    assert curves is not None
    assert all(sign in curves.loss.legend_text for sign in ("━━", "╸╺"))


def test_a_deleted_run_comes_back_by_undo(driver: Driver) -> None:
    open_and_mend(driver)
    train(driver)
    runs = page(driver).findChild(QListView)
    assert runs is not None
    layers = driver.document.spec.layers
    runs.setFocus()
    runs.setCurrentIndex(runs.model().index(0, 0))
    driver.key(Qt.Key.Key_Delete)
    driver.wait(lambda: runs.model().rowCount() == 0)
    assert driver.document.spec.layers == layers
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(lambda: runs.model().rowCount() == 1)


def test_a_wild_learning_rate_fails_with_words_and_without_harm(driver: Driver) -> None:
    open_and_mend(driver)
    studio(driver).plan.set_settings(replace(SHORT, optimizer="sgd", learning_rate=1e9))
    train(driver)
    assert studio(driver).trainer.progress.state == "failed"
    words = page(driver).findChild(QLabel, "notice_text")
    assert words is not None
    assert "The first weights are back" in words.text()
    driver.wait_for_new_frame()
