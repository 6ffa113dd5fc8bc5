"""How far samples may be changed at random: one slider and one number for each kind of change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSlider, QSpinBox, QWidget

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, with_font
from cnngui.gui.widgets.spin_boxes import WholeSpinBox, guard
from cnngui.gui.words.lists import listed

translate = QCoreApplication.translate

_COLUMNS = 2
_SLIDER_WIDTH = 96


def _row_height() -> int:
    return with_font(28)


@dataclass(frozen=True)
class Amount:
    """One kind of change that has a size.

    Attributes
    ----------
    field : of ``Augmentation``.
    name : what it is called.
    meaning : what it does, for the tool tip.
    highest : the most that may be chosen, in the unit shown.
    unit : shown behind the number.
    steps : how many of the unit make 1 in ``Augmentation``.
    """

    field: str
    name: str
    meaning: str
    highest: int
    unit: str = " %"
    steps: int = 100


def amounts() -> tuple[Amount, ...]:
    """Return every kind of change that has a size, in the user's language."""
    return (
        Amount(
            "shift",
            translate("Augmentation", "Shift"),
            translate("Augmentation", "Moved to any side by up to this share of the picture"),
            50,
        ),
        Amount(
            "rotation",
            translate("Augmentation", "Rotation"),
            translate("Augmentation", "Turned to either side by up to this angle"),
            180,
            unit="°",
            steps=1,
        ),
        Amount(
            "scale",
            translate("Augmentation", "Size"),
            translate("Augmentation", "Made larger or smaller by up to this share"),
            90,
        ),
        Amount(
            "brightness",
            translate("Augmentation", "Brightness"),
            translate("Augmentation", "Made lighter or darker by up to this share of white"),
            100,
        ),
        Amount(
            "noise",
            translate("Augmentation", "Noise"),
            translate("Augmentation", "Every value disturbed; the standard deviation"),
            100,
        ),
        Amount(
            "cutout",
            translate("Augmentation", "Cut-out"),
            translate("Augmentation", "A grey square put anywhere, up to this share of a side"),
            90,
        ),
    )


def summary(augmentation: Augmentation) -> str:
    """Return what is changed, in a few words: ``flip, shift 10 %``; empty if nothing is."""
    parts = [translate("Augmentation", "flip")] if augmentation.flip else []
    parts += [
        f"{amount.name.lower()} {_shown(augmentation, amount)}{amount.unit}"
        for amount in amounts()
        if getattr(augmentation, amount.field)
    ]
    return listed(parts)


class AugmentationForm(QWidget):
    """Shows an ``Augmentation`` and lets it be changed.

    Signals
    -------
    edited : the user chose another; carries it.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._augmentation = NO_AUGMENTATION
        self._sliders: dict[str, QSlider] = {}
        self._boxes: dict[str, QSpinBox] = {}
        self._amounts = amounts()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnMinimumWidth(3, SPACE_L)
        for place, amount in enumerate(self._amounts):
            self._add(grid, place, amount)
        self._flip = QCheckBox(
            translate("Augmentation", "Flip left and right in half of the cases")
        )
        self._flip.setMinimumHeight(_row_height())
        self._flip.setToolTip(
            translate(
                "Augmentation",
                "Not for what has a left and a right, such as letters; in a clip what moves left "
                "then moves right",
            )
        )
        self._flip.toggled.connect(partial(self._change, "flip"))
        grid.addWidget(self._flip, grid.rowCount(), 0, 1, 7)

    def show_augmentation(self, augmentation: Augmentation) -> None:
        """Show what is chosen, without announcing it."""
        self._augmentation = augmentation
        with QSignalBlocker(self._flip):
            self._flip.setChecked(augmentation.flip)
        for amount in self._amounts:
            shown = _shown(augmentation, amount)
            for field in (self._sliders[amount.field], self._boxes[amount.field]):
                with QSignalBlocker(field):
                    field.setValue(shown)

    def _add(self, grid: QGridLayout, place: int, amount: Amount) -> None:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, amount.highest)
        slider.setPageStep(max(amount.highest // 10, 1))
        slider.setMinimumWidth(with_font(_SLIDER_WIDTH))
        box = WholeSpinBox()
        box.setRange(0, amount.highest)
        box.setSuffix(amount.unit)
        label = QLabel(amount.name)
        label.setBuddy(box)
        row, column = divmod(place, _COLUMNS)
        for offset, widget in enumerate((label, slider, box)):
            widget.setToolTip(amount.meaning)
            widget.setMinimumHeight(_row_height())
            grid.addWidget(widget, row, column * 4 + offset)
        guard(slider)
        for field in (slider, box):
            field.setObjectName(f"{amount.field}_{'slider' if field is slider else 'box'}")
            field.setAccessibleName(amount.name)
            field.valueChanged.connect(
                lambda shown: self._change(amount.field, shown / amount.steps)
            )
        self._sliders[amount.field], self._boxes[amount.field] = slider, box

    def _change(self, field: str, value: Any) -> None:
        augmentation = replace(self._augmentation, **{field: value})
        self.show_augmentation(augmentation)
        self.edited.emit(augmentation)


def _shown(augmentation: Augmentation, amount: Amount) -> int:
    return round(getattr(augmentation, amount.field) * amount.steps)
