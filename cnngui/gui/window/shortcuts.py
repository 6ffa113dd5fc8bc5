"""The sheet of shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, give_slim_bars
from cnngui.gui.widgets.keys import delete_keys
from cnngui.gui.widgets.menu import plain_text
from cnngui.gui.window.actions import action_groups

_NATIVE = QKeySequence.SequenceFormat.NativeText
_BAR = 10
_MOST_OF_SCREEN = 0.92
"""What a sheet takes of a small screen, beside its own title; the rest is scrolled to."""
_LOOKING = 2
"""So many groups, the first and longest, are about looking: they fill a column."""


class ShortcutSheet(QDialog):
    """Every shortcut by what it is for, from the table that the keys work by. Esc closes it.

    Parameters
    ----------
    layer_actions : what can be done to a layer; its actions are the network panel's.
    train_actions : what can be done with a training.
    """

    def __init__(
        self,
        layer_actions: Sequence[QAction],
        train_actions: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        anywhere = [
            (group.title, [(info.keys_text, info.text) for info in group.actions if info.keys])
            for group in action_groups()
        ]
        in_a_part = [
            (self.tr("Samples"), self._of_samples()),
            (self.tr("Training"), _lines_of(train_actions)),
            (self.tr("Selected layer"), _lines_of(layer_actions)),
            (self.tr("List of layers"), self._of_the_list()),
        ]
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row.setSpacing(SPACE_L * 2)
        for column in (anywhere[:_LOOKING], anywhere[_LOOKING:], in_a_part):
            row.addLayout(self._lay_out(column))
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.windowTitle())
        give_slim_bars(area)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        wanted = content.sizeHint() + QSize(_BAR, _BAR)
        self.resize(wanted.boundedTo(self.screen().availableSize() * _MOST_OF_SCREEN))

    def _of_samples(self) -> list[tuple[str, str]]:
        """Return what keys do while own samples are shown."""
        return [
            ("1 … 9", self.tr("Hold: record samples of a class")),
            (_native("Esc"), self.tr("End a countdown or burst")),
            (delete_keys()[0].toString(_NATIVE), self.tr("Delete the selected samples")),
        ]

    def _of_the_list(self) -> list[tuple[str, str]]:
        """Return what the list of layers does while it has the keyboard."""
        return [
            (_native("Up", "Down"), self.tr("Layer above or below")),
            (_native("Home", "End"), self.tr("Input or last layer")),
            (_native("Return"), self.tr("Edit its arguments, or open the block")),
            (_native("-", "+"), self.tr("Fold a block or open it")),
            (_native("Esc"), self.tr("Back to the list")),
        ]

    def _lay_out(self, groups: list[tuple[str, list[tuple[str, str]]]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_S)
        for title, lines in groups:
            heading = QLabel(title)
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
            heading.setContentsMargins(0, SPACE_M if grid.rowCount() > 1 else 0, 0, 0)
            grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
            for keys_text, text in lines:
                keys = QLabel(keys_text)
                keys.setBackgroundRole(QPalette.ColorRole.Button)
                keys.setAutoFillBackground(True)
                keys.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
                place = grid.rowCount()
                grid.addWidget(keys, place, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(QLabel(text), place, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        return grid


def _lines_of(actions: Sequence[QAction]) -> list[tuple[str, str]]:
    """Return key and words of each action that has a key."""
    lines = [(action.shortcut().toString(_NATIVE), plain_text(action)) for action in actions]
    return [line for line in lines if line[0]]


def _native(*keys: str) -> str:
    return ", ".join(QKeySequence(key).toString(_NATIVE) for key in keys)
