"""A box to choose a run with."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.runs import settings_words
from cnngui.pipeline.training.progress import TrainingProgress


class RunChoice(QComboBox):
    """Runs, each by its network and settings. ``run_chosen`` carries an id, chosen by a person.

    Parameters
    ----------
    name, tip : what the choice is about.
    first : what can be chosen in place of a run, with "" as its id; empty for nothing.
    """

    run_chosen = Signal(str)

    def __init__(self, name: str, tip: str, first: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._first = [("", first)] if first else []
        self.setAccessibleName(name)
        self.setToolTip(tip)
        # A box as wide as its longest run would push everything else out of a narrow window.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(20)
        self.activated.connect(self._on_activated)

    def show_runs(self, runs: Iterable[TrainingProgress], chosen_id: str) -> None:
        """Offer these runs, without announcing anything."""
        choices = self._first + [
            (run.run_id, f"{run.spec.name}: {settings_words(run)}") for run in runs
        ]
        places = range(self.count())
        with QSignalBlocker(self):
            if choices != [(self.itemData(place), self.itemText(place)) for place in places]:
                self.clear()
                for run_id, words in choices:
                    self.addItem(words, run_id)
                    self.setItemData(
                        self.count() - 1, plain_tip(words), Qt.ItemDataRole.ToolTipRole
                    )
            self.setCurrentIndex(max(self.findData(chosen_id), 0))
        self.setVisible(bool(choices))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        # Qt cuts a long text in the middle of a letter.
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def shown_text(self) -> str:
        """Return as much of what is chosen as there is room for."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        kind, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(kind, option, part, self).width() - 2
        text = self.currentText()
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        self.run_chosen.emit(self.itemData(place))
