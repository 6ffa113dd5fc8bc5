"""The dialog that tells versions and licences."""

from __future__ import annotations

import platform
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from cnngui import __version__
from cnngui.gui.start import introduce
from cnngui.gui.window.about import PARTS, AboutDialog
from tests.gui.driver import Driver

ROOT = Path(__file__).resolve().parents[3]


def test_versions_and_licences_are_told(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    told = [label.text() for label in dialog.findChildren(QLabel)]
    everything = "\n".join(told)
    assert f"cnngui {__version__}" in everything
    assert "MIT" in everything
    for name, number in (
        ("Qt", qVersion()),
        ("Python", platform.python_version()),
        ("NumPy", np.__version__),
    ):
        assert told[told.index(name) + 1] == number
    assert told[told.index("Qt") + 2] == told[told.index("PySide6") + 2] == "LGPL-3.0"
    assert "code.qt.io" in everything


def test_no_library_that_is_installed_with_the_program_is_left_out() -> None:
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = described["project"]["dependencies"]
    needed = {re.split(r"[<>=;\s]", line)[0].lower() for line in lines}
    assert needed == {part.package.lower() for part in PARTS}
    for part in PARTS:
        assert version(part.package)


def test_it_opens_from_the_menu_and_closes_with_escape(driver: Driver) -> None:
    menus = driver.window.findChildren(QMenu)
    assert any(driver.action("about") in menu.actions() for menu in menus)
    driver.action("about").trigger()
    dialog = driver.window.findChild(AboutDialog)
    assert dialog is not None
    assert dialog.isVisible()
    with driver.qtbot.waitSignal(dialog.destroyed):
        driver.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    driver.action("about").trigger()
    assert len(driver.window.findChildren(AboutDialog)) == 1


def test_the_desktop_is_told_whose_windows_these_are(qapp: QApplication) -> None:
    introduce(qapp)
    assert qapp.desktopFileName() == "cnngui"
    assert qapp.applicationVersion() == __version__
    picture = qapp.windowIcon().pixmap(64, 64).toImage()
    corner, middle = picture.pixelColor(0, 0), picture.pixelColor(32, 32)
    assert corner.alpha() == 0
    assert middle.alpha() == 255
