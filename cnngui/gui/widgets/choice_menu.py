"""A menu of which one entry is ticked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from cnngui.gui.widgets.menu import Menu

Choice = TypeVar("Choice")


def choice_menu(
    title: str,
    choices: Iterable[tuple[str, Choice]],
    chosen: Choice,
    on_chosen: Callable[[Choice], object],
    parent: QWidget,
) -> QMenu:
    """Return a menu of ``choices`` (words and what they stand for), ``chosen`` ticked."""
    menu = Menu(title, parent)
    group = QActionGroup(menu)
    for words, choice in choices:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(choice == chosen)
        action.triggered.connect(partial(on_chosen, choice))
        group.addAction(action)
    return menu
