"""Cameras are opened after the user has agreed, where the system asks."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCameraPermission, QObject
from pytestqt.qtbot import QtBot

from cnngui.capture.address import SourceAddress
from cnngui.gui.window import camera_permission
from cnngui.gui.window.camera_permission import CameraPermission
from tests.gui.conftest import FakeCameras
from tests.gui.driver import Driver


class Mac:
    """A system that asks, and the user's answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_undecided = True
        self.questions: list[Callable[..., None]] = []
        monkeypatch.setattr(camera_permission, "IS_ASKED_FOR", True)
        monkeypatch.setattr(camera_permission, "must_ask", lambda: self.is_undecided)
        monkeypatch.setattr(camera_permission, "ask", self._ask)
        monkeypatch.setitem(os.environ, "OPENCV_AVFOUNDATION_SKIP_AUTH", "0")
        monkeypatch.delitem(os.environ, "OPENCV_AVFOUNDATION_SKIP_AUTH")

    def _ask(self, _: QObject, on_answered: Callable[..., None]) -> None:
        self.questions.append(on_answered)

    def answer(self) -> None:
        self.is_undecided = False
        for question in self.questions:
            question(QCameraPermission())
        self.questions.clear()


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> Mac:
    return Mac(monkeypatch)


def test_a_camera_waits_for_the_answer_and_is_asked_for_once(mac: Mac, qtbot: QtBot) -> None:
    opened: list[str] = []
    permission = CameraPermission()
    permission.then(lambda: opened.append("a"))
    assert opened == []
    mac.answer()
    assert opened == ["a"]
    permission.then(lambda: opened.append("b"))
    assert opened == ["a", "b"]
    assert mac.questions == []


def test_what_was_chosen_meanwhile_takes_the_camera_s_place(mac: Mac, qtbot: QtBot) -> None:
    opened: list[str] = []
    permission = CameraPermission()
    permission.then(lambda: opened.append("a"))
    permission.then(lambda: opened.append("b"))
    mac.answer()
    assert opened == ["b"]
    mac.is_undecided = True
    permission.then(lambda: opened.append("c"))
    permission.give_up()
    mac.answer()
    assert opened == ["b"]


def test_opencv_does_not_ask_by_itself(mac: Mac, qtbot: QtBot) -> None:
    CameraPermission()
    assert os.environ["OPENCV_AVFOUNDATION_SKIP_AUTH"] == "1"


def test_elsewhere_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(camera_permission, "IS_ASKED_FOR", False)
    opened: list[str] = []
    CameraPermission().then(lambda: opened.append("a"))
    assert opened == ["a"]


def test_the_window_opens_a_camera_after_the_answer(
    mac: Mac, driver: Driver, cameras: FakeCameras
) -> None:
    cameras.names = ["Desk Cam"]
    driver.window.source.open(SourceAddress("camera", "Desk Cam"))
    assert driver.window.source.address != SourceAddress("camera", "Desk Cam")
    assert len(mac.questions) == 1
    mac.answer()
    driver.wait(lambda: driver.window.source.address == SourceAddress("camera", "Desk Cam"))
