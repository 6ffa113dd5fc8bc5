"""Number keys that record as long as they are held."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from cnngui.gui.widgets.keys import belongs_to_field

MOST_KEYS = 9
"""Number keys that record; later classes have their buttons only."""

_LINGER_MS = 80
"""A keyboard repeats a held key by letting it go and pressing it at the same moment. Not every time
does Qt tell that from a person's doing, so letting go counts when no press has followed."""


class HoldKeys(QObject):
    """Watches the keys 1 to 9 of a widget's window while the widget is seen.

    The keys work wherever the keyboard is, but for fields that are typed into. A key that is held
    repeats itself; only its first press and its last release count.

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
        self._letting_go = QTimer(self, interval=_LINGER_MS, singleShot=True)
        self._letting_go.timeout.connect(self._release)
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
        if not 0 <= place < MOST_KEYS:
            return False
        if event.type() == QEvent.Type.KeyRelease and place == self._held:
            if not event.isAutoRepeat():
                self._letting_go.start()
            return True
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if (
            event.type() != QEvent.Type.KeyPress
            or modifiers
            or belongs_to_field(QApplication.focusWidget(), event)
        ):
            return False
        if place == self._held:
            self._letting_go.stop()
        elif not event.isAutoRepeat() and (self._held is None or self._letting_go.isActive()):
            self._release()
            self._held = place
            self.pressed.emit(place)
        return True

    @Slot()
    def _release(self) -> None:
        self._letting_go.stop()
        if self._held is not None:
            self._held = None
            self.released.emit()
