"""How samples are recorded: how fast, how many at a click, and after how long."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from cnngui.gui.settings import MOST_BURST, MOST_COUNTDOWN, MOST_RATE, Pace
from cnngui.gui.theme import SPACE_S
from cnngui.gui.widgets.spin_boxes import WholeSpinBox


class PaceForm(QWidget):
    """Three numbers.

    Signals
    -------
    edited : the user chose another pace; carries it.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate = self._box(
            "pace_rate", 1, MOST_RATE, self.tr("Samples a second"), self.tr(" a second")
        )
        self._burst = self._box(
            "pace_burst",
            0,
            MOST_BURST,
            self.tr("Samples at a click; 0: as long as the button is held"),
            self.tr(" at a click"),
            self.tr("While held"),
        )
        self._countdown = self._box(
            "pace_countdown",
            0,
            MOST_COUNTDOWN,
            self.tr("Time to get into position before the first sample"),
            self.tr(" s countdown"),
            self.tr("No countdown"),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        for box in (self._rate, self._burst, self._countdown):
            column.addWidget(box)

    def show_pace(self, pace: Pace) -> None:
        """Show a pace, without announcing it."""
        for box, value in (
            (self._rate, pace.rate),
            (self._burst, pace.burst),
            (self._countdown, pace.countdown),
        ):
            with QSignalBlocker(box):
                box.setValue(value)

    def show_kind(self, clips: bool) -> None:
        """Show whether clips are recorded: they have every frame, and follow on each other."""
        self._rate.setEnabled(not clips)

    def _box(
        self, name: str, lowest: int, highest: int, meaning: str, unit: str, at_zero: str = ""
    ) -> QSpinBox:
        box = WholeSpinBox()
        box.setObjectName(name)
        box.setRange(lowest, highest)
        box.setSuffix(unit)
        box.setSpecialValueText(at_zero)
        box.setToolTip(meaning)
        box.setAccessibleName(meaning)
        box.valueChanged.connect(self._announce)
        return box

    def _announce(self) -> None:
        self.edited.emit(Pace(self._rate.value(), self._burst.value(), self._countdown.value()))
