"""A window as a person has it: the real pipeline, the built-in clip, settings of its own."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.capture.cameras import CameraInfo, set_backend
from cnngui.capture.settings import CaptureSettings
from cnngui.gui.settings import Settings
from cnngui.gui.theme import apply_theme
from cnngui.gui.words.translation import install_language
from tests.gui.driver import Driver

LEAK_TIMEOUT_S = 5.0


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    apply_theme(qapp, "light")
    return qapp


@pytest.fixture(scope="session", autouse=True)
def _windows_go_before_the_application(qapp: QApplication) -> Iterator[None]:
    """Delete what the last tests left to be deleted later; behind the application it is a crash.

    What is in cycles stays: PySide sometimes crashes where Python's collector finds a window's
    objects all at once, as at the end, which nobody but a test does.
    """
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.freeze()


@pytest.fixture
def in_chinese(qapp: QApplication) -> Iterator[None]:
    font = qapp.font()
    installed = install_language(qapp, "zh_CN")
    assert len(installed) == 2
    yield
    for translator in installed:
        qapp.removeTranslator(translator)
    qapp.setFont(font)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + LEAK_TIMEOUT_S
    leaked = [thread for thread in threading.enumerate() if thread not in before]
    for thread in leaked:
        thread.join(max(0.0, deadline - time.monotonic()))
    assert not [thread.name for thread in leaked if thread.is_alive()]


class FakeCamera:
    """A camera whose picture is one grey, and that can be pulled out."""

    rate = 30.0

    def __init__(self, present: threading.Event) -> None:
        self._present = present
        self._closed = threading.Event()

    def read(self) -> NDArray[np.uint8] | None:
        if not self._present.wait(0.01):
            return None
        # One that gave pictures without end would take the interpreter from whoever computes.
        self._closed.wait(1 / self.rate)
        picture = np.full((48, 64, 3), 128, np.uint8)
        picture.flags.writeable = False
        return picture

    def close(self) -> None:
        self._closed.set()


class FakeCameras:
    """The cameras of a machine that a test chooses; none to begin with."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.plugged = threading.Event()
        self.plugged.set()
        self.listed_in: set[str] = set()

    def list(self) -> list[CameraInfo]:
        self.listed_in.add(threading.current_thread().name)
        return [CameraInfo(name, index) for index, name in enumerate(self.names)]

    def open(self, camera: CameraInfo, settings: CaptureSettings) -> FakeCamera:
        return FakeCamera(self.plugged)


@pytest.fixture(autouse=True)
def cameras() -> Iterator[FakeCameras]:
    """No test touches a device of the machine it runs on."""
    fake = FakeCameras()
    set_backend(fake)
    yield fake
    set_backend(None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(tmp_path / "settings" / "cnngui.json")
    settings.save_folder = tmp_path / "saved"
    return settings


@pytest.fixture
def driver(qtbot: QtBot, settings: Settings) -> Iterator[Driver]:
    """The window, shown, with maps on it."""
    driver = Driver(qtbot, settings)
    driver.wait_for_maps()
    yield driver
    driver.window.close()
