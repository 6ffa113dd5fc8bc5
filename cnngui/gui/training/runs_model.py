"""The trainings that are kept, as a list in which those to compare are ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QWidget

from cnngui.gui.theme import colors
from cnngui.gui.training.curves_view import RUN_COLORS
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.errors import said
from cnngui.gui.words.runs import (
    UNDER_WAY,
    accuracy_words,
    kept_words,
    rate_changes_words,
    run_when,
    settings_words,
    state_words,
)
from cnngui.gui.words.translation import translated
from cnngui.pipeline.training.progress import TrainingProgress

_Index = QModelIndex | QPersistentModelIndex
_WORTH_SAYING = (*UNDER_WAY, "failed")


class RunsModel(QAbstractListModel):
    """The runs as a list; those ticked have a colour each.

    Signals
    -------
    ticked_changed : the user ticked other runs.
    """

    ticked_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[TrainingProgress, ...] = ()
        self._colors: dict[str, str] = {}

    @property
    def ticked(self) -> list[TrainingProgress]:
        """The runs to compare, newest first."""
        return [run for run in self._runs if run.run_id in self._colors]

    def color_of(self, run_id: str) -> str:
        """Return the colour of a run that is ticked; KeyError for another."""
        return self._colors[run_id]

    def run(self, index: _Index) -> TrainingProgress | None:
        """Return the run in that place."""
        return self._runs[index.row()] if index.isValid() else None

    def show_runs(self, runs: Sequence[TrainingProgress]) -> None:
        """Take runs, newest first. Ticks stay; a run that begins joins those being compared."""
        before = self._runs
        ids = [run.run_id for run in runs]
        ids_before = [run.run_id for run in before]
        if ids == ids_before:
            self._runs = tuple(runs)
            for row, run in enumerate(runs):
                if run is not before[row]:
                    self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self._runs = tuple(runs)
        for gone in set(self._colors) - set(ids):
            del self._colors[gone]
        if self._colors and ids and ids[0] not in ids_before and runs[0].state in UNDER_WAY:
            self._colors[ids[0]] = self._free_color()
        self.endResetModel()

    def tick(self, run_id: str, ticked: bool) -> None:
        """Compare a run with the others ticked, or no longer."""
        if ticked == (run_id in self._colors):
            return
        if ticked:
            self._colors[run_id] = self._free_color()
        else:
            del self._colors[run_id]
        row = [run.run_id for run in self._runs].index(run_id)
        self.dataChanged.emit(self.index(row), self.index(row))
        self.ticked_changed.emit()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._runs)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run = self.run(index)
        if run is None:
            return None
        color = self._colors.get(run.run_id, "")
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._title(run)}\n{self._origin(run)}, {settings_words(run)}"
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._description(run))
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if color else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole:
                return QColor(color) if color else QColor(Qt.GlobalColor.transparent)
            case Qt.ItemDataRole.ForegroundRole if run.state == "failed":
                return QBrush(QColor(colors().warning))
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.run(index)
        if run is None or role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.tick(run.run_id, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _free_color(self) -> str:
        used = set(self._colors.values())
        free = (color for color in RUN_COLORS if color not in used)
        return next(free, RUN_COLORS[len(used) % len(RUN_COLORS)])

    def _title(self, run: TrainingProgress) -> str:
        worth = self.tr("not measured") if run.best is None else accuracy_words(run.best)
        return f"{state_words(run.state)}  {worth}" if run.state in _WORTH_SAYING else worth

    def _origin(self, run: TrainingProgress) -> str:
        return "  ".join(filter(None, (run_when(run.run_id), translated(run.data_name))))

    def _description(self, run: TrainingProgress) -> str:
        words = self.tr("{0}\n{1}\n{2}\n{3}: {4}, {5} epochs done; {6} samples, {7} kept apart")
        text = words.format(
            self._origin(run),
            kept_words(run),
            settings_words(run),
            run.spec.name,
            state_words(run.state),
            f"{run.epoch:.1f}",
            *run.samples,
        )
        return "\n".join(filter(None, (text, *rate_changes_words(run), said(run.message))))
