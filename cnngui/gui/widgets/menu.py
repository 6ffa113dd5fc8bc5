"""Menus whose entries are reached by a letter each, whatever language they are in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from string import ascii_uppercase, digits

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QActionEvent, QIcon
from PySide6.QtWidgets import QMenu

_LETTER = re.compile(r"(?<!&)(?:&&)*&([^&])")
_APPENDED = re.compile(r"\(&.\)")


class Menu(QMenu):
    """A menu that gives each entry a letter when it is added or renamed."""

    def submenu(self, title: str, icon: QIcon | None = None) -> Menu:
        """Return a menu that opens from an entry at the end of this one."""
        menu = Menu(title, self)
        if icon is not None:
            menu.setIcon(icon)
        self.addMenu(menu)
        return menu

    def actionEvent(self, event: QActionEvent) -> None:
        super().actionEvent(event)
        action = event.action()
        if event.type() == QEvent.Type.ActionRemoved or action.isSeparator() or not action.text():
            return
        others = (other.text() for other in self.actions() if other is not action)
        taken = {letter for letter in map(letter_of, others) if letter}
        if not letter_of(action.text()) or letter_of(action.text()) in taken:
            # This brings the event once more, when there is nothing left to be done.
            action.setText(with_letter(plain_text(action), taken))


@lru_cache(maxsize=1024)  # each entry that is added asks all that are there
def letter_of(text: str) -> str:
    """Return the letter, in upper case, that an entry is reached by; "" if there is none."""
    found = _LETTER.search(text.partition("\t")[0])
    return found[1].upper() if found else ""


def plain_text(action: QAction) -> str:
    """Return what an entry says, without the mark of its letter; ``&&`` stays as it is."""
    words, tab, rest = action.text().partition("\t")
    words = _APPENDED.sub("", words)
    return re.sub(r"&(&?)", lambda found: "&&" if found[1] else "", words) + tab + rest


def with_letter(text: str, taken: Iterable[str]) -> str:
    """Mark a letter of a text that is not taken: of a word's beginning, of a word, or added to it.

    Where all letters are taken the text stays as it is: it is then reached by the arrows.
    """
    words, tab, rest = text.partition("\t")
    beginnings = [found.start() for found in re.finditer(r"(?<![A-Za-z0-9&])[A-Za-z0-9]", words)]
    inside = [found.start() for found in re.finditer(r"[A-Za-z]", words)]
    for place in (*beginnings, *inside):
        if words[place].upper() not in taken:
            return f"{words[:place]}&{words[place:]}{tab}{rest}"
    free = next((letter for letter in ascii_uppercase + digits if letter not in taken), "")
    if not free:
        return text
    body = words.rstrip("….")
    return f"{body}(&{free}){words[len(body) :]}{tab}{rest}"
