"""Text that may hold names from files, shown letter by letter.

Qt takes what looks like markup for markup: a class named ``<img src=...>`` would be a picture.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def plain_tip(words: str) -> str:
    """Return what a tool tip must be given to show these words as they are."""
    if not set(words) & set("<&"):
        return words
    return f'<p style="white-space: pre">{escape(words)}</p>'


def show_plainly(*labels: QLabel) -> None:
    """Let labels show letters where markup would be markup."""
    for label in labels:
        label.setTextFormat(Qt.TextFormat.PlainText)
