"""The menu of layer types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    further, so that what is added most often is one click away. All that spans time is by itself
    at the end: whoever works with still pictures need not look at it.

    Signals
    -------
    chosen : carries the type's name.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        titles = self._titles()
        for group, members in _by_group(spans_time=False):
            first, *others = members
            self._add_type(self, first)
            if others:
                self._add_types(self._more(titles[group]), others)
            self.addSeparator()
        over_time = self._more(self.tr("Layers that span time"))
        for _, members in _by_group(spans_time=True):
            if over_time.actions():
                over_time.addSeparator()
            self._add_types(over_time, members)

    def _more(self, title: str) -> Menu:
        more = self.submenu(title)
        more.setToolTipsVisible(True)
        return more

    def _add_types(self, menu: QMenu, layer_types: Iterable[str]) -> None:
        for layer_type in layer_types:
            self._add_type(menu, layer_type)

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


def _by_group(*, spans_time: bool) -> Iterator[tuple[MenuGroup, Iterator[str]]]:
    names = (name for name in LAYER_TYPES if (LAYER_TYPES[name].rank == 3) == spans_time)
    return groupby(names, lambda name: LAYER_TYPES[name].menu_group)
