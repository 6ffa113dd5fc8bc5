"""Choices that hold for the whole program, each remembered as soon as it is made."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from cnngui.gui.icons import icon
from cnngui.gui.settings import Settings
from cnngui.gui.theme import Theme, apply_theme
from cnngui.gui.widgets.choice_menu import choice_menu
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.words.translation import Language, said_in, spoken_language

_THREAD_COUNTS = (1, 2, 4, 8, 16)
_LANGUAGE_KEY = "language"
_AT_NEXT_START = str(
    QT_TRANSLATE_NOOP("Preferences", "cnngui will be in English when it is started the next time.")
)
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


def language_menu(settings: Settings, notices: NoticeBar, parent: QWidget) -> QMenu:
    """Return the menu of languages. Another one is spoken from the next start on.

    Until then nothing changes on the screen, so that it never shows two languages at once. Only
    the notice that says so is in the language chosen: that is the one the user can read.
    """
    present = spoken_language(settings.language)

    def choose(language: Language) -> None:
        settings.language = language
        if spoken_language(language) == present:
            notices.dismiss(_LANGUAGE_KEY)
        else:
            words = said_in(language, "Preferences", _AT_NEXT_START)
            notices.show_notice(Notice(words, "information", key=_LANGUAGE_KEY))

    choices: list[tuple[str, Language]] = [
        (translate("Preferences", "As the desktop"), "system"),
        ("English", "en"),
        ("中文", "zh_CN"),
    ]
    title = translate("Preferences", "Language")
    menu = choice_menu(title, choices, settings.language, choose, parent)
    menu.setIcon(icon("translate"))  # to be found by who cannot read the title
    return menu


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
