"""Which earlier layers a layer reads: one from a list, or several by ticking them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu

from cnngui.gui.widgets.editors import FieldEditor
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.spin_boxes import ChoiceBox
from cnngui.gui.words.numbers import shape_label
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer

Readable = dict[str, Shape | None]
"""What a layer may read, and its shape: nearest first, ending with the input."""


def readable_shapes(spec: NetworkSpec, layer_id: str) -> Readable:
    """Return what a layer may read."""
    earlier = (layer.id for layer in reversed(spec.layers[: spec.index_of(layer_id)]))
    shapes = infer(spec).shapes
    return {readable: shapes.get(readable) for readable in (*earlier, INPUT_ID)}


class SingleReadEditor(FieldEditor):
    """For layers that read one: the layer before, or any earlier one by name."""

    def __init__(self) -> None:
        super().__init__()
        self._sources = ChoiceBox()
        self._offered: tuple[str, ...] = ()
        self._box.addWidget(self._sources, 1)
        self.setFocusProxy(self._sources)
        self._sources.activated.connect(self._on_activated)

    def offer(self, readable: Readable) -> None:
        """Set what may be read."""
        layer_ids = tuple(readable)
        if layer_ids != self._offered:
            self._offered = layer_ids
            self._sources.clear()
            self._sources.addItem(self.tr("the layer before"), "")
            for layer_id in layer_ids:
                self._sources.addItem(layer_id, layer_id)

    def set_value(self, value: tuple[str, ...]) -> None:
        # What is not there (any more) is shown all the same, to be seen and changed.
        for name in value[:1]:
            if self._sources.findData(name) < 0:
                self._sources.addItem(name, name)
        self._sources.setCurrentIndex(self._sources.findData(value[0] if value else ""))

    def _on_activated(self) -> None:
        chosen = self._sources.currentData()
        self.edited.emit((chosen,) if chosen else ())
        self.finished.emit()


class _MenuBox(ChoiceBox):
    """Looks like a drop-down list and opens a menu."""

    def __init__(self, menu: QMenu) -> None:
        super().__init__()
        self._menu = menu
        self.addItem("")

    def showPopup(self) -> None:
        self._menu.setMinimumWidth(self.width())
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


class ManyReadsEditor(FieldEditor):
    """For ``Add`` and ``Concat``: a list of names to tick; the order of ticking is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._value: tuple[str, ...] = ()
        self._offered: Readable = {}
        self._menu = Menu(self)
        self._menu.installEventFilter(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu.aboutToHide.connect(self.finished)
        self._names = _MenuBox(self._menu)
        self._box.addWidget(self._names, 1)
        self.setFocusProxy(self._names)

    def offer(self, readable: Readable) -> None:
        """Set what may be read."""
        self._offered = readable

    def set_value(self, value: tuple[str, ...]) -> None:
        self._value = value
        self._names.setItemText(0, ", ".join(value) or self.tr("choose layers…"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tick without closing the menu: people choose two at once."""
        action = self._menu.activeAction()
        presses = event.type() == QEvent.Type.MouseButtonRelease or (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        )
        if watched is self._menu and presses and action is not None:
            action.trigger()
            return True
        return False

    def _fill_menu(self) -> None:
        self._menu.clear()
        gone = tuple(name for name in self._value if name not in self._offered)
        for name in (*self._offered, *dict.fromkeys(gone)):
            # After a tab: in the column that a menu has for shortcuts.
            action = QAction(f"{name}\t{shape_label(self._offered.get(name))}", self._menu)
            action.setCheckable(True)
            action.setChecked(name in self._value)
            action.toggled.connect(partial(self._tick, name))
            self._menu.addAction(action)

    def _tick(self, name: str, ticked: bool) -> None:
        rest = tuple(other for other in self._value if other != name)
        self.edited.emit((*rest, name) if ticked else rest)
