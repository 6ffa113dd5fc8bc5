"""A stack of pages that does not ask for the height which texts that wrap would like to have."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget


class LowStack(QStackedWidget):
    """May be as low as its pages can be.

    A scroll area gives what it holds the height it likes at its width, where it says that the one
    depends on the other: pages that scroll inside would be scrolled outside once more.
    """

    def hasHeightForWidth(self) -> bool:
        return False
