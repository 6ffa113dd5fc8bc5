"""Loss and accuracy over the epochs, of one training, or of several in a colour each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnngui.gui.theme import ACCENT, SPACE_M
from cnngui.gui.training.plot import LegendEntry, Line, Mark, Plot, Values
from cnngui.gui.words.numbers import number_text
from cnngui.gui.words.runs import run_when
from cnngui.pipeline.training.progress import Curves, TrainingProgress

TRAINING_COLOR = ACCENT.name()
VALIDATION_COLOR = "#b66b09"
RUN_COLORS = (
    *("#1f6feb", "#b66b09", "#0e8e6e", "#de3d85"),
    *("#a650f7", "#0c8998", "#8e7d00", "#737e8e"),
)
"""Seen on the grounds of both themes."""
_STYLES = (
    (Qt.PenStyle.SolidLine, "━━"),
    (Qt.PenStyle.DashLine, "╸╺"),
    (Qt.PenStyle.DotLine, "···"),
    (Qt.PenStyle.DashDotLine, "━·"),
)
_EXCESS = 4.0
_FAINT, _THIN = 70, 130
"""Opacity of what each batch gave, and, where runs are compared, of training beside validation."""


class CurvesView(QWidget):
    """Two plots side by side that share their epochs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss = Plot(self.tr("Loss"), is_share=False)
        self.accuracy = Plot(self.tr("Accuracy"), is_share=True)
        self.setToolTip(
            self.tr(
                "Loss: how wrong the answers are; it should fall.\n"
                "Accuracy: what share of the answers is right; it should rise.\n"
                "Blue is training, faint for each batch; orange is validation.\n"
                "Dashed, upright: the learning rate became another one.\n"
                "Where training goes on getting better and validation worse, the network learns "
                "its samples by heart."
            )
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self.loss, 1)
        row.addWidget(self.accuracy, 1)

    def show_training(self, progress: TrainingProgress) -> None:
        """Show one training: each batch faint, its smoothed course and validation strong."""
        curves, epochs = progress.curves, max(progress.settings.epochs, progress.epoch)
        for plot, raw, smooth, validation in (
            (self.loss, curves.loss, curves.smooth_loss, curves.validation_loss),
            (self.accuracy, curves.accuracy, curves.smooth_accuracy, curves.validation_accuracy),
        ):
            lines = (
                Line(curves.epochs, raw, _color(TRAINING_COLOR, _FAINT), 1),
                Line(curves.epochs, smooth, _color(TRAINING_COLOR), 2),
                Line(curves.validation_epochs, validation, _color(VALIDATION_COLOR), 2, dots=True),
            )
            plot.show_marks(
                [Mark(change.epoch, number_text(change.rate)) for change in progress.rate_changes]
            )
            # A single bad batch must not press the course of all others flat.
            plot.show_lines(lines, epochs, fitted_to=(smooth, validation))
            plot.show_legend(
                [
                    LegendEntry(TRAINING_COLOR, self.tr("training"), smooth),
                    LegendEntry(VALIDATION_COLOR, self.tr("validation"), validation),
                ]
            )

    def show_runs(self, runs: Sequence[TrainingProgress], run_colors: Sequence[str]) -> None:
        """Show several trainings: validation strong with training thin, or training alone."""
        epochs = max(max(run.settings.epochs, run.epoch) for run in runs)
        for plot, is_loss in ((self.loss, True), (self.accuracy, False)):
            lines: list[Line] = []
            legend: list[LegendEntry] = []
            for run, color in zip(runs, run_colors, strict=True):
                style, sign = _style_of(color)
                smooth, validation = _courses(run.curves, is_loss=is_loss)
                if len(validation):
                    at = run.curves.validation_epochs
                    lines.append(Line(run.curves.epochs, smooth, _color(color, _THIN), 1))
                    lines.append(Line(at, validation, _color(color), 2, dots=True, style=style))
                else:
                    lines.append(Line(run.curves.epochs, smooth, _color(color), 2, style=style))
                course = validation if len(validation) else smooth
                legend.append(LegendEntry(color, run_when(run.run_id), course, sign))
            plot.show_marks(())
            plot.show_lines(lines, epochs, fitted_to=_without_excess([*lines]))
            plot.show_legend(legend)


def _style_of(color: str) -> tuple[Qt.PenStyle, str]:
    """Return how a run of that colour is dashed, and the sign for that: not all see colours."""
    return _STYLES[RUN_COLORS.index(color) % len(_STYLES)]


def _without_excess(lines: Sequence[Line]) -> list[Values]:
    """Return values to fit a plot to, so that a run that went astray does not flatten the others.

    It is seen leaving the plot, at some times the height that the lowest of them needs.
    """
    tops = [line.values[np.isfinite(line.values)].max(initial=0) for line in lines]
    most = _EXCESS * min((top for top in tops if top > 0), default=1.0)
    return [np.minimum(line.values, most) for line in lines]


def _courses(curves: Curves, *, is_loss: bool) -> tuple[Values, Values]:
    if is_loss:
        return curves.smooth_loss, curves.validation_loss
    return curves.smooth_accuracy, curves.validation_accuracy


def _color(name: str, opacity: int = 255) -> QColor:
    color = QColor(name)
    color.setAlpha(opacity)
    return color
