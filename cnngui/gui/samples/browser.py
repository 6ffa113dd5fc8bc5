"""A data set that is learned from as it is: its classes, their samples, and unreadable files."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnngui.data.dataset import Dataset
from cnngui.gui.samples.words import class_counts, count_label
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_M, SPACE_S, give_slim_bars, number_font, with_font
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.widgets.sample_grid import SamplesGrid
from cnngui.gui.words.errors import error_text
from cnngui.gui.words.translation import translated

_LIST_WIDTH = 176
_COUNT_ROLE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


def _row_height() -> int:
    return with_font(24)


class SamplesBrowser(QWidget):
    """Classes at the left, pictures at the right.

    Attributes
    ----------
    classes : the list; its first row stands for all classes.
    grid : the samples.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self.classes = QListWidget()
        self.classes.setFixedWidth(with_font(_LIST_WIDTH))
        self.classes.setFrameShape(QFrame.Shape.NoFrame)
        self.classes.setUniformItemSizes(True)
        self.classes.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.classes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.classes.setAccessibleName(self.tr("Classes"))
        self.classes.setItemDelegate(_ClassDelegate(self.classes))
        self.classes.setStyleSheet("QListWidget { background: transparent; }")
        give_slim_bars(self.classes)
        self.classes.currentRowChanged.connect(self._show_chosen)
        self.grid = SamplesGrid(studio, "browser")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self.classes)
        row.addWidget(self.grid, 1)

    def show_dataset(self, dataset: Dataset) -> None:
        """Show another data set, all of its classes."""
        if dataset is self._dataset:
            return
        self._dataset = dataset
        with QSignalBlocker(self.classes):
            self.classes.clear()
            self._add(self.tr("All classes"), len(dataset))
            for name, count in zip(dataset.classes, class_counts(dataset), strict=True):
                self._add(translated(name), count)
            self.classes.setCurrentRow(0)
        self._show_chosen(0)

    def _add(self, name: str, count: int) -> None:
        item = QListWidgetItem(name)
        item.setData(_COUNT_ROLE, count_label(count))
        item.setToolTip(plain_tip(name))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {count_label(count)}")
        self.classes.addItem(item)

    @Slot(int)
    def _show_chosen(self, row: int) -> None:
        dataset = self._dataset
        if dataset is None:
            return
        chosen = (
            np.flatnonzero(dataset.labels == row - 1).tolist() if row > 0 else range(len(dataset))
        )
        self.grid.set_samples(dataset, chosen)
        self.grid.scrollToTop()


class _ClassDelegate(QStyledItemDelegate):
    """Draws a class: its name, and at the right how many samples it has."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, _row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        if is_selected:
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
        role = QPalette.ColorRole
        painter.setPen(palette.color(role.HighlightedText if is_selected else role.Text))
        painter.setFont(number_font(option.font))
        metrics = painter.fontMetrics()
        area: QRect = option.rect.adjusted(SPACE_S, 0, -SPACE_S, 0)
        count = index.data(_COUNT_ROLE)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | middle), count)
        area.setRight(area.right() - metrics.horizontalAdvance(count) - SPACE_M)
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | middle), name)
        painter.restore()


class SamplesProblems(QListWidget):
    """Unreadable files, a line each: which file, what would have been right, what was found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setAccessibleName(self.tr("Files that could not be read"))
        self.setStyleSheet(f"QListWidget {{ background: transparent; padding: {SPACE_M}px; }}")
        give_slim_bars(self)

    def show_dataset(self, dataset: Dataset) -> None:
        """List what was left out of a data set."""
        self.clear()
        self.addItems([error_text(problem) for problem in dataset.problems])
