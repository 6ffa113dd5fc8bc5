"""The menu of layer types."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from cnngui.gui.widgets.layer_icon import layer_icon
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.words.layers import menu_text
from cnngui.spec.layers import LAYER_TYPES, MenuGroup


class AddMenu(Menu):
    """Every layer type with its glyph, explained by its tool tip.

    The first type of each group stands in the menu itself, the others of the group one step
    further, so that what is added most often is one click away.

    Signals
    -------
    chosen : carries the type's name.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        titles = self._titles()
        for group, members in groupby(LAYER_TYPES, lambda name: LAYER_TYPES[name].menu_group):
            first, *others = members
            self._add_type(self, first)
            if others:
                more = self.submenu(titles[group])
                more.setToolTipsVisible(True)
                for layer_type in others:
                    self._add_type(more, layer_type)
            self.addSeparator()

    def _add_type(self, menu: QMenu, layer_type: str) -> None:
        action = menu.addAction(layer_icon(layer_type), layer_type)
        action.setToolTip(menu_text(layer_type))
        action.triggered.connect(partial(self.chosen.emit, layer_type))

    def _titles(self) -> dict[MenuGroup, str]:
        return {
            "convolution": self.tr("Other convolutions"),
            "pooling": self.tr("Other poolings"),
            "activation": self.tr("Other activations"),
            "norm": self.tr("Other normalisations, dropout"),
            "shape": self.tr("Other shapes and sizes"),
            "dense": self.tr("Other dense layers"),
            "join": self.tr("Other joins"),
        }
