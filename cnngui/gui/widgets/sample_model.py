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

from cnngui.data.dataset import Dataset
from cnngui.data.folder import FolderDataset
from cnngui.gui.widgets.moving import Frames, frame_at
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.clips import clip_words
from cnngui.gui.words.lists import listed
from cnngui.gui.words.translation import translated

SAMPLES_MIME = "application/x-cnngui-samples"
"""Samples on their way to another class; which ones, only the list they come from knows."""

_MOST_PICTURES = 4_000
_Index = QModelIndex | QPersistentModelIndex


class SamplesModel(QAbstractListModel):
    """Some samples of a data set, one a row. Those that are clips show a frame of them.

    A sample keeps its selection and its picture when another data set that has it, too, takes the
    place of the one before.

    Attributes
    ----------
    moment : which frame of clips is shown; see ``moving.frame_at``.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        # Two lists, for pairs of MNIST's 60,000 would each have to be looked after in memory.
        self._keys: list[Hashable] = []
        self._numbers: list[int] = []
        self._images: OrderedDict[Hashable, Frames] = OrderedDict()
        self._held = 0
        self.moment = 0

    @property
    def dataset(self) -> Dataset | None:
        """Where the samples are."""
        return self._dataset

    def set_samples(self, dataset: Dataset | None, numbers: Sequence[int]) -> None:
        """Show these samples, in this order."""
        keys = _keys(dataset, numbers)
        before = self._dataset
        if dataset is None or before is None or dataset.address != before.address:
            self._images.clear()
            self._held = 0
            self._replace(dataset, keys, numbers)
            return
        wanted = set(keys)
        self._remove([row for row, key in enumerate(self._keys) if key not in wanted])
        present = set(self._keys)
        rows = [row for row, key in enumerate(keys) if key in present]
        if self._keys == [keys[row] for row in rows]:
            self._dataset, self._numbers = dataset, [numbers[row] for row in rows]
            self._insert(keys, numbers, [row for row, key in enumerate(keys) if key not in present])
        else:
            self._replace(dataset, keys, numbers)

    def number_at(self, row: int) -> int:
        """Return which sample of the data set a row is."""
        return self._numbers[row]

    def missing(self, rows: Iterable[int]) -> list[int]:
        """Return the numbers of those samples among ``rows`` that have no picture yet."""
        return [self._numbers[row] for row in rows if self._keys[row] not in self._images]

    def add_frames(self, number: int, frames: Frames) -> None:
        """Take the picture, or the frames, of the sample with this number in the data set."""
        if self._dataset is None:
            return
        (key,) = _keys(self._dataset, [number])
        self._held += len(frames) - len(self._images.get(key, ()))
        self._images[key] = frames
        while self._held > _MOST_PICTURES:
            self._held -= len(self._images.popitem(last=False)[1])

    def any_moves(self, rows: Iterable[int]) -> bool:
        """Return whether one of these rows is a clip whose frames are there."""
        return any(len(self._images.get(self._keys[row], ())) > 1 for row in rows)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._keys)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        number = self._numbers[index.row()]
        match role:
            case Qt.ItemDataRole.DecorationRole:
                frames = self._images.get(self._keys[index.row()])
                return frame_at(frames, self.moment) if frames else None
            case Qt.ItemDataRole.DisplayRole:
                return self._class_name(number)
            case Qt.ItemDataRole.AccessibleTextRole:
                return listed(filter(None, (self._class_name(number), self._clip_words(number))))
            case Qt.ItemDataRole.ToolTipRole:
                words = self._class_name(number), self._file_name(number), self._clip_words(number)
                return plain_tip(listed(filter(None, words)))
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
        if dataset is None:
            return ""
        return translated(dataset.classes[int(dataset.labels[number])])

    def _file_name(self, number: int) -> str:
        dataset = self._dataset
        if isinstance(dataset, FolderDataset):
            return dataset.samples[number].name
        return str(number)

    def _clip_words(self, number: int) -> str:
        return clip_words(self._dataset, number) if self._dataset is not None else ""

    def _replace(
        self, dataset: Dataset | None, keys: list[Hashable], numbers: Sequence[int]
    ) -> None:
        self.beginResetModel()
        self._dataset, self._keys, self._numbers = dataset, keys, list(numbers)
        self.endResetModel()

    def _remove(self, rows: list[int]) -> None:
        for first, last in reversed(list(_runs(rows))):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._keys[first : last + 1], self._numbers[first : last + 1]
            self.endRemoveRows()

    def _insert(self, keys: list[Hashable], numbers: Sequence[int], rows: list[int]) -> None:
        for first, last in _runs(rows):
            self.beginInsertRows(QModelIndex(), first, last)
            self._keys[first:first] = keys[first : last + 1]
            self._numbers[first:first] = numbers[first : last + 1]
            self.endInsertRows()


def _keys(dataset: Dataset | None, numbers: Sequence[int]) -> list[Hashable]:
    """Return what samples are known by as long as they are there, whatever comes and goes."""
    if isinstance(dataset, FolderDataset):
        stored = dataset.samples
        return [(stored[number].path, stored[number].first) for number in numbers]
    return list(numbers)


def _runs(rows: list[int]) -> Iterable[tuple[int, int]]:
    """Yield (first, last) of each run of neighbouring rows."""
    for _, group in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        run = [row for _, row in group]
        yield run[0], run[-1]
