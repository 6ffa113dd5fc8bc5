"""The page that shows the kernels of a convolution, and how they change while they learn."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.featuremaps.kernel_layout import KernelPoint
from cnngui.featuremaps.kernels import kernels_of
from cnngui.gui.icons import icon
from cnngui.gui.kernels.canvas import KernelsCanvas
from cnngui.gui.kernels.history import KernelsHistory
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, number_font
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.plain import show_plainly
from cnngui.gui.widgets.run_choice import RunChoice
from cnngui.gui.words.moments import slice_labels
from cnngui.gui.words.naming import kernel_inputs
from cnngui.gui.words.numbers import number_text, shape_label, share_text
from cnngui.pipeline.kernel_pictures import KernelRequest, KernelsDrawn
from cnngui.pipeline.training.progress import TrainingProgress
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec

_RUNNING = ""
"""In place of a run's id: the network that runs."""


class KernelsPage(QWidget):
    """Kernels of the running network, or of any moment of a training.

    The layer is the convolution at or before the one looked at in the window. A training that
    begins is shown by itself.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._state = studio.view
        self._drawn_weight: NDArray[np.float32] | None = None
        self._layer_id = ""
        self._looked_at = ""
        self._run_id = _RUNNING
        self._newest_run_id = _RUNNING
        self._build()
        self._lay_out()
        studio.trainer.changed.connect(self._on_trainer_changed)
        studio.runs.changed.connect(self._refresh)
        studio.result_changed.connect(self._on_studio_result_changed)
        studio.event_received.connect(self._take_event)
        studio.document.running_changed.connect(self._on_document_running_changed)
        studio.view.changed.connect(self._on_state_changed)
        studio.view.colormaps_changed.connect(self._draw)
        self._on_trainer_changed()
        self._on_state_changed()

    @Slot()
    def _on_studio_result_changed(self) -> None:
        weight = self._live_weight()
        if weight is not self._drawn_weight:
            self._drawn_weight = weight
            if self._run_id == _RUNNING:
                self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _build(self) -> None:
        self.layer = QComboBox(self)
        self.layer.setAccessibleName(self.tr("Convolution"))
        self.layer.setToolTip(self.tr("The convolution whose kernels are shown"))
        self.layer.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.activated.connect(self._on_layer_activated)
        self.run = RunChoice(
            self.tr("Weights"),
            self.tr("Whose weights are shown: the network that runs, or a run's"),
            self.tr("Running network"),
            self,
        )
        self.run.run_chosen.connect(self._on_run_chosen)
        self.compare = QToolButton(self)
        self.compare.setText(self.tr("Compare to before training"))
        self.compare.setIcon(icon("compare-horizontal"))
        self.compare.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.compare.setAutoRaise(True)
        self.compare.setCheckable(True)
        self.compare.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.compare.toggled.connect(self._draw)
        self.history = KernelsHistory(self)
        self.history.moment_changed.connect(self._draw)
        self.canvas = KernelsCanvas(self)
        self.canvas.size_changed.connect(self._draw)
        self.canvas.pointed_at.connect(self._say_pointed)
        self.canvas.kernel_chosen.connect(self._on_kernel_chosen)
        self.message = QLabel(self)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.message.setMargin(SPACE_L)
        self.pointed = ElidingLabel(self)
        self.pointed.setFont(number_font(self.font()))
        self.summary = QLabel(self)
        self.summary.setFont(number_font(self.font()))
        show_plainly(self.message, self.summary)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        head.setSpacing(SPACE_M)
        for widget in (self.layer, self.run, self.compare):
            head.addWidget(widget)
        head.addWidget(self.history, 1)
        head.addStretch()
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.canvas)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        foot.addWidget(self.pointed, 1)
        foot.addWidget(self.summary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    @property
    def _run(self) -> TrainingProgress | None:
        """The run whose weights are shown; None for the network that runs."""
        return next((run for run in self._runs() if run.run_id == self._run_id), None)

    @property
    def _network(self) -> NetworkSpec:
        run = self._run
        return self._state.network if run is None else run.spec

    def _runs(self) -> list[TrainingProgress]:
        """Return the runs that have kernels to show, newest first."""
        progress = self._studio.trainer.progress
        runs = list(self._studio.runs.kept)
        if progress is not None:
            runs = [progress, *(run for run in runs if run.run_id != progress.run_id)]
        return [run for run in runs if run.moments and run.moments[0].kernels]

    @Slot()
    def _on_trainer_changed(self) -> None:
        progress = self._studio.trainer.progress
        if progress is not None and progress.moments and progress.run_id != self._newest_run_id:
            self._newest_run_id = self._run_id = progress.run_id
        self._refresh()

    @Slot()
    def _on_document_running_changed(self) -> None:
        run = self._run
        if run is not None and not run.spec.is_twin_of(self._state.network):
            self._run_id = _RUNNING
        self._refresh()

    @Slot()
    def _on_state_changed(self) -> None:
        looked_at, network = self._state.layer_id, self._network
        if looked_at != self._looked_at and looked_at in network:
            layers = network.layers[: network.index_of(looked_at) + 1]
            before = [layer.id for layer in layers if layer.has_kernels]
            if before and before[-1] != self._layer_id:
                self._show_layer(before[-1])
        self._looked_at = looked_at
        self._refresh()

    @Slot(int)
    def _on_layer_activated(self, _: int) -> None:
        self._show_layer(self.layer.currentText())
        if self._layer_id in self._state.network:
            self._state.select_layer(self._layer_id)
        self._refresh()

    @Slot(str)
    def _on_run_chosen(self, run_id: str) -> None:
        self._run_id = run_id
        self._refresh()

    @Slot(int)
    def _on_kernel_chosen(self, kernel: int) -> None:
        if self._layer_id in self._state.network:
            self._state.select_layer(self._layer_id)
            self._state.select_channel(kernel)

    def _show_layer(self, layer_id: str) -> None:
        self._layer_id = layer_id
        self.canvas.scroll_to_top()

    @Slot()
    def _refresh(self) -> None:
        """Bring everything in line with the runs, the layer looked at and the weights known."""
        run = self._run
        if run is None:
            self._run_id = _RUNNING
        self.run.show_runs(self._runs(), self._run_id)
        ids = [layer.id for layer in self._network.layers if layer.has_kernels]
        if ids and self._layer_id not in ids:
            self._show_layer(ids[0])
        self._fill_layers(ids)
        self.history.show_moments(() if run is None else run.moments)
        for part in (self.compare, self.history):
            part.setVisible(run is not None)
        self.canvas.show_chosen(self._chosen_kernel())
        self._draw()

    def _fill_layers(self, ids: list[str]) -> None:
        with QSignalBlocker(self.layer):
            if ids != [self.layer.itemText(place) for place in range(self.layer.count())]:
                self.layer.clear()
                self.layer.addItems(ids)
            self.layer.setCurrentText(self._layer_id)
        self.layer.setVisible(bool(ids))

    def _chosen_kernel(self) -> int | None:
        """Return the kernel of the channel looked at, if it is one of this layer's."""
        return self._state.channel if self._state.layer_id == self._layer_id else None

    @Slot()
    def _draw(self) -> None:
        """Ask for a picture, or say why there is none."""
        weights = self._weights()
        # This gives the canvas its size, which the request is about.
        self._stack.setCurrentWidget(self.message if weights is None else self.canvas)
        if weights is None:
            self.message.setText(self._reason())
            self.pointed.setText("")
            self.summary.setText("")
        elif self.isVisible():
            self._studio.pipeline.tell(self._request(weights))

    def _weights(self) -> NDArray[np.float32] | None:
        """Return the kernels to be shown, if they are known."""
        moment = self.history.moment
        if self._layer_id not in self._network:
            return None
        weight = self._live_weight() if moment is None else moment.kernels.get(self._layer_id)
        return None if weight is None else kernels_of(self._network.layer(self._layer_id), weight)

    def _request(self, weights: NDArray[np.float32]) -> KernelRequest:
        run, network = self._run, self._network
        ends = () if run is None else (run.moments[0], run.moments[-1])
        layer = network.layer(self._layer_id)
        found = [end.kernels.get(self._layer_id) for end in ends]
        known = [kernels_of(layer, weight) for weight in found if weight is not None]
        source = network.inputs_of(network.index_of(self._layer_id))[0]
        width, height = self.canvas.room
        return KernelRequest(
            layer_id=self._layer_id,
            weights=weights,
            first_weights=known[0] if known else None,
            scale_with=tuple(known),
            compares=self.compare.isChecked(),
            in_color=source == INPUT_ID,
            width=width,
            height=height,
            first_row=self.canvas.first_row,
            colormap=self._state.diverging,
            density=self.canvas.devicePixelRatioF(),
        )

    def _live_weight(self) -> NDArray[np.float32] | None:
        result = self._studio.result
        return None if result is None else result.weights.get(self._layer_id, {}).get("weight")

    def _reason(self) -> str:
        if not self.layer.count():
            return self.tr(
                "This network has no convolution, and so no kernels.\n"
                "Add a convolution to see some."
            )
        return self.tr(
            "No kernels yet.\nThey are seen as soon as a source is open and the network runs."
        )

    @Slot(object)
    def _take_event(self, event: object) -> None:
        if isinstance(event, KernelsDrawn) and event.request.layer_id == self._layer_id:
            self.canvas.show_kernels(event, self._titles(event))
            known = event.change is not None and math.isfinite(event.change)
            words = self.tr("changed by {0} since the first weights")
            share = share_text(event.change) if known and event.change is not None else ""
            self.summary.setText(words.format(share) if share else "")

    def _titles(self, drawn: KernelsDrawn) -> tuple[str, ...]:
        if drawn.layout.panels > 1:
            return self.tr("Before training"), self._moment_words(), self.tr("Change")
        layout = drawn.layout
        times = () if layout.moments is None else (layout.moments,)
        size = shape_label((layout.inputs, *times, layout.kernel_height, layout.kernel_width))
        words = self.tr("{count} kernels {size}").format(count=layout.count, size=size)
        if layout.inputs_shown < layout.inputs:
            more = self.tr("the first {shown} of {count} inputs")
            words += ", " + more.format(shown=layout.inputs_shown, count=layout.inputs)
        if layout.slices > 1 and drawn.request.layer_id in self._network:
            labels = slice_labels(self._network.layer(drawn.request.layer_id), layout.slices)
            moments = self.tr("moments {first} to {last} from left to right")
            words += ", " + moments.format(first=labels[0], last=labels[-1])
        return (words,)

    def _moment_words(self) -> str:
        moment, run = self.history.moment, self._run
        if moment is None or run is None or moment is run.moments[-1]:
            return self.tr("Now")
        return self.tr("Epoch {0}").format(f"{moment.epoch:.1f}")

    @Slot(object)
    def _say_pointed(self, point: KernelPoint | None) -> None:
        drawn = self.canvas.drawn
        if point is None or drawn is None or drawn.request.layer_id not in self._network:
            self.pointed.setText("")
            return
        count = drawn.layout.inputs
        _, names = kernel_inputs(self._network, drawn.request.layer_id, point.kernel, count)
        inputs = range(count) if point.input is None else (point.input,)
        place = self.tr("row {row}, column {column}").format(row=point.row, column=point.column)
        tap: tuple[int, ...] = point.row, point.column
        if drawn.layout.moments is not None:
            layer = self._network.layer(drawn.request.layer_id)
            place = f"{slice_labels(layer, drawn.layout.moments)[point.moment]}, {place}"
            tap = point.moment, *tap
        if point.input is None:
            head = self.tr("kernel {0} as a picture").format(point.kernel)
        else:
            name = names[point.input]
            head = self.tr("kernel {0}, input {1}").format(point.kernel, name)
        weights = [
            [float(panel[(point.kernel, channel, *tap)]) for channel in inputs]
            for panel in drawn.panels
        ]
        self.pointed.setText(f"{head}   {place}   {self._weight_words(weights, names)}")

    def _weight_words(self, weights: list[list[float]], names: tuple[str, ...]) -> str:
        """Return one weight per panel in words, or on a picture in colour one per input."""
        if len(weights[0]) > 1:
            texts = [
                " ".join(
                    f"{name} {number_text(weight)}"
                    for name, weight in zip(names, panel, strict=True)
                )
                for panel in weights
            ]
        else:
            texts = [number_text(panel[0], digits=4) for panel in weights]
        if len(texts) == 1:
            return self.tr("weight {0}").format(texts[0])
        return self.tr("before {0}   then {1}   change {2}").format(*texts)
