"""Brings the system libraries that Qt and OpenCV need on Debian and Ubuntu, or says how to.

Run by the Makefile, after the Python packages are installed and with the Python they are installed
in. Does nothing elsewhere, and nothing where all is there. Exit status 0 unless an installation
that was tried has failed: a missing library is then told by the program itself.

    python system_packages.py [--dry-run]
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""What the loader looks for, and the package that has it."""

FONT_PACKAGE = "fonts-dejavu-core"
CHINESE_FONT_PACKAGE = "fonts-noto-cjk"
CHINESE_FONTS = ("*CJK*", "*SourceHan*", "wqy*", "DroidSansFallback*", "uming*", "ukai*")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def has_library(name: str) -> bool:
    """Tell whether the loader finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_font(patterns: Iterable[str] = ("*",)) -> bool:
    """Tell whether an outline font is installed whose file's name fits one of the patterns."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(
        next(folder.rglob(pattern + suffix), None) is not None
        for folder in folders
        for pattern in patterns
        for suffix in (".ttf", ".otf", ".ttc")
    )


def speaks_chinese(environment: Mapping[str, str]) -> bool:
    """Tell whether this is a Chinese desktop, on which the window speaks Chinese."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, names), "").startswith("zh")


def missing_packages() -> list[str]:
    """Return the Debian packages that are needed and not there."""
    packages = [package for name, package in LIBRARIES.items() if not has_library(name)]
    if not has_font():
        packages.append(FONT_PACKAGE)
    if speaks_chinese(os.environ) and not has_font(CHINESE_FONTS):
        packages.append(CHINESE_FONT_PACKAGE)
    return packages


def install_line(packages: Iterable[str]) -> str:
    """Return what a person types to install them."""
    return "sudo apt-get install -y " + " ".join(packages)


def main(arguments: list[str]) -> int:
    """Install what is missing, or print the line to type."""
    if not sys.platform.startswith("linux"):
        return 0
    packages = missing_packages()
    if not packages:
        return 0
    if shutil.which("apt-get") is None:
        print("These system libraries are missing:", ", ".join(packages), "(Debian's names).")
        return 0
    if os.geteuid() != 0 or "--dry-run" in arguments:
        print("Some system packages are missing. Please type:")
        print("   ", install_line(packages))
        return 0
    print("Installing system packages:", " ".join(packages), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        finished = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
        if finished.returncode:
            print("That did not work:", " ".join(command))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
