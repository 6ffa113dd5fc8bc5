from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from cnngui.capture.address import SourceAddress
from cnngui.gui.settings import Settings
from cnngui.gui.widgets.menu import plain_text
from cnngui.gui.window.camera_list import CameraList
from cnngui.gui.window.source_menu import SourceButton, SourceMenu
from tests.gui.conftest import FakeCameras


@pytest.fixture
def camera_list(qtbot: QtBot) -> CameraList:
    return CameraList()


@pytest.fixture
def menu(qtbot: QtBot, settings: Settings, camera_list: CameraList) -> SourceMenu:
    menu = SourceMenu(settings, camera_list)
    qtbot.addWidget(menu)
    return menu


def texts(menu: SourceMenu) -> list[str]:
    return [plain_text(action) for action in menu.actions()]


def action(menu: SourceMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if text in plain_text(action))


def submenu_action(menu: SourceMenu, title: str, text: str) -> QAction:
    submenu = action(menu, title).menu()
    return next(action for action in submenu.actions() if text in plain_text(action))  # type: ignore[attr-defined]


def test_cameras_come_and_go_by_name_while_the_menu_is_open(
    qtbot: QtBot, menu: SourceMenu, camera_list: CameraList, cameras: FakeCameras
) -> None:
    cameras.names = ["Desk camera", "R&D camera"]
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: "Desk camera" in texts(menu))
    assert "R&&D camera" in texts(menu)
    cameras.names = ["Desk camera"]
    qtbot.waitUntil(lambda: "R&&D camera" not in texts(menu))
    menu.aboutToHide.emit()
    camera_list.close()
    assert cameras.listed_in == {"camera list"}


def test_two_cameras_of_one_name_are_told_apart(
    qtbot: QtBot, menu: SourceMenu, camera_list: CameraList, cameras: FakeCameras
) -> None:
    cameras.names = ["Twin", "Twin"]
    camera_list.refresh()
    qtbot.waitUntil(lambda: "Twin [0]" in texts(menu) and "Twin [1]" in texts(menu))
    with qtbot.waitSignal(menu.source_chosen) as chosen:
        action(menu, "Twin [1]").trigger()
    assert chosen.args == [SourceAddress("camera", "Twin [1]")]
    camera_list.close()


def test_without_cameras_it_says_so(
    qtbot: QtBot, menu: SourceMenu, camera_list: CameraList
) -> None:
    assert "Looking for cameras…" in texts(menu)
    camera_list.refresh()
    qtbot.waitUntil(lambda: "No camera found" in texts(menu))
    camera_list.close()


def test_the_tick_is_at_what_runs_not_at_what_was_asked_for(menu: SourceMenu) -> None:
    menu.set_current(SourceAddress("video", "/somewhere/a.mp4"))
    clip = action(menu, "Built-in clip")
    clip.trigger()
    assert not clip.isChecked()
    menu.set_current(SourceAddress("sample"))
    assert clip.isChecked()


def test_resolution_rate_and_mirror_are_asked_for_and_remembered(
    qtbot: QtBot, menu: SourceMenu, settings: Settings
) -> None:
    with qtbot.waitSignals([menu.capture_settings_changed] * 2):
        submenu_action(menu, "resolution", "640 × 480").trigger()
        submenu_action(menu, "frame rate", "15").trigger()
    wanted = menu.capture_settings
    assert (wanted.width, wanted.height, wanted.rate) == (640, 480, 15.0)
    with qtbot.waitSignal(menu.mirror_toggled) as mirrored:
        action(menu, "network sees the mirrored").trigger()
    assert mirrored.args == [True]
    assert settings.mirror


def test_recent_ones_that_are_gone_are_left_out(
    qtbot: QtBot, menu: SourceMenu, settings: Settings, tmp_path: Path
) -> None:
    here = tmp_path / "here.png"
    here.write_bytes(b"")
    settings.add_recent_source(str(here))
    settings.add_recent_source(str(tmp_path / "gone.mp4"))
    menu.aboutToShow.emit()
    recent = action(menu, "Recent").menu()
    assert [plain_text(entry) for entry in recent.actions()] == ["here.png"]  # type: ignore[attr-defined]
    with qtbot.waitSignal(menu.source_chosen) as chosen:
        recent.actions()[0].trigger()  # type: ignore[attr-defined]
    assert chosen.args == [SourceAddress("image", str(here))]


def test_the_button_names_the_source_in_the_room_it_has(qtbot: QtBot, menu: SourceMenu) -> None:
    button = SourceButton(menu)
    qtbot.addWidget(button)
    button.show_source(SourceAddress("video", "/films/" + "long " * 40 + ".mp4"))
    assert len(button.text()) < 60
    assert "long long" in button.toolTip()
