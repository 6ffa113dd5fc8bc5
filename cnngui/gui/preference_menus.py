"""Choices that hold for the whole program, each remembered as soon as it is made."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from cnngui.gui.choice_menu import choice_menu
from cnngui.gui.settings import Settings
from cnngui.gui.theme import Theme, apply_theme

_THREAD_COUNTS = (1, 2, 4, 8, 16)
translate = QCoreApplication.translate


def theme_menu(settings: Settings, parent: QWidget) -> QMenu:
    """Return the menu of light, dark and the desktop's choice."""

    def choose(theme: Theme) -> None:
        settings.theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, theme)

    choices: list[tuple[str, Theme]] = [
        (translate("Preferences", "As the desktop"), "system"),
        (translate("Preferences", "Light"), "light"),
        (translate("Preferences", "Dark"), "dark"),
    ]
    title = translate("Preferences", "Light or dark")
    return choice_menu(title, choices, settings.theme, choose, parent)


def threads_menu(settings: Settings, set_threads: Callable[[int], None], parent: QWidget) -> QMenu:
    """Return the menu of how many processor cores compute; ``set_threads`` is told."""

    def choose(threads: int) -> None:
        settings.threads = threads
        set_threads(threads)

    counts = [count for count in _THREAD_COUNTS if count <= (os.cpu_count() or 1)]
    automatic = translate("Preferences", "Automatic")
    choices = [(automatic, 0), *((str(count), count) for count in counts)]
    title = translate("Preferences", "Processor cores")
    return choice_menu(title, choices, settings.threads, choose, parent)
