"""Finding layers of a long list by their names and types."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from cnngui.gui.icons import icon
from cnngui.spec.layers import LayerSpec


class LayerSearch(QLineEdit):
    """Takes what layers are to be found by.

    Signals
    -------
    wanted_changed : other layers are looked for.
    step_requested : to the next one that fits, or (True) to the one before.
    left : the list is to have the keyboard.
    """

    wanted_changed = Signal()
    step_requested = Signal(bool)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(100)
        self.setClearButtonEnabled(True)
        (clear,) = self.findChildren(QToolButton)
        clear.setAccessibleName(self.tr("all layers again"))
        glass = self.addAction(icon("magnify"), QLineEdit.ActionPosition.LeadingPosition)
        for button in self.findChildren(QToolButton):
            if glass in button.actions() or button.defaultAction() is glass:
                button.setAccessibleName(self.tr("find layers"))
        self.setPlaceholderText(self.tr("Find layers (Ctrl+F)"))
        self.setAccessibleName(self.tr("find layers"))
        self.setToolTip(
            self.tr("Names or types, or parts of them. Enter: the next one, Esc: all layers again")
        )
        self.textChanged.connect(self.wanted_changed)

    @property
    def is_used(self) -> bool:
        """Whether something is looked for."""
        return bool(self.text().strip())

    def fits(self, layer: LayerSpec) -> bool:
        """Whether every word typed is in a layer's name or type."""
        told = f"{layer.id} {layer.type}".casefold()
        return all(word in told for word in self.text().casefold().split())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match Qt.Key(event.key()):
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step_requested.emit(back)
            case Qt.Key.Key_Down:
                self.left.emit()
            case Qt.Key.Key_Escape:
                self.clear()
                self.left.emit()
            case _:
                super().keyPressEvent(event)
