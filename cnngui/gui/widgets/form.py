"""A column of labelled editors."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from cnngui.gui.theme import SPACE_S, with_font
from cnngui.gui.widgets.editors import FieldEditor
from cnngui.gui.words.errors import said
from cnngui.spec.checks import Problem

LABEL_WIDTH = 104
LINE_HEIGHT = 28


class Form(QWidget):
    """Editors by the name of their field.

    Signals
    -------
    edited : the user gave a field another value; carries the field's name and the value.
    finished : the user is done with a field.
    """

    edited = Signal(str, object)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, FieldEditor] = {}
        self._labels: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_S)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, with_font(LABEL_WIDTH))
        self._grid.setColumnStretch(1, 1)

    def editor(self, field: str) -> FieldEditor:
        """Return a field's editor; KeyError if there is none."""
        return self._editors[field]

    def focus_first(self) -> None:
        """Put the keyboard into the first editor."""
        for editor in self._editors.values():
            editor.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def set_shown(self, field: str, shown: bool) -> None:
        """Show a field's line, or take it away."""
        self._labels[field].setVisible(shown)
        self._editors[field].setVisible(shown)

    def set_problems(self, problems: Iterable[Problem]) -> None:
        """Outline the fields that have a problem, and no others."""
        messages = {problem.field: said(problem.fault) for problem in problems}
        for field, editor in self._editors.items():
            editor.set_problem(messages.get(field, ""))
            role = QPalette.ColorRole
            wrong = field in messages
            self._labels[field].setForegroundRole(role.BrightText if wrong else role.WindowText)

    def _add(self, field: str, label: str, editor: FieldEditor, explanation: str) -> None:
        """Add a line; the explanation is its tool tip."""
        text = QLabel(label)
        text.setBuddy(editor)
        text.setToolTip(explanation)
        editor.set_meaning(explanation)
        editor.set_label(label)
        row = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        text.setMinimumHeight(with_font(LINE_HEIGHT))
        self._grid.addWidget(text, row, 0, top)
        self._grid.addWidget(editor, row, 1)
        self._editors[field] = editor
        self._labels[field] = text
        editor.edited.connect(partial(self.edited.emit, field))
        editor.finished.connect(self.finished)
