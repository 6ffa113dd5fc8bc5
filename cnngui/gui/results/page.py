"""The page that shows how well the network tells the classes apart, and where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.icons import icon
from cnngui.gui.results.class_accuracies import ClassAccuracies
from cnngui.gui.results.confusion_view import ConfusionView
from cnngui.gui.results.samples import ResultSamples
from cnngui.gui.results.words import class_words, confusion_words, measure_words
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, give_slim_bars, with_font
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.file_choice import ask_for_table
from cnngui.gui.widgets.low_stack import LowStack
from cnngui.gui.widgets.places import keep_place
from cnngui.gui.widgets.plain import plain_tip, show_plainly
from cnngui.gui.widgets.run_choice import RunChoice
from cnngui.gui.words.errors import said
from cnngui.gui.words.numbers import share_text
from cnngui.gui.words.translation import translated
from cnngui.pipeline.training.measured import basis_words
from cnngui.pipeline.training.progress import Evaluation, TrainingProgress

_SIDE_WIDTH = 200
_LARGE_POINTS = 22

Look = tuple[Literal["wrong", "unsure"]] | tuple[Literal["cell"], int, int]
"""Which samples are looked at; a cell names label and prediction, -1 any wrong one."""

_ANY = -1


class ResultsPage(QWidget):
    """Accuracy, over all and of each class; the confusion matrix; the samples behind it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._run_id = ""
        """The run that was chosen; "" takes the newest."""
        self._evaluation: Evaluation | None = None
        self._shown: Evaluation | None = None
        self._look: Look = ("wrong",)
        self._build()
        self._lay_out()
        studio.trainer.changed.connect(self._refresh)
        studio.runs.changed.connect(self._refresh)
        self._refresh()

    def _build(self) -> None:
        self.run = RunChoice(self.tr("Run"), self.tr("Whose results are shown"), "", self)
        self.run.run_chosen.connect(self._on_run_chosen)
        self.accuracy = QLabel(self)
        large = self.font()
        large.setPointSize(_LARGE_POINTS)
        self.accuracy.setFont(large)
        self.accuracy.setAccessibleName(self.tr("Accuracy"))
        self.basis = QLabel(self)
        self.basis.setWordWrap(True)
        self.basis.setMinimumHeight(2 * self.basis.fontMetrics().lineSpacing())
        self.basis.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.basis.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.doubt = ElidingLabel(self)
        self.doubt.setForegroundRole(QPalette.ColorRole.BrightText)
        self.measure = QComboBox(self)
        self.measure.setAccessibleName(self.tr("What is measured of each class"))
        self.measure.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for place, (measure, (name, tip)) in enumerate(measure_words().items()):
            self.measure.addItem(name, measure)
            self.measure.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self.measure.currentIndexChanged.connect(self._show_classes)
        self.export = QToolButton(self)
        self.export.setIcon(icon("file-export-outline"))
        self.export.setAutoRaise(True)
        self.export.setToolTip(self.tr("Write what each sample was taken for as a table (CSV)"))
        self.export.setAccessibleName(self.tr("Predictions as a table"))
        self.export.clicked.connect(self._on_export_clicked)
        self.classes = ClassAccuracies(self)
        self.classes.class_chosen.connect(lambda label: self._look_at(("cell", label, _ANY)))
        self.matrix = ConfusionView(self)
        self.matrix.cell_chosen.connect(
            lambda label, predicted: self._look_at(("cell", label, predicted))
        )
        self.confusions = QListWidget(self)
        self.confusions.setAccessibleName(self.tr("The commonest mistakes"))
        self.confusions.setFrameShape(QListWidget.Shape.NoFrame)
        self.confusions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.confusions.viewport().setAutoFillBackground(False)
        give_slim_bars(self.confusions)
        self.confusions.currentItemChanged.connect(self._on_confusion_changed)
        self.wrong = self._choice(self.tr("Most wrong"), self.tr("Mistakes made with confidence"))
        self.unsure = self._choice(
            self.tr("Most unsure"), self.tr("Samples whose two best classes were closest")
        )
        self.wrong.clicked.connect(lambda: self._look_at(("wrong",)))
        self.unsure.clicked.connect(lambda: self._look_at(("unsure",)))
        self.looked_at = ElidingLabel(self)
        show_plainly(self.basis)
        # They come with an epoch, and with a click: nothing moves then.
        keep_place(self.looked_at, self.doubt)
        head = QGridLayout()
        head.setSpacing(SPACE_S)
        head.setColumnStretch(2, 1)
        head.addWidget(self.wrong, 0, 0)
        head.addWidget(self.unsure, 0, 1)
        head.addWidget(self.looked_at, 1, 0, 1, 3)
        self.samples = ResultSamples(self._studio, head, self)
        self.message = QLabel(self)
        show_plainly(self.message)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.message.setMargin(SPACE_L)
        self.message.setText(
            self.tr(
                "No results yet.\nTrain the network: after each epoch you see here what it gets "
                "right and what it takes for something else."
            )
        )

    def _choice(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(name)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(SPACE_S)
        side.addWidget(self.run)
        top = QHBoxLayout()
        top.addWidget(self.accuracy, 1)
        top.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        side.addLayout(top)
        for widget in (self.basis, self.measure):
            side.addWidget(widget)
        side.addWidget(self.classes, 1)
        side_place = QWidget(self)
        side_place.setLayout(side)
        side_place.setFixedWidth(with_font(_SIDE_WIDTH))
        side.setContentsMargins(0, 0, 0, 0)
        whole = QWidget(self)
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_S)
        rows.setSpacing(SPACE_S)
        row = QHBoxLayout()
        row.setSpacing(SPACE_L)
        row.addWidget(side_place)
        row.addWidget(self.matrix, 2)
        row.addWidget(self.confusions, 2)
        row.addWidget(self.samples, 3)
        rows.addLayout(row, 1)
        rows.addWidget(self.doubt)
        self._stack = LowStack(self)
        self._stack.addWidget(self.message)
        self._stack.addWidget(whole)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    @property
    def _runs(self) -> list[TrainingProgress]:
        """The runs that have been evaluated, newest first."""
        return [run for run in self._studio.runs.kept if run.evaluation is not None]

    @property
    def _run(self) -> TrainingProgress | None:
        """The run shown: the one chosen, or else the newest."""
        runs = self._runs
        chosen = (run for run in runs if run.run_id == self._run_id)
        return next(chosen, runs[0] if runs else None)

    @Slot(str)
    def _on_run_chosen(self, run_id: str) -> None:
        self._run_id = "" if run_id == self._runs[0].run_id else run_id
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        run = self._run
        self._stack.setCurrentIndex(0 if run is None else 1)
        if run is None or run.evaluation is None:
            self._evaluation = self._shown = None
            return
        self.run.show_runs(self._runs, run.run_id)
        if run.evaluation is not self._evaluation:
            self._evaluation = run.evaluation
            self._show_evaluation(run, _named(run.evaluation))

    def _show_evaluation(self, run: TrainingProgress, evaluation: Evaluation) -> None:
        is_other = self._shown is None or self._shown.classes != evaluation.classes
        self._shown = evaluation
        self.accuracy.setText(share_text(evaluation.summary.accuracy))
        basis = said(basis_words(evaluation.measured))
        self.basis.setText(self.tr("right of {0}").format(basis))
        doubts = [said(found.words) for found in run.findings if found.kind == "alike"]
        self.doubt.setText("   ".join(doubts))
        self.doubt.setToolTip(plain_tip("\n".join(doubts)))
        self.doubt.setVisible(bool(self.doubt.text()))
        self._show_classes()
        has_matrix = evaluation.summary.matrix is not None
        self.matrix.setVisible(has_matrix)
        self.confusions.setVisible(not has_matrix)
        if has_matrix:
            self.matrix.show_evaluation(evaluation)
        else:
            self._list_confusions(evaluation)
        self._look_at(("wrong",) if is_other else self._look)

    @Slot()
    def _show_classes(self) -> None:
        self.measure.setToolTip(self.measure.currentData(Qt.ItemDataRole.ToolTipRole))
        if self._shown is not None:
            self.classes.show_evaluation(self._shown, self.measure.currentData())

    @Slot()
    def _on_export_clicked(self) -> None:
        run, evaluation, studio = self._run, self._evaluation, self._studio
        if run is None or evaluation is None:
            return
        title, folder = self.tr("Predictions as a table"), studio.settings.save_folder
        path = ask_for_table(self, title, folder, run.spec.name, "predictions")
        if path is not None:
            studio.runs.write_predictions(evaluation, self.samples.dataset, path)

    def _list_confusions(self, evaluation: Evaluation) -> None:
        with QSignalBlocker(self.confusions):
            self.confusions.clear()
            for found in evaluation.summary.confusions:
                words = confusion_words(evaluation, found.label, found.predicted, found.count)
                names = evaluation.classes[found.label], evaluation.classes[found.predicted]
                item = QListWidgetItem(f"{found.count}   {' → '.join(names)}", self.confusions)
                item.setToolTip(plain_tip(words))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
                item.setData(Qt.ItemDataRole.UserRole, (found.label, found.predicted))

    @Slot(QListWidgetItem)
    def _on_confusion_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._look_at(("cell", *item.data(Qt.ItemDataRole.UserRole)))

    def _look_at(self, look: Look) -> None:
        """Show the samples of a cell, of a class's mistakes, or of one of the two rankings."""
        run, evaluation = self._run, self._shown
        if run is None or evaluation is None:
            return
        self._look = look
        self.wrong.setChecked(look[0] == "wrong")
        self.unsure.setChecked(look[0] == "unsure")
        cell = look[1:] if look[0] == "cell" else None
        self.matrix.show_chosen(cell if cell is not None and cell[1] != _ANY else None)
        self.classes.show_chosen(cell[0] if cell is not None and cell[1] == _ANY else None)
        places = _places(evaluation, look)
        words = self._words(evaluation, look, len(places))
        self.looked_at.setText(words)
        self.looked_at.setToolTip(plain_tip(words))
        self.looked_at.setVisible(bool(words))
        self.samples.show_samples(replace(run, evaluation=evaluation), places)

    def _words(self, evaluation: Evaluation, look: Look, count: int) -> str:
        if look[0] != "cell":
            return ""
        _, label, predicted = look
        if predicted == _ANY:
            return class_words(evaluation, label)
        return confusion_words(evaluation, label, predicted, count)


def _named(evaluation: Evaluation) -> Evaluation:
    """Return an evaluation whose classes are called as the window calls them."""
    return replace(evaluation, classes=tuple(map(translated, evaluation.classes)))


def _places(evaluation: Evaluation, look: Look) -> list[int]:
    """Return the places in the evaluation of the samples looked at."""
    summary = evaluation.summary
    if look[0] == "wrong":
        return summary.most_wrong.tolist()
    if look[0] == "unsure":
        return summary.most_unsure.tolist()
    _, label, predicted = look
    wanted = summary.predicted == predicted
    if predicted == _ANY:
        wanted = summary.predicted != label
    return np.flatnonzero((evaluation.labels == label) & wanted).tolist()
