"""After a restart, what was there is there again without a click."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from cnngui.capture.address import SourceAddress
from cnngui.data.sample_folder import SampleFolder
from cnngui.formats.opening import open_network
from cnngui.gui.samples.page import SamplesPage
from cnngui.gui.settings import Settings
from cnngui.gui.studio import Studio
from cnngui.terminal.cli import Arguments
from tests.capture.media import noise, write_image
from tests.gui.driver import Driver


def started(qtbot: QtBot, settings: Settings, **arguments: str) -> Driver:
    driver = Driver(qtbot, settings, Arguments(**arguments))  # type: ignore[arg-type]
    driver.wait_for_maps()
    return driver


def again(driver: Driver) -> Driver:
    """Close the window and start the program once more, with what it has written."""
    driver.window.close()
    settings = Settings(driver.settings.folder / "cnngui.json")
    return started(driver.qtbot, settings)


def source_of(driver: Driver) -> SourceAddress | None:
    return driver.window.source.address


def page_of(driver: Driver) -> SamplesPage:
    if not driver.action("training").isChecked():
        driver.action("training").trigger()
    driver.wait(lambda: driver.window.findChild(SamplesPage) is not None)
    page = driver.window.findChild(SamplesPage)
    assert page is not None
    return page


def test_the_source_is_there_again(qtbot: QtBot, settings: Settings, tmp_path: Path) -> None:
    path = write_image(tmp_path / "red.png", noise(24, 32))
    driver = started(qtbot, settings)
    driver.drop(path)
    driver.wait(lambda: source_of(driver) == SourceAddress("image", str(path)))
    driver = again(driver)
    driver.wait(lambda: source_of(driver) == SourceAddress("image", str(path)))
    driver.window.close()


def test_a_source_that_is_gone_is_said_and_the_clip_plays(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    path = write_image(tmp_path / "red.png", noise(24, 32))
    driver = started(qtbot, settings, source=str(path))
    driver.wait(lambda: source_of(driver) == SourceAddress("image", str(path)))
    path.unlink()
    driver = again(driver)
    assert "red.png" in driver.notice
    driver.wait(lambda: source_of(driver) == SourceAddress("sample"))
    driver.window.close()


def test_a_network_asked_for_comes_with_its_own_clip(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    settings.last_source = str(write_image(tmp_path / "red.png", noise(24, 32)))
    driver = started(qtbot, settings, network="shapes")
    driver.wait(lambda: source_of(driver) == SourceAddress("sample", "shapes"))
    driver.window.close()


def test_the_ready_network_seen_last_is_there_again(qtbot: QtBot, settings: Settings) -> None:
    driver = again(started(qtbot, settings, network="lenet-5"))
    assert driver.document.spec == open_network("lenet-5").spec
    assert not driver.document.is_modified
    driver.document.undo_stack.undo()
    driver.window.close()


def test_drawn_samples_are_there_again(qtbot: QtBot, settings: Settings) -> None:
    driver = started(qtbot, settings)
    page_of(driver)
    studio = driver.window.findChild(Studio)
    assert studio is not None
    studio.data.open("digits:count=20:size=16")
    driver.wait(lambda: studio.data.dataset is not None)
    driver = again(driver)
    page_of(driver)
    studio = driver.window.findChild(Studio)
    assert studio is not None
    driver.wait(lambda: studio.data.dataset is not None)
    assert studio.data.dataset is not None
    assert studio.data.dataset.address == "digits:count=20:size=16"
    driver.window.close()


def test_own_samples_are_there_again_to_go_on_with(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    own = SampleFolder(tmp_path / "mine")
    own.add_class("cup")
    own.add_class("pen")
    driver = started(qtbot, settings)
    page_of(driver).collection.open(own.path)
    driver.wait(lambda: settings.last_data == (str(own.path), True))
    driver = again(driver)
    page = page_of(driver)
    driver.wait(lambda: [one.name for one in page.collection.classes] == ["cup", "pen"])
    driver.wait(page.board.isVisible)
    driver.window.close()


def test_samples_that_are_gone_are_forgotten(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    for is_own in (True, False):
        settings.last_data = str(tmp_path / "gone"), is_own
        driver = started(qtbot, settings)
        page = page_of(driver)
        assert page.collection.folder is None
        studio = driver.window.findChild(Studio)
        assert studio is not None
        assert studio.data.progress is None
        driver.window.close()
