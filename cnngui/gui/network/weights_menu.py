"""New weights for all layers: the next seed, a seed of one's own, another way to draw them."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget, QWidgetAction

from cnngui.gui.icons import icon
from cnngui.gui.network.layer_actions import LayerActions
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.spin_boxes import IntSpinBox
from cnngui.spec.layers import Argument


class WeightsMenu(Menu):
    """Draws the weights of all layers."""

    def __init__(self, actions: LayerActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        again = self.addAction(icon("dice-5-outline"), self.tr("Draw all weights anew"))
        again.triggered.connect(lambda: actions.draw_all())
        self.addSeparator()
        for initializer, label in (
            ("he", self.tr("He: for layers before a ReLU")),
            ("xavier", self.tr("Xavier: for layers before a sigmoid or tanh")),
            ("zeros", self.tr("All zeros")),
        ):
            self.addAction(label).triggered.connect(partial(self._draw, initializer))
        self.addSeparator()
        self._seed = IntSpinBox(Argument("int", 0, 2**31 - 1))
        self._seed.setAccessibleName(self.tr("seed"))
        self.addAction(self._seed_action())

    def _seed_action(self) -> QWidgetAction:
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(SPACE_L, SPACE_S, SPACE_M, SPACE_S)
        draw = QPushButton(self.tr("Draw"))
        draw.clicked.connect(lambda: self._draw(None))
        draw.clicked.connect(self.close)
        box.addWidget(QLabel(self.tr("seed")))
        box.addWidget(self._seed, 1)
        box.addWidget(draw)
        action = QWidgetAction(self)
        action.setDefaultWidget(row)
        return action

    def _draw(self, initializer: str | None, *_: object) -> None:
        self._actions.draw_all(self._seed.value(), initializer)
