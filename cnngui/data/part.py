"""Some samples of a data set, as a data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.data.dataset import Dataset
from cnngui.errors import DataError, UserError, text
from cnngui.spec.network import InputSpec


class DataPart:
    """Samples that follow one another in another data set, or every so many; see ``Dataset``.

    Parameters
    ----------
    whole : the other data set.
    start, stop : the first sample, and the one after the last.
    step : 2 takes every second one.
    """

    def __init__(self, whole: Dataset, start: int, stop: int, step: int = 1) -> None:
        self._whole = whole
        self._indices = range(start, stop, step)
        self.name: str = whole.name
        self.address: str = whole.address
        self.classes: tuple[str, ...] = whole.classes
        self.labels: NDArray[np.int64] = whole.labels[start:stop:step]
        self.recordings: NDArray[np.int64] = whole.recordings[start:stop:step]
        self.lengths: NDArray[np.int64] = whole.lengths[start:stop:step]
        self.problems: tuple[UserError, ...] = whole.problems

    def sample_name(self, index: int) -> str:
        """Return what a sample is called; see ``Dataset``."""
        return self._whole.sample_name(self._indices[index])

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Return one picture; see ``Dataset``."""
        return self._whole.picture(self._indices[index])

    def times(self, index: int) -> tuple[float, ...] | None:
        """Return the seconds of a sample's frames; see ``Dataset``."""
        return self._whole.times(self._indices[index])

    def frames(self, index: int, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Return some frames of one sample; see ``Dataset``."""
        return self._whole.frames(self._indices[index], places)

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        """Return samples fitted to a network's input; see ``Dataset``."""
        return self._whole.batch([self._indices[index] for index in indices], target)

    def __len__(self) -> int:
        return len(self._indices)


def held_out(data: Dataset, count: int) -> tuple[Dataset, Dataset]:
    """Return a data set without its last ``count`` samples, and those.

    Raises
    ------
    DataError
        If nothing would be left.
    """
    if count >= len(data):
        rule = text("must have more than the {count:,} samples that are held out", count=count)
        raise DataError(data.name, rule, f"{len(data):,}")
    place = len(data) - count
    return DataPart(data, 0, place), DataPart(data, place, len(data))
