"""What all collections of labelled pictures and clips have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import repeat
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnngui.data.clips import chosen_frames
from cnngui.errors import UserError
from cnngui.images.fit import fit_frame
from cnngui.spec.network import InputSpec


class OpeningCancelledError(Exception):
    """Whoever asked for a data set does not want it any more."""


class Dataset(Protocol):
    """Pictures or clips with labels. Immutable: what is recorded later makes a new one.

    Attributes
    ----------
    name : for people ("Shapes", a folder's name).
    address : what opens it again; see ``data.opening``.
    classes : the classes' names, in the order of their numbers.
    labels : int64 ``(N,)``, read-only, each below ``len(classes)``.
    recordings : int64 ``(N,)``, read-only: samples of one recording have the same number, for they
        look alike; one that was taken by itself has a number of its own.
    lengths : int64 ``(N,)``, read-only: how many frames each sample has; 1 is a still picture.
    problems : what could not be read and was left out; the collection can be used without it.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def classes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def labels(self) -> NDArray[np.int64]: ...  # noqa: D102
    @property
    def recordings(self) -> NDArray[np.int64]: ...  # noqa: D102
    @property
    def lengths(self) -> NDArray[np.int64]: ...  # noqa: D102
    @property
    def problems(self) -> tuple[UserError, ...]: ...  # noqa: D102

    def sample_name(self, index: int) -> str:
        """Return what people find a sample by: its class's folder and file, or its number."""
        ...

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Return one picture as it is stored: uint8 ``(H, W, 3)``, RGB; of a clip the middle frame.

        Raises
        ------
        DataError
            The file can no longer be read.
        """
        ...

    def times(self, index: int) -> tuple[float, ...] | None:
        """Return the seconds of a sample's frames, ascending; None where they are not known."""
        ...

    def frames(self, index: int, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Give some frames of one sample as they are stored: uint8 ``(H, W, 3)``, RGB.

        One after the other, so that a long clip of large frames need not fit into memory.

        Parameters
        ----------
        places : below the sample's length, ascending; the same one may be there many times.

        Raises
        ------
        DataError
            The file can no longer be read.
        """
        ...

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        """Return samples fitted to a network's input, fresh.

        Returns
        -------
        uint8 ``(N, H, W, C)``, or ``(N, T, H, W, C)`` for an input of several frames: those that
        ``clips.chosen_frames`` takes of a clip, a still picture again and again. Of a clip, an
        input of one frame reads the one in the middle.

        Raises
        ------
        DataError
            A file can no longer be read.
        """
        ...

    def __len__(self) -> int: ...


class Stills:
    """What a collection of still pictures says of clips: every sample is a single frame."""

    labels: NDArray[np.int64]

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """1 for each sample."""
        return np.broadcast_to(np.int64(1), len(self.labels))

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Return one picture; see ``Dataset``."""
        raise NotImplementedError

    def times(self, index: int) -> tuple[float, ...] | None:
        """Return the time of the only frame."""
        return (0.0,)

    def frames(self, index: int, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Give the picture, as often as it is asked for."""
        return repeat(self.picture(index), len(places))


def fitted_batch(data: Dataset, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
    """Return samples fitted to an input; see ``Dataset.batch``."""
    batch = np.empty((len(indices), *target.pixels_shape), np.uint8)
    if target.frames == 1:
        for place, index in enumerate(indices):
            batch[place] = fit_frame(data.picture(int(index)), target)
        return batch
    for place, index in enumerate(map(int, indices)):
        chosen = chosen_frames(int(data.lengths[index]), data.times(index), target)
        own, again = np.unique(chosen, return_inverse=True)
        fitted = [fit_frame(frame, target) for frame in data.frames(index, own.tolist())]
        batch[place] = np.stack(fitted)[again]
    return batch


def one_each(count: int) -> NDArray[np.int64]:
    """Return the recordings of samples none of which was taken together with another."""
    return as_labels(np.arange(count))


def as_labels(values: ArrayLike) -> NDArray[np.int64]:
    """Return labels as data sets keep them: a fresh int64 ``(N,)`` that nobody can write into."""
    labels = np.array(values, np.int64).reshape(-1)
    labels.flags.writeable = False
    return labels
