"""The menu of layer types."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from cnngui.gui.widgets.layer_icon import layer_icon
from cnngui.spec.layers import LAYER_TYPES


class AddMenu(QMenu):
    """Every layer type with its glyph, in groups, each explained by its tool tip.

    Signals
    -------
    chosen : carries the type's name.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        meanings = self._meanings()
        for _, group in groupby(LAYER_TYPES.items(), lambda item: item[1].menu_group):
            for layer_type, _ in group:
                action = self.addAction(layer_icon(layer_type), layer_type)
                action.setToolTip(meanings[layer_type])
                action.triggered.connect(partial(self.chosen.emit, layer_type))
            self.addSeparator()

    def _meanings(self) -> dict[str, str]:
        return {
            "Conv2d": self.tr("Slides kernels over the maps: one new map per kernel"),
            "MaxPool2d": self.tr("Keeps the largest value of each window"),
            "AvgPool2d": self.tr("Keeps the mean of each window"),
            "GlobalAvgPool2d": self.tr("Makes one number of each map: its mean"),
            "ReLU": self.tr("Replaces negative values by zero"),
            "LeakyReLU": self.tr("Makes negative values small"),
            "Sigmoid": self.tr("Bends values into 0 to 1"),
            "Tanh": self.tr("Bends values into −1 to 1"),
            "SiLU": self.tr("x times sigmoid(x): a smooth ReLU"),
            "Softmax": self.tr("Makes positive numbers that sum to 1: probabilities"),
            "BatchNorm2d": self.tr("Shifts and scales each map by its usual mean and spread"),
            "Dropout": self.tr("Drops units at random in training; otherwise does nothing"),
            "Flatten": self.tr("Puts all maps into one long row of numbers"),
            "Linear": self.tr("Fully connected: every output sees every input"),
            "Add": self.tr("Adds layers of one shape: a skip connection"),
            "Concat": self.tr("Puts the maps of several layers one after the other"),
        }
