"""Number keys that record as long as they are held."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from cnngui.gui.shortcuts import belongs_to_field

_MOST = 9


class HoldKeys(QObject):
    """Watches the keys 1 to 9 of a widget's window while the widget is seen.

    The keys work wherever the keyboard is, but for fields that are typed into. A key that is held
    repeats itself; only its first press and its release count.

    Signals
    -------
    pressed : carries the place that the key stands for, from 0.
    released : the key that was pressed; also when the window loses the keyboard meanwhile.
    """

    pressed = Signal(int)
    released = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._window: QWidget | None = None
        self._held: int | None = None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._widget and event.type() == QEvent.Type.Show:
            self._watch(self._widget.window())
        elif watched is self._widget and event.type() == QEvent.Type.Hide:
            self._watch(None)
        elif watched is self._window and event.type() == QEvent.Type.WindowDeactivate:
            self._release()
        elif watched is self._window and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return False

    def _watch(self, window: QWidget | None) -> None:
        self._release()
        if self._window is not None:
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)

    def _take_key(self, event: QKeyEvent) -> bool:
        """Say whether the key is one of ours, which nobody else needs to see."""
        place = event.key() - Qt.Key.Key_1
        if not 0 <= place < _MOST:
            return False
        if event.type() == QEvent.Type.KeyRelease and place == self._held:
            if not event.isAutoRepeat():
                self._release()
            return True
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if (
            event.type() != QEvent.Type.KeyPress
            or modifiers
            or belongs_to_field(QApplication.focusWidget(), event)
        ):
            return False
        if self._held is None and not event.isAutoRepeat():
            self._held = place
            self.pressed.emit(place)
        return True

    def _release(self) -> None:
        if self._held is not None:
            self._held = None
            self.released.emit()
