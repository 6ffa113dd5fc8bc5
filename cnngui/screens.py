"""Whether a window can be shown here; and what is missing where it, or OpenCV, cannot be loaded.

Qt itself ends the whole program where the screen or one of its libraries is missing.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cnngui.resources import resource_path

_ANSWER_S = 2.0
_TRIAL_S = 30.0
_TRIAL = """\
import sys
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
application = QApplication([])
sys.exit(not (application.screens() and QFontDatabase.families()))
"""
"""What every window needs: a platform that begins, letters, a screen."""


def why_no_window(environment: Mapping[str, str]) -> str:
    """Return why Qt could not show a window here; empty if it can."""
    asked = environment.get("QT_QPA_PLATFORM", "")
    platforms = [name for name in asked.split(";") if name]
    if sys.platform.startswith("linux") and not platforms:
        screens = {"WAYLAND_DISPLAY": "wayland", "DISPLAY": "xcb"}
        platforms = [name for variable, name in screens.items() if environment.get(variable)]
        if not platforms:
            return "no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    try:
        from PySide6 import QtWidgets
    except ImportError as error:
        return f"Qt cannot be loaded ({error}){how_to_install()}"
    # Qt takes the first that works.
    plugins = Path(QtWidgets.__file__).parent / "Qt" / "plugins" / "platforms"
    reasons = [_why_not(name, plugins, environment) for name in platforms]
    return "; ".join(reasons) if all(reasons) else ""


def _why_not(platform: str, plugins: Path, environment: Mapping[str, str]) -> str:
    match platform.partition(":")[0]:
        case "offscreen" | "windows" | "cocoa":
            return ""
        case "xcb":
            return _unloadable(plugins / "libqxcb.so") or _why_no_x11(environment)
        case "wayland":
            return _unloadable(plugins / "libqwayland.so") or _why_no_wayland(environment)
        case _:
            return _why_trial_fails(platform, environment)


def _unloadable(plugin: Path) -> str:
    try:
        if plugin.exists():
            ctypes.CDLL(str(plugin))
    except OSError as error:
        return f"Qt cannot be loaded ({error}){how_to_install()}"
    return ""


def _why_no_x11(environment: Mapping[str, str]) -> str:
    """Connect to the screen in the way in which Qt will do it."""
    display = environment.get("DISPLAY", "")
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return f"Qt cannot be loaded ({error}){how_to_install()}"
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(os.fsencode(display) if display else None, None))
    has_error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"no X server answers at DISPLAY={display}" if has_error else ""


def _why_no_wayland(environment: Mapping[str, str]) -> str:
    """A variable may be left over from a session that has ended, or come from another machine."""
    if environment.get("WAYLAND_SOCKET"):
        return ""
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    place = Path(environment.get("XDG_RUNTIME_DIR", "")) / name
    reason = f"no Wayland compositor answers at WAYLAND_DISPLAY={name}"
    if not place.is_absolute():
        return reason
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWER_S)
        try:
            connection.connect(str(place))
        except OSError:
            return reason
    return ""


def _why_trial_fails(platform: str, environment: Mapping[str, str]) -> str:
    """Let another process try a platform that is seldom asked for."""
    try:
        tried = subprocess.run(  # noqa: S603  a program of our own
            [sys.executable, "-c", _TRIAL],
            env={**os.environ, **environment, "QT_QPA_PLATFORM": platform},
            capture_output=True,
            timeout=_TRIAL_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return f"Qt shows nothing on QT_QPA_PLATFORM={platform}"
    return f"Qt shows no window on QT_QPA_PLATFORM={platform}" if tried.returncode else ""


def how_to_install() -> str:
    """Return the line to type that brings what is missing, on Debian and its like."""
    if shutil.which("apt-get") is None:
        return ""
    script = resource_path("setup/system_packages.py")
    found = importlib.util.spec_from_file_location("system_packages", script)
    if found is None or found.loader is None:
        return ""
    system_packages = importlib.util.module_from_spec(found)
    found.loader.exec_module(system_packages)
    packages = system_packages.missing_packages()
    return f"; to mend it type: {system_packages.install_line(packages)}" if packages else ""
