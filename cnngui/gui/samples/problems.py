"""The files of a data set that could not be read."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QListWidget, QWidget

from cnngui.data.dataset import Dataset
from cnngui.gui.theme import SLIM_SCROLL_BAR, SPACE_M
from cnngui.gui.words.errors import error_text


class SamplesProblems(QListWidget):
    """One line each: which file, what would have been right, what was found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setAccessibleName(self.tr("Files that could not be read"))
        self.setStyleSheet(f"QListWidget {{ background: transparent; padding: {SPACE_M}px; }}")
        self.verticalScrollBar().setStyleSheet(SLIM_SCROLL_BAR)

    def show_dataset(self, dataset: Dataset) -> None:
        """List what was left out of a data set."""
        self.clear()
        self.addItems([error_text(problem) for problem in dataset.problems])
