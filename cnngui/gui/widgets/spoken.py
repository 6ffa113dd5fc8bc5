"""What is painted in one piece, item by item for who listens to the window.

A widget that paints tiles, bars or cells is one thing to Qt, and a screen reader would be told no
more than its name. One that has ``item_count`` and ``item_at`` is told of as a list of items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QWidget
from shiboken6 import isValid

_MOST_SEARCHED = 2_000
"""A listener that asks what is at a place waits for each item to be spelt."""


@dataclass(frozen=True, slots=True)
class SpokenItem:
    """One of the things that a widget paints.

    Attributes
    ----------
    name : what a screen reader says.
    rect : where it is, in the viewport of a scroll area, or else in the widget.
    is_chosen : whether it is the one that keys move on from.
    """

    name: str
    rect: QRect
    is_chosen: bool


class SpokenList(Protocol):
    """A widget that tells of what it paints."""

    def item_count(self) -> int:
        """Return how many items there are."""

    def item_at(self, place: int) -> SpokenItem:
        """Return an item; its place is below the count."""


class SpokenRow(Protocol):
    """A widget that is one item of a list of widgets."""

    is_chosen: bool


def speak_of_items() -> None:
    """Let screen readers hear of items, from now on. Nothing happens while none listens."""
    if not _Told.is_done:
        _Told.is_done = True
        QAccessible.installFactory(_interface_of)


def say_chosen(widget: QWidget, place: int | None = None) -> None:
    """Let a screen reader say which item of a widget is the one that keys work on now.

    Without a place the widget is itself the item.
    """
    if QAccessible.isActive():
        event = QAccessibleEvent(widget, QAccessible.Event.Focus)
        if place is not None:
            event.setChild(place)
        QAccessible.updateAccessibility(event)


class _Told:
    is_done = False


def _interface_of(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, QWidget):
        return None
    if hasattr(thing, "item_at"):
        return _ListInterface(thing)
    if hasattr(thing, "is_chosen"):
        return _RowInterface(thing)
    return None


# Qt's stubs do not know that there may be no child: the methods that may return none say Any.


class _ListInterface(QAccessibleWidget):
    """A widget with the items that it paints."""

    def __init__(self, widget: Any) -> None:
        super().__init__(widget, QAccessible.Role.List)
        self._list = widget
        self._items: list[_ItemInterface] = []

    def childCount(self) -> int:
        return self._list.item_count()

    def child(self, place: int) -> Any:
        if not 0 <= place < self.childCount():
            return None
        while len(self._items) <= place:
            item = _ItemInterface(self._list, len(self._items))
            QAccessible.registerAccessibleInterface(item)
            self._items.append(item)
        return self._items[place]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((item.place for item in self._items if item is child), -1)

    def childAt(self, x: int, y: int) -> Any:
        places = range(min(self.childCount(), _MOST_SEARCHED))
        return next(
            (self.child(at) for at in places if _on_screen(self._list, at).contains(x, y)), None
        )

    def focusChild(self) -> Any:
        places = range(min(self.childCount(), _MOST_SEARCHED) if self._list.hasFocus() else 0)
        return next((self.child(at) for at in places if self._list.item_at(at).is_chosen), None)


class _ItemInterface(QAccessibleInterface):
    """One item of a list."""

    def __init__(self, widget: Any, place: int) -> None:
        super().__init__()
        self._list = widget
        self.place = place

    def isValid(self) -> bool:
        return isValid(self._list) and self.place < self._list.item_count()

    def object(self) -> Any:
        return None

    def window(self) -> Any:
        return self._list.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._list)

    def child(self, _place: int) -> Any:
        return None

    def childCount(self) -> int:
        return 0

    def childAt(self, _x: int, _y: int) -> Any:
        return None

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        return -1

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def rect(self) -> QRect:
        return _on_screen(self._list, self.place) if self.isValid() else QRect()

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        is_chosen = self.isValid() and self._list.item_at(self.place).is_chosen
        _tell_state(state, is_chosen, has_keyboard=is_chosen and self._list.hasFocus())
        state.invalid = not self.isValid()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        if kind != QAccessible.Text.Name or not self.isValid():
            return ""
        return self._list.item_at(self.place).name

    def setText(self, _kind: QAccessible.Text, _text: str) -> None:
        pass  # names are not the listener's to change


class _RowInterface(QAccessibleWidget):
    """A widget that is one item of a list."""

    def __init__(self, widget: Any) -> None:
        super().__init__(widget, QAccessible.Role.ListItem)
        self._row = widget

    def state(self) -> QAccessible.State:
        state = super().state()
        _tell_state(state, self._row.is_chosen, has_keyboard=False)
        return state


def _tell_state(state: QAccessible.State, is_chosen: bool, *, has_keyboard: bool) -> None:
    state.selectable = state.focusable = True
    state.selected = is_chosen
    state.focused = has_keyboard


def _on_screen(widget: Any, place: int) -> QRect:
    surface = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    rect: QRect = widget.item_at(place).rect
    return QRect(surface.mapToGlobal(rect.topLeft()), rect.size())
