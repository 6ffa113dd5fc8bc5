"""With a window or without one, and why."""

from __future__ import annotations

import ctypes
import gc
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from cnngui import screens
from cnngui.app import imports_that_stay, main
from cnngui.errors import MissingLibraryError, text
from cnngui.screens import why_no_window

ROOT = Path(__file__).resolve().parent.parent

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has screens")


def _has_wayland() -> bool:
    """Whether what Qt's plugin loads beside the compositor's library is installed."""
    try:
        ctypes.CDLL("libwayland-cursor.so.0")
    except OSError:
        return False
    return True


wayland_only = pytest.mark.skipif(not _has_wayland(), reason="Wayland's libraries are missing")


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


@wayland_only
def test_a_wayland_display_left_over_from_another_session_is_found_out(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert "WAYLAND_DISPLAY=wayland-7" in why_no_window(environment)
    (tmp_path / "wayland-7").touch()
    assert "WAYLAND_DISPLAY=wayland-7" in why_no_window(environment)
    assert "wayland-7" in why_no_window({"WAYLAND_DISPLAY": "wayland-7"})
    reason = why_no_window(environment | {"DISPLAY": ":987"})
    assert "wayland-7" in reason
    assert ":987" in reason


@wayland_only
def test_a_wayland_compositor_that_answers_is_enough(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "w"))
        compositor.listen()
        environment = {"WAYLAND_DISPLAY": "w", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert why_no_window(environment) == ""
        assert why_no_window(environment | {"DISPLAY": ":987"}) == ""
        assert why_no_window({"WAYLAND_DISPLAY": str(tmp_path / "w")}) == ""
    assert why_no_window({"WAYLAND_SOCKET": "3", "WAYLAND_DISPLAY": "w"}) == ""


@linux_only
@pytest.mark.parametrize("platform", ["minimal", "nonsense", "xcb", "wayland", "linuxfb"])
def test_a_platform_without_windows_ends_in_the_same_work_without_one(
    platform: str, tmp_path: Path
) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    finished = subprocess.run(
        [sys.executable, "main.py", "--frames", "1"],
        cwd=ROOT,
        env=environment | {"HOME": str(tmp_path), "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("There is no window: ")
    assert "Built-in clip through Classic filters" in finished.stdout


@linux_only
def test_of_several_platforms_one_is_enough() -> None:
    assert why_no_window({"QT_QPA_PLATFORM": "nonsense;offscreen:x=1"}) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--headless"],
        [],
        ["train", "--network", "lenet-5", "--data", "digits", "--out", "n.safetensors"],
    ],
    ids=["headless", "window", "train"],
)
def test_opencv_without_its_libraries_is_told_in_one_line(
    arguments: list[str], tmp_path: Path
) -> None:
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file')"
    )
    finished = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 2, finished.stderr
    (line,) = finished.stderr.splitlines()
    assert line.startswith("cnngui: OpenCV: must be loaded with the system's libraries, got libGL")


def test_the_line_to_type_follows_where_a_library_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_libraries(_: object) -> NoReturn:
        raise MissingLibraryError("OpenCV", text("must be loaded"), "libGL.so.1")

    real = ctypes.CDLL

    def without_gl(name: str, *rest: object) -> ctypes.CDLL:
        if "libGL." in name:
            raise OSError(name)
        return real(name, *rest)

    monkeypatch.setattr("cnngui.terminal.headless.run_headless", without_libraries)
    monkeypatch.setattr(ctypes, "CDLL", without_gl)
    monkeypatch.setattr(screens.shutil, "which", lambda _: "/usr/bin/apt-get")
    assert main(["--headless"]) == 2
    line = capsys.readouterr().err
    assert line.startswith("cnngui: OpenCV: must be loaded, got libGL.so.1; to mend it type: sudo ")
    assert "libgl1" in line


@linux_only
def test_a_missing_library_is_told_with_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ctypes.CDLL

    def without_cursors(name: str, *rest: object) -> ctypes.CDLL:
        if "xcb-cursor" in name or "libqxcb" in name:
            raise OSError("libxcb-cursor.so.0: cannot open shared object file")
        return real(name, *rest)

    monkeypatch.setattr(ctypes, "CDLL", without_cursors)
    monkeypatch.setattr(screens.shutil, "which", lambda _: "/usr/bin/apt-get")
    reason = why_no_window({"DISPLAY": ":0"})
    assert "libxcb-cursor.so.0" in reason
    assert "apt-get install -y" in reason
    assert "libxcb-cursor0" in reason
    monkeypatch.setattr(screens.shutil, "which", lambda _: None)
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


def test_garbage_is_collected_again_after_imports_that_failed() -> None:
    def import_what_is_missing() -> None:
        with imports_that_stay():
            assert not gc.isenabled()
            import cnngui.missing  # noqa: F401

    with pytest.raises(ImportError):
        import_what_is_missing()
    assert gc.isenabled()
