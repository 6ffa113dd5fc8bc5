"""With a window or without one, and why."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnngui import app
from cnngui.app import main, why_no_window

ROOT = Path(__file__).resolve().parent.parent

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has screens")


@linux_only
def test_without_a_screen_the_same_is_done_without_a_window(tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    finished = subprocess.run(
        [sys.executable, "main.py", "--frames", "3"],
        cwd=ROOT,
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert "no screen" in finished.stdout
    assert "Built-in clip through Classic filters" in finished.stdout
    (snapshot,) = (tmp_path / "Pictures" / "cnngui").iterdir()
    assert str(snapshot) in finished.stdout
    assert (snapshot / "maps.npz").is_file()


@linux_only
def test_a_screen_that_does_not_answer_is_found_out_before_qt_gives_up() -> None:
    assert "DISPLAY=:987" in why_no_window({"DISPLAY": ":987"})


def test_qt_on_another_platform_is_not_second_guessed() -> None:
    assert why_no_window({"QT_QPA_PLATFORM": "offscreen"}) == ""


@linux_only
def test_a_missing_library_is_told_with_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ctypes.CDLL

    def without_cursors(name: str, *rest: object) -> ctypes.CDLL:
        if "xcb-cursor" in name or "libqxcb" in name:
            raise OSError("libxcb-cursor.so.0: cannot open shared object file")
        return real(name, *rest)

    monkeypatch.setattr(ctypes, "CDLL", without_cursors)
    monkeypatch.setattr(app.shutil, "which", lambda _: "/usr/bin/apt-get")
    reason = why_no_window({"DISPLAY": ":0"})
    assert "libxcb-cursor.so.0" in reason
    assert "apt-get install -y" in reason
    assert "libxcb-cursor0" in reason
    monkeypatch.setattr(app.shutil, "which", lambda _: None)
    assert "apt-get" not in why_no_window({"DISPLAY": ":0"})


@linux_only
def test_qt_that_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6", None)
    assert "Qt cannot be loaded" in why_no_window({"WAYLAND_DISPLAY": "wayland-0"})


def test_headless_needs_no_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "PySide6"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "PySide6", None)
    assert main(["--headless", "--frames", "1"]) == 0


def test_a_window_is_opened_with_the_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr("cnngui.gui.start.run_window", lambda given: started.append(given) or 0)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["--source", "film.mp4", "--seed", "4"]) == 0
    (given,) = started
    assert (given.source, given.seed) == ("film.mp4", 4)
