"""Every argument of one layer, edited in place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from cnngui.gui.icons import icon
from cnngui.gui.network.editors import make_editor
from cnngui.gui.network.form import ArgumentForm
from cnngui.gui.network.reads_editor import ManyReadsEditor, SingleReadEditor, readable_shapes
from cnngui.spec.layers import WEIGHT_ARGUMENTS, LayerSpec, ParametricSpec, arguments_of
from cnngui.spec.network import NetworkSpec


class LayerForm(ArgumentForm):
    """Editors for a layer's arguments, what it reads, and where its weights come from.

    Signals
    -------
    redraw_requested : the user wants other weights for this layer.
    """

    redraw_requested = Signal()

    def __init__(self, layer_type: type[LayerSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reads = ManyReadsEditor() if layer_type.input_count[1] > 1 else SingleReadEditor()
        arguments = dict(arguments_of(layer_type))
        of_weights = [name for name in WEIGHT_ARGUMENTS if name in arguments]
        for name, argument in arguments.items():
            if name not in of_weights:
                self._add_argument(name, name, make_editor(argument), layer_type.__name__)
        self._add_argument("inputs", self.tr("reads"), self._reads)
        drawn_by = layer_type.first_weights if issubclass(layer_type, ParametricSpec) else ()
        self._is_drawn = "seed" in drawn_by
        labels = {"frozen": self.tr("frozen")}
        for name in of_weights:
            if name in drawn_by or name == "frozen":
                self._add_argument(name, labels.get(name, name), make_editor(arguments[name]))
        if self._is_drawn:
            self._add_dice()
            self._add_weights_note()

    def show_layer(self, spec: NetworkSpec, layer: LayerSpec) -> None:
        """Show the arguments of ``layer``, which is in ``spec``."""
        self._reads.offer(readable_shapes(spec, layer.id))
        for field, editor in self._editors.items():
            editor.set_value(getattr(layer, field))
        if self._is_drawn and isinstance(layer, ParametricSpec):
            self._weights_note.setText(self._weights_words(layer))

    def _add_weights_note(self) -> None:
        self._weights_note = QLabel()
        self._weights_note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._weights_note.setWordWrap(True)
        # Whatever it says: what is below must not move.
        self._weights_note.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._weights_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self._weights_note, self._grid.rowCount(), 0, 1, 2)

    def _weights_words(self, layer: ParametricSpec) -> str:
        if layer.by_hand:
            return self.tr("Weights were changed by hand. Changing the seed draws new ones.")
        if not layer.weights_id:
            return self.tr("The seed decides which weights are drawn.")
        return self.tr(
            "These weights were learned or come from a file. Changing the seed draws new ones."
        )

    def _add_dice(self) -> None:
        dice = QToolButton()
        dice.setIcon(icon("dice-5-outline"))
        dice.setIconSize(QSize(18, 18))
        dice.setAutoRaise(True)
        dice.setToolTip(self.tr("Draw this layer's weights with the next seed"))
        dice.setAccessibleName(self.tr("draw new weights"))
        dice.clicked.connect(self.redraw_requested)
        self.editor("seed").add_beside(dice)
