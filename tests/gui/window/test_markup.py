"""Names from files that look like markup are shown letter by letter, everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QInputDialog,
    QLabel,
    QTabBar,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.capture.address import parse_address
from cnngui.formats.network_file import write_network
from cnngui.gui.settings import Settings
from cnngui.gui.studio import Studio
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.window.network_menu import NetworkMenu
from cnngui.gui.window.opener import Opener
from cnngui.gui.window.source_menu import SourceMenu
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.layers import Conv2d, Flatten, Linear
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.terminal.cli import Arguments
from tests.gui.conftest import FakeCameras
from tests.gui.driver import Driver

NAME = "<img src=x><b>&amp;"


@pytest.fixture
def driver(
    qtbot: QtBot, settings: Settings, tmp_path: Path, cameras: FakeCameras
) -> Iterator[Driver]:
    """A window in which whatever has a name has a bad one, after a training."""
    cameras.names = [f"{NAME}\ud800\x1b[31m"]
    places = [tmp_path / f"{NAME} {number}" for number in range(3)]
    random = np.random.default_rng(0)
    for place in places:
        for number in range(4):
            folder = tmp_path / NAME / place.name
            folder.mkdir(parents=True, exist_ok=True)
            picture = random.integers(0, 255, (16, 16, 3), np.uint8)
            cv2.imwrite(str(folder / f"{NAME}{number}.png"), picture)
    source = tmp_path / NAME / places[0].name / f"{NAME}0.png"
    network = NetworkSpec(
        name=NAME,
        input=InputSpec(height=16, width=16),
        layers=(
            Conv2d(id="conv1", out_channels=4),
            Flatten(id="flatten1"),
            Linear(id="linear1", out_features=3),
        ),
        classes=tuple(place.name for place in places),
    )
    path = tmp_path / f"{NAME}.json"
    write_network(path, network)
    settings.training = replace(TrainingSettings(), epochs=1, validation_share=0.5)
    settings.add_recent_data(str(tmp_path / NAME))
    settings.add_recent_source("http://me:secret@host/<b>x</b>")
    driver = Driver(qtbot, settings, Arguments(network=str(path), source=str(source)))
    driver.wait_for_maps()
    driver.key(Qt.Key.Key_T)
    studio = driver.window.findChild(Studio)
    assert studio is not None
    studio.data.open(str(tmp_path / NAME))
    driver.wait(lambda: studio.data.dataset is not None)
    driver.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    driver.wait(lambda: bool(studio.runs.kept) and not studio.trainer.is_under_way)
    for menu in (*driver.window.findChildren(SourceMenu), *driver.window.findChildren(NetworkMenu)):
        menu.aboutToShow.emit()
    yield driver
    driver.window.close()


def as_seen(text: str, form: Qt.TextFormat = Qt.TextFormat.AutoText) -> str:
    """Return the letters that Qt would draw, a picture being one of them."""
    document = QTextDocument()
    looks_rich = QtGui.Qt.mightBeRichText(text)
    if form == Qt.TextFormat.RichText or (form == Qt.TextFormat.AutoText and looks_rich):
        document.setHtml(text)
        return document.toPlainText()
    return text


def check(text: str, form: Qt.TextFormat = Qt.TextFormat.AutoText) -> bool:
    """Say whether a text holds the bad name; fail if it would not be seen as it is."""
    text.encode()
    assert "secret" not in text
    assert "\x1b" not in text
    if "img src" not in text:
        return False
    seen = as_seen(text, form)
    assert "\ufffc" not in seen, text
    assert "<img src=x>" in seen or "<img src=x" not in text.replace("&lt;", "<"), (text, seen)
    return True


def cells(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(model.rowCount()):
        text = model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)
        if isinstance(text, str):
            yield text


def test_nothing_shows_markup_from_data(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    window, found, shown = driver.window, 0, []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, *rest: shown.append(text))
    tabs = window.findChild(QTabBar, "training_tabs")
    assert tabs is not None
    for tab in range(tabs.count()):
        tabs.setCurrentIndex(tab)
        for _ in range(20):
            QApplication.processEvents()
        for widget in window.findChildren(QWidget):
            found += check(widget.toolTip())
            if isinstance(widget, QLabel):
                found += check(QLabel.text(widget), widget.textFormat())
            if isinstance(widget, QAbstractItemView) and widget.model() is not None:
                for text in cells(widget.model()):
                    found += check(text)
            if isinstance(widget, QAbstractScrollArea) and widget.isVisible():
                point_everywhere(widget.viewport())
        for action in window.findChildren(QAction):
            found += check(action.toolTip())
    for text in shown:
        found += check(text)
    found += check(window.windowTitle(), Qt.TextFormat.PlainText)
    assert found > 20
    assert any("img src" in text for text in shown)


def point_everywhere(widget: QWidget) -> None:
    """Rest the pointer at places all over a widget."""
    for x in range(4, widget.width(), 40):
        for y in range(4, widget.height(), 20):
            place = QPoint(x, y)
            event = QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place))
            QApplication.sendEvent(widget, event)


def test_a_title_says_the_name_of_the_file_whatever_it_is(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "a[*].json"
    write_network(path, driver.document.spec)
    driver.drop(path)
    driver.wait(lambda: "a[*]" in driver.window.windowTitle().replace("[*][*]", "[*]"))
    assert driver.window.windowTitle() == "a[*][*].json[*] – cnngui"


@pytest.mark.parametrize("words", ["plain", "two\nlines", "a < b", "&lt;b&gt;", NAME])
def test_a_tip_is_seen_letter_by_letter(words: str) -> None:
    assert as_seen(plain_tip(words)) == words


def test_a_stream_shows_its_password_nowhere(driver: Driver) -> None:
    url = "http://me:secret@127.0.0.1:1/<b>x</b>"
    driver.window.source.open(parse_address(url))
    check(driver.message, Qt.TextFormat.PlainText)
    driver.wait(lambda: "127.0.0.1" in driver.notice)
    driver.settings.add_recent_source(url)
    for menu in driver.window.findChildren(SourceMenu):
        menu.aboutToShow.emit()
    shown = [driver.notice, driver.message, driver.window.windowTitle()]
    for widget in driver.window.findChildren(QWidget):
        shown += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        text = getattr(widget, "text", None)
        shown += [str(text())] if callable(text) else []
    for action in driver.window.findChildren(QAction):
        shown += [action.text(), action.toolTip(), action.statusTip()]
    assert not [text for text in shown if "secret" in text]
    assert [text for text in shown if "127.0.0.1:1" in text]


def test_the_dialog_for_a_stream_opens_the_last_one_without_showing_its_password(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []

    def get_text(*arguments: object) -> tuple[str, bool]:
        proposed.append(str(arguments[-1]))
        return proposed[-1], True

    opened: list[object] = []
    monkeypatch.setattr(QInputDialog, "getText", get_text)
    opener = driver.window.findChild(Opener)
    assert opener is not None
    opener.source_chosen.disconnect()
    opener.source_chosen.connect(opened.append)
    opener.ask_stream()
    assert proposed == ["http://***@host/<b>x</b>"]
    assert [str(address) for address in opened] == ["http://me:secret@host/<b>x</b>"]
