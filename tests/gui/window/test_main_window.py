"""The main flows, as a person does them, with the real pipeline behind the window."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QLineEdit, QScrollArea, QSlider
from pytestqt.qtbot import QtBot

from cnngui.capture.address import SourceAddress
from cnngui.errors import SourceError
from cnngui.formats.network_file import read_network
from cnngui.gui.document import Document
from cnngui.gui.network.add_menu import AddMenu
from cnngui.gui.network.layer_list import LayerList
from cnngui.gui.settings import Settings
from cnngui.gui.studio import Studio
from cnngui.gui.views.kernel_view import KernelView
from cnngui.gui.views.wall_canvas import WallCanvas
from cnngui.gui.widgets.buttons import ChoiceButton
from cnngui.gui.window.main_window import MainWindow
from cnngui.gui.window.shortcuts import ShortcutSheet
from cnngui.gui.window.snapshot_menu import SnapshotMenu
from cnngui.gui.window.workbench import Workbench
from cnngui.pipeline.capture_commands import OpenSource
from cnngui.pipeline.commands import Command
from cnngui.pipeline.events import SourceFailed
from cnngui.pipeline.lenses.scores import Scores
from cnngui.pipeline.live import LivePipeline
from cnngui.spec.layers import Conv2d, Linear, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.terminal.cli import Arguments
from tests.capture.media import write_video
from tests.gui.conftest import FakeCameras
from tests.gui.driver import Driver
from tests.pipeline.parts import channel_of, wall_of

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SMALL = NetworkSpec(
    name="small",
    input=InputSpec(height=24, width=32),
    layers=(Conv2d(id="conv1", out_channels=4), ReLU(id="relu1")),
)


@pytest.fixture
def image(qapp: object, tmp_path: Path) -> Path:
    path = tmp_path / "red.png"
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(QColor(255, 0, 0))
    assert picture.save(str(path))
    return path


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the user picks in the next file dialog."""
    picked = {"path": ""}
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (picked["path"], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: picked["path"])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (picked["path"], True))
    return picked


def shows_red(driver: Driver) -> bool:
    return bool((driver.result.picture == (255, 0, 0)).all())


def test_it_starts_with_moving_maps_that_mean_something(driver: Driver) -> None:
    assert driver.document.spec.name == "Classic filters"
    assert driver.source_name == "Built-in clip"
    wall = wall_of(driver.result)
    assert wall is not None
    assert wall.values.shape[0] >= 8
    first = wall.values.copy()
    driver.wait_for_new_frame()
    assert not np.array_equal(wall_of(driver.result).values, first)
    counters = driver.window.findChild(QLabel, "status_counters")
    assert counters is not None
    driver.wait(lambda: "shown" in counters.text() and " 0.0 shown" not in counters.text())


def test_space_freezes_and_edits_are_still_seen(driver: Driver) -> None:
    driver.key(Qt.Key.Key_Space)
    assert driver.action("freeze").isChecked()
    driver.document.replace_network(SMALL)
    driver.wait(lambda: driver.result.generation == driver.document.generation)
    frozen = driver.result.index
    driver.document.edit(SMALL.edited("conv1", out_channels=7), "wider")
    driver.document.select("conv1")
    driver.wait(lambda: driver.wall is not None and len(driver.wall.values) == 7)
    assert driver.result.index == frozen
    driver.key(Qt.Key.Key_Space)
    driver.wait_for_new_frame()


def test_pause_step_and_wind(driver: Driver) -> None:
    driver.click("transport_play")
    driver.click("transport_start")
    driver.wait(lambda: driver.result.position == 0)
    driver.key(Qt.Key.Key_Period)
    driver.wait(lambda: driver.result.position == 1)
    driver.click("transport_back")
    driver.wait(lambda: driver.result.position == 0)
    driver.transport.seek_requested.emit(100)
    driver.wait(lambda: driver.result.position == 100)
    driver.key(Qt.Key.Key_P)
    driver.wait(lambda: driver.result.position > 100)


def test_a_video_that_ends_says_so_and_plays_again(driver: Driver) -> None:
    driver.click("transport_loop")
    driver.transport.seek_requested.emit(10_000)
    driver.wait(lambda: driver.message.endswith("has ended"))
    driver.wait(lambda: driver.result.position > 100)  # the last frame, not one before the seeking
    end = driver.result.position
    driver.click("transport_play")
    driver.wait(lambda: driver.result.position < end)


@pytest.mark.parametrize("way", ["menu", "drop", "command line"])
def test_a_file_is_opened(
    qtbot: QtBot, settings: Settings, image: Path, answer: dict[str, str], way: str
) -> None:
    given = Arguments(source=str(image)) if way == "command line" else Arguments()
    driver = Driver(qtbot, settings, given)
    driver.wait_for_maps()
    if way == "menu":
        answer["path"] = str(image)
        driver.key(Qt.Key.Key_O, CONTROL)
    elif way == "drop":
        driver.drop(image)
    driver.wait(lambda: shows_red(driver))
    assert driver.source_name == "red.png"
    assert driver.transport.isHidden()
    assert settings.recent_sources == [str(image)]
    driver.window.close()


def test_a_folder_of_images_is_opened(driver: Driver, image: Path, answer: dict[str, str]) -> None:
    answer["path"] = str(image.parent)
    driver.window.opener.ask_folder()
    driver.wait(lambda: shows_red(driver))


def test_a_source_that_cannot_be_opened_leaves_what_was_paused_and_frozen(
    driver: Driver, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"rubbish")
    driver.key(Qt.Key.Key_P)
    play = driver.button("transport_play")
    driver.wait(lambda: play.accessibleName() == "Play")
    driver.key(Qt.Key.Key_Space)
    driver.drop(tmp_path / "broken.png")
    driver.wait(lambda: "broken.png" in driver.notice)
    assert play.accessibleName() == "Play"
    assert driver.action("freeze").isChecked()


def test_files_of_a_folder_that_are_skipped_are_said(driver: Driver, image: Path) -> None:
    for name in ("a.png", "b.png"):
        (image.parent / name).write_bytes(b"rubbish")
    driver.drop(image.parent)
    driver.wait(lambda: driver.notice != "")
    current = driver.window.notices.current
    assert current is not None
    # What else lies in the folder is told after them.
    assert "a.png" in current.details
    assert "b.png" in current.details
    assert current.severity == "warning"
    driver.wait(lambda: shows_red(driver))
    driver.drop(image)
    driver.wait(lambda: driver.notice == "")


def test_a_video_that_was_cut_off_is_said_and_has_its_true_length(
    driver: Driver, tmp_path: Path
) -> None:
    path = write_video(tmp_path / "cut.avi", 60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    slider = driver.window.findChild(QSlider, "transport_slider")
    assert slider is not None
    driver.drop(path)
    driver.wait(lambda: 0 < slider.maximum() < 40)
    driver.wait(lambda: "cut.avi: must hold the 60 frames" in driver.notice)


def test_a_picture_in_the_clipboard_is_opened(driver: Driver, image: Path) -> None:
    QGuiApplication.clipboard().setImage(QImage(str(image)))
    driver.key(Qt.Key.Key_V, CONTROL)
    driver.wait(lambda: shows_red(driver))


def test_opening_something_else_ends_a_freeze(driver: Driver, image: Path) -> None:
    driver.key(Qt.Key.Key_Space)
    driver.drop(image)
    driver.wait(lambda: shows_red(driver))
    assert not driver.action("freeze").isChecked()


@pytest.mark.parametrize("kind", ["text as video", "corrupt image", "empty folder", "bad url"])
def test_what_cannot_be_opened_is_said_and_the_last_source_goes_on(
    driver: Driver, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "text.mp4").write_text("not a film")
    (tmp_path / "corrupt.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    (tmp_path / "empty").mkdir()
    things: dict[str, Path | str] = {
        "text as video": tmp_path / "text.mp4",
        "corrupt image": tmp_path / "corrupt.png",
        "empty folder": tmp_path / "empty",
        "bad url": "http://127.0.0.1:1/stream",
    }
    driver.drop(things[kind])
    driver.wait(lambda: driver.notice != "")
    assert (str(things[kind]) if kind == "bad url" else Path(things[kind]).name) in driver.notice
    assert driver.source_name == "Built-in clip"
    assert driver.message == ""
    driver.wait_for_new_frame()


def test_a_camera_that_vanishes_is_said_so_and_comes_back(
    driver: Driver, cameras: FakeCameras
) -> None:
    cameras.names = ["Desk"]
    driver.window.opener.open_text("camera:Desk")
    driver.wait(lambda: driver.source_name == "Desk")
    driver.wait(lambda: bool((driver.result.picture == 128).all()))
    cameras.plugged.clear()
    driver.wait(lambda: "Desk" in driver.notice)
    cameras.plugged.set()
    driver.wait(lambda: driver.notice == "")
    driver.wait_for_new_frame()


def test_mirror_is_what_the_network_sees(driver: Driver, tmp_path: Path) -> None:
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(QColor("black"))
    for row in range(48):
        picture.setPixelColor(0, row, QColor("white"))
    picture.save(str(tmp_path / "left.png"))
    driver.drop(tmp_path / "left.png")

    def white_columns() -> list[int]:
        return [int(column) for column in np.flatnonzero(driver.result.input.min((0, 2)) > 200)]

    driver.wait(lambda: white_columns()[:1] == [0])
    menu = driver.button("source_button").menu()
    driver.menu_action(menu, "mirrored").trigger()
    width = driver.result.input.shape[1]
    driver.wait(lambda: white_columns()[-1:] == [width - 1])
    assert 0 not in white_columns()
    assert "seen moving to the right" in driver.message
    switch = driver.button("button_mirror")
    assert switch.isVisible()
    assert switch.isChecked()
    assert "Directions turn round" in switch.toolTip()
    switch.click()
    driver.wait(lambda: white_columns()[:1] == [0])


def test_edits_undo_and_redo_by_keys(driver: Driver) -> None:
    driver.document.replace_network(SMALL)
    driver.document.edit(SMALL.inserted(2, Conv2d(id="conv2")), "add conv2")
    driver.document.select("conv2")
    driver.wait(lambda: driver.wall is not None and driver.wall.layer_id == "conv2")
    driver.key(Qt.Key.Key_Z, CONTROL)
    assert driver.document.spec == SMALL
    driver.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert "conv2" in driver.document.spec


def test_a_network_with_a_problem_leaves_the_last_one_running(driver: Driver) -> None:
    driver.document.replace_network(SMALL)
    driver.document.edit(SMALL.inserted(2, Linear(id="linear1")), "add linear1")
    assert not driver.document.report.is_valid
    driver.wait_for_new_frame()
    driver.wait(lambda: driver.result.generation == driver.document.generation)


def test_network_saved_opened_and_damaged(
    driver: Driver, tmp_path: Path, answer: dict[str, str]
) -> None:
    driver.document.replace_network(SMALL)
    driver.document.edit(replace(SMALL, name="mine"), "rename")
    answer["path"] = str(tmp_path / "mine")
    driver.key(Qt.Key.Key_S, CONTROL)
    path = tmp_path / "mine.safetensors"
    driver.wait(lambda: driver.document.path == path)
    assert not driver.document.is_modified
    assert read_network(path).weights is not None
    driver.key(Qt.Key.Key_N, CONTROL)
    assert driver.document.spec.layers == ()
    driver.drop(path)
    driver.wait(lambda: driver.document.spec.name == "mine")
    path.write_bytes(b"rubbish")
    driver.drop(path)
    driver.wait(lambda: "mine.safetensors" in driver.notice)
    assert driver.document.spec.name == "mine"


def test_ready_networks_are_in_the_menu(driver: Driver) -> None:
    menu = driver.button("button_network").menu()
    driver.menu_action(menu, "LeNet-5").trigger()
    driver.wait(lambda: driver.document.spec.name == "LeNet-5")
    driver.wait(lambda: driver.result.part(Scores) is not None)
    assert driver.document.path is None


def test_s_saves_a_snapshot_and_says_where(driver: Driver) -> None:
    driver.document.replace_network(SMALL)
    driver.wait(lambda: driver.result.generation == driver.document.generation)
    driver.key(Qt.Key.Key_S)
    driver.wait(lambda: driver.message.startswith("Saved"))
    (folder,) = driver.settings.save_folder.iterdir()
    assert np.load(folder / "maps.npz")["conv1"].shape[0] == 4
    assert json.loads((folder / "snapshot.json").read_text())
    label = driver.window.findChild(QLabel, "status_message")
    assert label is not None
    assert str(folder) in label.toolTip()


def test_a_snapshot_that_cannot_be_saved_is_said(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    driver.settings.save_folder = tmp_path / "file"
    driver.key(Qt.Key.Key_S)
    driver.wait(lambda: "file" in driver.notice)
    assert driver.message == ""  # it is not being saved any longer
    driver.wait_for_new_frame()


def test_r_records_and_stops(driver: Driver) -> None:
    driver.key(Qt.Key.Key_R)
    button = driver.button("button_record")
    driver.wait(lambda: button.text() == "0:00")
    assert driver.action("record").isChecked()
    driver.wait_for_new_frame()
    driver.key(Qt.Key.Key_R)
    driver.wait(lambda: button.text() == "Record")
    (film,) = driver.settings.save_folder.iterdir()
    assert film.stat().st_size > 0


def test_the_folder_for_saving_is_chosen(
    driver: Driver, tmp_path: Path, answer: dict[str, str]
) -> None:
    answer["path"] = str(tmp_path)
    driver.action("save_folder").trigger()
    assert driver.settings.save_folder == tmp_path


def test_arrows_and_brackets_move_among_channels_and_layers(driver: Driver) -> None:
    driver.document.replace_network(SMALL)
    driver.document.select("relu1")
    driver.wait(lambda: driver.result.generation == driver.document.generation)
    driver.key(Qt.Key.Key_Right)
    driver.wait(lambda: driver.channel is not None and driver.channel.channel == 1)
    driver.key(Qt.Key.Key_BracketLeft)
    assert driver.document.selected_id == "conv1"
    driver.key(Qt.Key.Key_BracketRight)
    assert driver.document.selected_id == "relu1"


def test_plain_keys_typed_into_a_field_stay_there(driver: Driver) -> None:
    field = QLineEdit(driver.window)
    field.show()
    field.setFocus()
    for key in (Qt.Key.Key_S, Qt.Key.Key_Space, Qt.Key.Key_R, Qt.Key.Key_P):
        driver.qtbot.keyClick(field, key)
    assert field.text() == "s rp"
    assert not driver.action("freeze").isChecked()
    assert not driver.settings.save_folder.exists()


def test_copies_go_to_the_clipboard(driver: Driver) -> None:
    driver.key(Qt.Key.Key_C, CONTROL)
    driver.wait(lambda: driver.message.startswith("Copied"))
    assert QGuiApplication.clipboard().image().width() > 100


def test_the_sheet_of_shortcuts_opens_and_closes(driver: Driver) -> None:
    driver.key(Qt.Key.Key_F1)
    sheet = driver.window.findChild(ShortcutSheet)
    assert sheet is not None
    assert sheet.isVisible()
    words = " ".join(label.text() for label in sheet.findChildren(QLabel))
    assert "Snapshot" in words
    assert "Ctrl+Z" in words
    assert "Magnify the wall" in words
    assert "Edit its arguments" in words
    driver.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_keys_that_open_the_sheet_of_shortcuts_close_it(driver: Driver) -> None:
    driver.key(Qt.Key.Key_F1)
    sheet = driver.window.findChild(ShortcutSheet)
    assert sheet is not None
    driver.wait(sheet.isActiveWindow)
    driver.qtbot.keyClick(sheet, Qt.Key.Key_F1)
    assert not sheet.isVisible()
    driver.wait(driver.window.isActiveWindow)


def test_the_sheet_of_shortcuts_fits_a_small_screen(driver: Driver) -> None:
    driver.key(Qt.Key.Key_F1)
    sheet = driver.window.findChild(ShortcutSheet)
    assert sheet is not None
    assert sheet.width() <= 1024
    assert sheet.height() <= 600
    screen = sheet.screen().availableSize()
    assert sheet.width() < screen.width()
    area = sheet.findChild(QScrollArea)
    hidden = area.widget().width() - area.viewport().width()
    assert area.horizontalScrollBar().maximum() == hidden  # all can be reached


def test_themes_change_at_once_and_are_remembered(driver: Driver) -> None:
    menu = driver.button("button_theme").menu()
    try:
        driver.menu_action(menu, "Dark").trigger()
        driver.wait(lambda: driver.window.palette().window().color().lightness() < 128)
        assert driver.settings.theme == "dark"
        driver.wait_for_new_frame()
    finally:
        driver.menu_action(menu, "Light").trigger()
    driver.wait(lambda: driver.window.palette().window().color().lightness() > 128)


def test_full_screen_and_back(driver: Driver) -> None:
    driver.key(Qt.Key.Key_F11)
    assert driver.window.isFullScreen()
    driver.key(Qt.Key.Key_Escape)
    assert not driver.window.isFullScreen()


def test_a_bad_network_on_the_command_line_is_said_in_the_window(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "bad.json").write_text("{")
    driver = Driver(qtbot, settings, Arguments(network=str(tmp_path / "bad.json"), source="no.mp4"))
    driver.wait(lambda: "bad.json" in driver.notice or "no.mp4" in driver.notice)
    assert driver.document.spec.name == "Classic filters"
    driver.wait_for_maps()
    driver.window.close()


def test_a_missing_clip_is_said_and_not_asked_for_for_ever(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[SourceAddress] = []
    tell = LivePipeline.tell

    def hear(pipeline: LivePipeline, command: Command) -> None:
        if isinstance(command, OpenSource):
            asked.append(command.address)
        else:
            tell(pipeline, command)

    monkeypatch.setattr(LivePipeline, "tell", hear)
    driver = Driver(qtbot, settings)
    clip = SourceAddress("sample")
    driver.window.source.take_event(SourceFailed(clip, SourceError("clip", "must be there")))
    assert asked == [clip]
    assert "clip: must be there" in driver.notice
    driver.window.close()


def test_an_unsaved_network_is_there_again(qtbot: QtBot, settings: Settings) -> None:
    first = Driver(qtbot, settings, Arguments(network="lenet-5"))
    first.wait(lambda: first.window.result is not None)
    edited = replace(first.document.spec, name="not saved")
    first.document.edit(edited, "rename")
    assert first.window.close()
    second = Driver(qtbot, settings)
    assert second.document.spec == edited
    assert second.document.is_modified
    second.document.replace_network(SMALL)
    assert second.window.close()
    third = Driver(qtbot, settings)
    assert third.document.spec.name == "Classic filters"
    assert third.window.close()


def test_behind_an_unsaved_network_with_a_problem_another_one_runs(
    qtbot: QtBot, settings: Settings
) -> None:
    first = Driver(qtbot, settings)
    wrong = SMALL.edited("conv1", kernel_size=(99, 99))
    first.document.replace_network(SMALL)
    first.document.edit(wrong, "too large")
    assert first.window.close()
    second = Driver(qtbot, settings)
    assert second.document.spec == wrong
    second.wait(lambda: second.window.result is not None)
    assert second.document.running_spec.name == "Classic filters"
    second.document.edit(SMALL, "mend")
    second.wait(lambda: second.result.generation == second.document.generation)
    assert second.window.close()


def test_a_number_out_of_range_comes_back_as_it_was_typed(qtbot: QtBot, settings: Settings) -> None:
    first = Driver(qtbot, settings)
    first.wait_for_maps()
    wrong = first.document.spec.edited("conv1", out_channels=0)
    first.document.edit(replace(wrong, name="unfinished"), "none")
    assert first.window.close()
    second = Driver(qtbot, settings)
    assert second.document.spec.name == "unfinished"
    assert second.document.spec.layer("conv1").out_channels == 0
    assert second.document.report.problems
    second.wait_for_maps()
    assert second.window.close()


def test_an_unsaved_network_comes_back_with_the_weights_of_its_file(
    qtbot: QtBot, settings: Settings
) -> None:
    first = Driver(qtbot, settings)
    first.wait_for_maps()
    first.document.edit(replace(first.document.spec, name="changed"), "rename")
    first.document.select("conv1")
    first.wait(lambda: first.channel is not None and first.channel.kernel is not None)
    kernel = channel_of(first.result).kernel
    assert first.window.close()
    second = Driver(qtbot, settings)
    second.document.select("conv1")
    second.wait(
        lambda: (
            second.window.result is not None
            and second.channel is not None
            and channel_of(second.result).kernel is not None
        )
    )
    assert second.document.spec.name == "changed"
    assert kernel is not None
    assert channel_of(second.result).kernel is not None
    np.testing.assert_array_equal(channel_of(second.result).kernel, kernel)
    assert second.window.close()


def test_a_network_closed_with_a_problem_keeps_the_weights_of_its_file(
    qtbot: QtBot, settings: Settings
) -> None:
    first = Driver(qtbot, settings)
    first.wait(lambda: first.window.result is not None and first.channel is not None)
    kernel = channel_of(first.result).kernel
    spec = first.document.spec
    broken = spec.inserted(len(spec.layers), Conv2d(id="conv9", kernel_size=(999, 999)))
    first.document.edit(replace(broken, name="broken"), "break")
    assert first.window.close()
    second = Driver(qtbot, settings)
    assert second.document.spec.name == "broken"
    assert not second.document.report.is_valid
    second.wait(lambda: second.window.result is not None)
    assert second.document.running_spec.name == "Classic filters"
    generation = second.document.generation
    second.document.edit(second.document.spec.removed("conv9"), "mend")
    second.document.select("conv1")
    second.wait(lambda: second.result.generation > generation and second.channel is not None)
    assert kernel is not None
    np.testing.assert_array_equal(channel_of(second.result).kernel, kernel)
    assert second.window.close()


@pytest.mark.parametrize("moment", ["start", "snapshot", "record", "open", "drag", "edit"])
def test_it_can_be_closed_in_the_middle_of_anything(
    qtbot: QtBot, settings: Settings, image: Path, moment: str
) -> None:
    driver = Driver(qtbot, settings)
    if moment != "start":
        driver.wait_for_maps()
    if moment == "snapshot":
        driver.key(Qt.Key.Key_S)
    elif moment == "record":
        driver.key(Qt.Key.Key_R)
        driver.wait(lambda: driver.action("record").isChecked())
    elif moment == "open":
        driver.drop("http://127.0.0.1:1/stream")
        driver.drop(image)
    elif moment == "drag":
        driver.transport.seek_requested.emit(50)
    elif moment == "edit":
        driver.document.edit(SMALL, "all new")
    assert driver.window.close()
    assert not [
        path for path in settings.save_folder.glob("*") if path.name.startswith((".", "tmp"))
    ]


def test_the_window_comes_back_where_it_was(qtbot: QtBot, settings: Settings) -> None:
    first = Driver(qtbot, settings)
    first.window.resize(800, 600)
    assert first.window.close()
    window = MainWindow(settings, Document())
    qtbot.addWidget(window)
    assert window.size() == QSize(800, 600)
    assert window.close()


def test_a_defect_in_a_thread_is_told_once(driver: Driver) -> None:
    for _ in range(100):
        driver.window.show_crash("engine", "Traceback\nValueError: on purpose")
    assert "(network)" in driver.notice
    count = driver.window.findChild(QLabel, "notice_count")
    assert count is not None
    assert count.text() == "× 100"
    driver.wait_for_new_frame()


def test_arrows_belong_to_the_list_of_layers_while_it_has_the_focus(driver: Driver) -> None:
    layers = driver.window.findChild(LayerList)
    assert layers is not None
    layers.setFocus()
    driver.document.select("relu2")
    before = driver.document.spec.index_of(driver.document.selected_id)
    driver.key(Qt.Key.Key_Up)
    assert driver.document.spec.index_of(driver.document.selected_id) == before - 1


def test_return_presses_the_button_with_the_focus(driver: Driver) -> None:
    driver.button("transport_loop").setFocus()
    driver.key(Qt.Key.Key_Return)
    assert not driver.button("transport_loop").isChecked()


def test_no_channel_is_computed_while_the_inspector_is_closed(driver: Driver) -> None:
    workbench = driver.window.findChild(Workbench)
    assert workbench is not None
    driver.wait(lambda: driver.channel is not None)
    sizes = workbench.sizes()
    workbench.moveSplitter(workbench.width(), 2)
    driver.wait(lambda: driver.channel is None)
    driver.key(Qt.Key.Key_C, CONTROL | SHIFT)
    assert driver.message.startswith("No channel")
    workbench.moveSplitter(workbench.width() - sizes[2], 2)
    driver.wait(lambda: driver.channel is not None)


def test_a_frozen_wall_takes_the_colours_of_another_theme(driver: Driver) -> None:
    driver.wait(lambda: driver.wall is not None and driver.wall.signed)
    driver.key(Qt.Key.Key_Space)
    canvas = driver.window.findChild(WallCanvas)
    kernel = driver.window.findChild(KernelView)
    assert canvas is not None
    assert kernel is not None
    light = [widget.grab().toImage() for widget in (canvas, kernel)]
    menu = driver.button("button_theme").menu()
    try:
        driver.menu_action(menu, "Dark").trigger()
        driver.wait(lambda: canvas.copy_picture().pixelColor(0, 0).lightness() < 128)
        dark = [widget.grab().toImage() for widget in (canvas, kernel)]
        assert [mean_lightness(image) < 110 for image in dark] == [True, True]
        assert [mean_lightness(image) > 130 for image in light] == [True, True]
    finally:
        driver.menu_action(menu, "Light").trigger()


def mean_lightness(image: QImage) -> float:
    return (
        image.scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation)
        .pixelColor(0, 0)
        .lightness()
    )


def test_a_colour_map_that_was_chosen_is_remembered(qtbot: QtBot, settings: Settings) -> None:
    first = Driver(qtbot, settings)
    first.wait_for_maps()
    choice = next(
        button
        for button in first.window.findChildren(ChoiceButton)
        if button.accessibleName() == "Colour map"
    )
    first.menu_action(choice.menu(), "Purple-green").trigger()
    assert first.window.close()
    assert settings.colormaps == ("", "purple-green")
    second = Driver(qtbot, settings)
    second.wait_for_maps()
    choice = next(
        button
        for button in second.window.findChildren(ChoiceButton)
        if button.accessibleName() == "Colour map"
    )
    second.wait(lambda: choice.text().startswith("Purple-green"))
    second.menu_action(choice.menu(), "Automatic").trigger()
    assert choice.text().startswith("Automatic")
    assert second.window.close()
    assert settings.colormaps == ("", "")


def test_keys_magnify_the_wall_wherever_the_focus_is(driver: Driver) -> None:
    canvas = driver.window.findChild(WallCanvas)
    assert canvas is not None
    driver.button("transport_loop").setFocus()
    driver.key(Qt.Key.Key_Plus, CONTROL)
    driver.key(Qt.Key.Key_Equal, CONTROL)
    magnified = canvas.zoom
    driver.key(Qt.Key.Key_Minus, CONTROL)
    assert 1 < canvas.zoom < magnified
    driver.key(Qt.Key.Key_0, CONTROL)
    assert canvas.zoom == 1


def test_of_several_files_dropped_the_first_is_opened_and_that_is_said(
    driver: Driver, image: Path
) -> None:
    driver.drop(image, image.parent / "other.png")
    driver.wait(lambda: shows_red(driver))
    assert "only the first of 2" in driver.notice
    driver.drop(image)
    assert driver.notice == ""


@pytest.mark.parametrize(
    ("choice", "layers"),
    [("layer", {"relu1"}), ("all", {"conv1", "relu1", "conv2"})],
)
def test_a_snapshot_is_of_the_layers_chosen_and_tells_its_size_first(
    driver: Driver, choice: str, layers: set[str]
) -> None:
    driver.document.replace_network(SMALL.inserted(2, Conv2d(id="conv2")))
    driver.document.select("relu1")
    driver.wait(lambda: driver.wall is not None and driver.wall.layer_id == "relu1")
    menu = driver.button("button_snapshot").menu()
    menu.aboutToShow.emit()
    action = menu.findChild(QAction, f"snapshot_{choice}")
    assert action is not None
    told = action.text().partition("\t")[2]
    action.trigger()
    assert told in driver.message
    driver.wait(lambda: "Saved snapshot" in driver.message)
    (folder,) = driver.settings.save_folder.iterdir()
    with np.load(folder / "maps.npz") as maps:
        assert set(maps) == layers
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert told.startswith(f"{len(files)} files, at least ")
    assert driver.settings.snapshot_layers == choice
    # The key takes the same again.
    driver.key(Qt.Key.Key_S)
    driver.wait(lambda: len(list(driver.settings.save_folder.glob("2*"))) == 2)


def test_the_layers_on_the_screen_are_those_of_the_strip_and_the_wall(driver: Driver) -> None:
    menu = driver.button("button_snapshot").menu()
    assert isinstance(menu, SnapshotMenu)
    driver.settings.snapshot_layers = "shown"
    driver.wait(lambda: len(menu.layer_ids or ()) > 1)
    studio = driver.window.findChild(Studio)
    assert studio is not None
    assert set(menu.layer_ids or ()) == {driver.document.selected_id} | set(
        studio.view.request().thumbnails
    )
    driver.settings.snapshot_layers = "all"
    assert menu.layer_ids is None


def test_a_window_that_is_an_icon_has_nothing_computed_but_what_is_recorded(driver: Driver) -> None:
    driver.window.setWindowState(Qt.WindowState.WindowMinimized)
    driver.wait(lambda: not driver.result.parts)
    assert driver.result.layer_ms == {}
    driver.key(Qt.Key.Key_R)
    driver.wait(lambda: driver.wall is not None)
    driver.key(Qt.Key.Key_R)
    driver.wait(lambda: driver.wall is None)
    driver.window.setWindowState(Qt.WindowState.WindowNoState)
    driver.wait(lambda: driver.wall is not None and driver.channel is not None)


def test_a_network_is_built_by_keys_alone(driver: Driver, qtbot: QtBot) -> None:
    driver.key(Qt.Key.Key_N, CONTROL)
    driver.wait(lambda: not driver.document.spec.layers)
    menu = driver.window.findChild(AddMenu)
    assert menu is not None
    for downs in (0, 2):
        driver.key(Qt.Key.Key_A)
        driver.wait(menu.isVisible)
        for _ in range(downs):
            qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert [layer.id for layer in driver.document.spec.layers] == ["conv1", "pool1"]
    driver.wait(lambda: driver.wall is not None and driver.wall.layer_id == "pool1")


def test_a_long_path_is_cut_in_the_status_line_and_told_by_its_tip(
    driver: Driver, tmp_path: Path
) -> None:
    label = driver.window.findChild(QLabel, "status_message")
    assert label is not None
    path = tmp_path / ("n" * 250)
    driver.window.status.show_message("Saved snapshot:", path)
    assert "…" in label.text()
    assert label.sizeHint().width() <= label.width()
    assert str(path) in label.toolTip()
