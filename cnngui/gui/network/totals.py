"""What the network costs, and beside it what fully-connected layers would."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, number_font
from cnngui.gui.words.numbers import bytes_label, number_label, ratio_label
from cnngui.spec.cost import BYTES_PER_VALUE, dense_multiply_adds, total_cost
from cnngui.spec.network import NetworkSpec

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORTH_SAYING = 1.05


class Totals(QWidget):
    """A small table: this network, and fully-connected layers between the same tensors."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(SPACE_L)
        self._grid.setColumnStretch(0, 1)
        self._put(0, 1, self.tr("this network"), muted=True)
        self._put(0, 2, self.tr("fully connected"), muted=True)
        self._parameters = self._row(1, self.tr("parameters"))
        self._multiply_adds = self._row(2, self.tr("multiply-adds"))
        self._memory = self._row(3, self.tr("memory"))
        self._ratio = 1.0
        self._compact = False
        self._sharing = QLabel()
        self._sharing.setWordWrap(True)
        self._sharing.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._grid.addWidget(self._sharing, 4, 0, 1, 3)
        self.setToolTip(
            self.tr(
                "<p><b>Parameter sharing.</b> A convolution uses the same kernel at every position "
                "of its input, so it needs one small set of weights per map. A fully-connected "
                "layer between the same two tensors needs a weight of its own for every pair of an "
                "input number and an output number.</p><p>Multiply-adds are per frame. Memory is "
                "that of all weights and all layers' outputs, as 32-bit numbers.</p>"
            )
        )

        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Take less room, for low windows: the table alone."""
        self._compact = compact
        above = 0 if compact else SPACE_M
        self._grid.setContentsMargins(SPACE_L, above, SPACE_L, max(above, SPACE_S))
        self._grid.setVerticalSpacing(0 if compact else SPACE_S)
        self._sharing.setVisible(self._ratio >= _WORTH_SAYING and not compact)

    def show_network(self, spec: NetworkSpec) -> None:
        """Show the costs of a valid network."""
        cost = total_cost(spec)
        dense_adds = dense_multiply_adds(spec)
        own_memory = cost.activation_bytes + BYTES_PER_VALUE * cost.parameters
        dense_memory = cost.activation_bytes + BYTES_PER_VALUE * cost.dense_parameters
        self._show(
            self._parameters, number_label(cost.parameters), number_label(cost.dense_parameters)
        )
        self._show(self._multiply_adds, number_label(cost.multiply_adds), number_label(dense_adds))
        self._show(self._memory, bytes_label(own_memory), bytes_label(dense_memory))
        self._ratio = cost.dense_parameters / cost.parameters if cost.parameters else 1.0
        self._sharing.setText(
            self.tr("Sharing kernels: {times} times fewer parameters.").format(
                times=ratio_label(self._ratio)
            )
        )
        self.set_compact(self._compact)

    def text(self) -> str:
        """Return all that is shown, line by line."""
        rows = (self._parameters, self._multiply_adds, self._memory)
        lines = [" | ".join(label.text() for label in row) for row in rows]
        return "\n".join([*lines, self._sharing.text()])

    def _row(self, row: int, title: str) -> tuple[QLabel, QLabel]:
        self._put(row, 0, title, muted=True)
        own, dense = self._put(row, 1, ""), self._put(row, 2, "")
        return own, dense

    def _put(self, row: int, column: int, text: str, *, muted: bool = False) -> QLabel:
        label = QLabel(text)
        label.setFont(number_font(label.font()))
        if muted:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        align = _RIGHT if column else Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(label, row, column, align)
        return label

    @staticmethod
    def _show(labels: tuple[QLabel, QLabel], own: str, dense: str) -> None:
        labels[0].setText(own)
        labels[1].setText(dense)
