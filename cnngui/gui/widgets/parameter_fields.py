"""The numbers that a layer has once for each channel: bias, and a normalisation's four."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from cnngui.gui.hands import Hands
from cnngui.gui.theme import SPACE_M, SPACE_S
from cnngui.gui.widgets.spin_boxes import FloatSpinBox
from cnngui.spec.layers import Argument
from cnngui.weights import Weights

_NUMBER = Argument("float", minimum=-1e6, maximum=1e6)
_POSITIVE = Argument("float", minimum=0.0, maximum=1e6)


class ParameterFields(QWidget):
    """Shows and changes them for one channel, in a row."""

    def __init__(self, hands: Hands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hands = hands
        self._layer_id, self._channel = "", 0
        self._fields: dict[str, FloatSpinBox] = {}
        self._counts: dict[str, int] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_S)
        self.hide()

    def show_channel(self, layer_id: str, channel: int, weights: Weights) -> None:
        """Show the numbers of one channel; nothing where its layer has none."""
        own = weights.get(layer_id, {})
        names = [name for name, array in own.items() if array.ndim == 1]
        if names != list(self._fields) or layer_id != self._layer_id:
            self._build(names)
        self._layer_id, self._channel = layer_id, channel
        self._counts = {name: len(own[name]) for name in names}
        self.setVisible(bool(names))
        for name, field in self._fields.items():
            if not field.hasFocus():
                value = float(own[name][self._place(name)])
                field.blockSignals(True)
                field.setValue(value)
                field.blockSignals(False)

    def _place(self, name: str) -> int:
        """Return which of a parameter's numbers is the channel's; one alone serves all."""
        return self._channel if self._channel < self._counts[name] else 0

    def _build(self, names: list[str]) -> None:
        while self._row.count():
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._fields = {}
        for name in names:
            label = QLabel(name, self)
            field = FloatSpinBox(_POSITIVE if name == "running_var" else _NUMBER, self)
            field.setAccessibleName(name)
            field.setKeyboardTracking(False)
            field.valueChanged.connect(partial(self._on_value_changed, name))
            label.setBuddy(field)
            self._row.addWidget(label)
            self._row.addWidget(field)
            self._row.addSpacing(SPACE_M)
            self._fields[name] = field
        self._row.addStretch(1)

    def _on_value_changed(self, name: str, value: float) -> None:
        self._hands.set_number(self._layer_id, name, [self._place(name)], value, final=True)
