"""Samples as rows of a list, whose small pictures come when they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QImage

from cnngui.data.dataset import Dataset
from cnngui.data.folder import FolderDataset

SAMPLES_MIME = "application/x-cnngui-samples"
"""Samples on their way to another class; which ones, only the list they come from knows."""

_MOST_PICTURES = 4_000
_Index = QModelIndex | QPersistentModelIndex


class SamplesModel(QAbstractListModel):
    """Some samples of a data set, one a row.

    A sample keeps its selection and its picture when another data set that has it, too, takes the
    place of the one before.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._samples: list[tuple[Hashable, int]] = []
        self._images: OrderedDict[Hashable, QImage] = OrderedDict()

    @property
    def dataset(self) -> Dataset | None:
        """Where the samples are."""
        return self._dataset

    def set_samples(self, dataset: Dataset | None, indices: Sequence[int]) -> None:
        """Show these samples, in this order."""
        if dataset is None or self._dataset is None or dataset.address != self._dataset.address:
            self._images.clear()
        self._dataset = dataset
        samples = (
            [(_key(dataset, index), index) for index in indices] if dataset is not None else []
        )
        wanted = {key for key, _ in samples}
        self._remove([row for row, (key, _) in enumerate(self._samples) if key not in wanted])
        present = {key for key, _ in self._samples}
        kept = [sample for sample in samples if sample[0] in present]
        if [key for key, _ in self._samples] == [key for key, _ in kept]:
            self._samples = kept
            self._insert(
                samples, [row for row, (key, _) in enumerate(samples) if key not in present]
            )
        else:
            self.beginResetModel()
            self._samples = samples
            self.endResetModel()

    def number_at(self, row: int) -> int:
        """Return which sample of the data set a row is."""
        return self._samples[row][1]

    def missing(self, rows: Iterable[int]) -> list[int]:
        """Return the numbers of those samples among ``rows`` that have no picture yet."""
        samples = (self._samples[row] for row in rows)
        return [number for key, number in samples if key not in self._images]

    def add_image(self, number: int, image: QImage) -> None:
        """Take the picture of the sample that has this number in the data set."""
        if self._dataset is None:
            return
        self._images[_key(self._dataset, number)] = image
        while len(self._images) > _MOST_PICTURES:
            self._images.popitem(last=False)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._samples)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        key, number = self._samples[index.row()]
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return self._images.get(key)
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._class_name(number)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{self._class_name(number)}, {self._file_name(number)}"
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def mimeTypes(self) -> list[str]:
        return [SAMPLES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        mime.setData(SAMPLES_MIME, b"")
        return mime

    def _class_name(self, number: int) -> str:
        dataset = self._dataset
        return dataset.classes[int(dataset.labels[number])] if dataset is not None else ""

    def _file_name(self, number: int) -> str:
        dataset = self._dataset
        return dataset.files[number].name if isinstance(dataset, FolderDataset) else str(number)

    def _remove(self, rows: list[int]) -> None:
        for first, last in reversed(list(_runs(rows))):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._samples[first : last + 1]
            self.endRemoveRows()

    def _insert(self, samples: list[tuple[Hashable, int]], rows: list[int]) -> None:
        for first, last in _runs(rows):
            self.beginInsertRows(QModelIndex(), first, last)
            self._samples[first:first] = samples[first : last + 1]
            self.endInsertRows()


def _key(dataset: Dataset, number: int) -> Hashable:
    """Return what a sample is known by as long as it is there, whatever comes and goes besides."""
    return dataset.files[number] if isinstance(dataset, FolderDataset) else number


def _runs(rows: list[int]) -> Iterable[tuple[int, int]]:
    """Yield (first, last) of each run of neighbouring rows."""
    for _, group in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        run = [row for _, row in group]
        yield run[0], run[-1]
