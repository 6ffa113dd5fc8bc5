"""What all collections of labelled pictures have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnngui.errors import UserError
from cnngui.images.fit import fit_frame
from cnngui.spec.network import InputSpec


class OpeningCancelledError(Exception):
    """Whoever asked for a data set does not want it any more."""


class Dataset(Protocol):
    """Pictures with labels. Immutable: what is recorded later makes a new one.

    Attributes
    ----------
    name : for people ("Shapes", a folder's name).
    address : what opens it again; see ``data.opening``.
    classes : the classes' names, in the order of their numbers.
    labels : int64 ``(N,)``, read-only, each below ``len(classes)``.
    recordings : int64 ``(N,)``, read-only: samples of one recording have the same number, for they
        look alike; one that was taken by itself has a number of its own.
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
    def problems(self) -> tuple[UserError, ...]: ...  # noqa: D102

    def sample_name(self, index: int) -> str:
        """Return what people find a sample by: its class's folder and file, or its number."""
        ...

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Return one picture as it is stored: uint8 ``(H, W, 3)``, RGB.

        Raises
        ------
        DataError
            The file can no longer be read.
        """
        ...

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        """Return pictures fitted to a network's input: uint8 ``(N, H, W, C)``, fresh.

        Raises
        ------
        DataError
            A file can no longer be read.
        """
        ...

    def __len__(self) -> int: ...


def fitted_batch(
    picture: Callable[[int], NDArray[np.uint8]], indices: Sequence[int], target: InputSpec
) -> NDArray[np.uint8]:
    """Return the pictures of some indices fitted to an input: uint8 ``(N, H, W, C)``, fresh."""
    batch = np.empty((len(indices), target.height, target.width, target.channels), np.uint8)
    for place, index in enumerate(indices):
        batch[place] = fit_frame(picture(int(index)), target)
    return batch


def one_each(count: int) -> NDArray[np.int64]:
    """Return the recordings of samples none of which was taken together with another."""
    return as_labels(np.arange(count))


def as_labels(values: ArrayLike) -> NDArray[np.int64]:
    """Return labels as data sets keep them: a fresh int64 ``(N,)`` that nobody can write into."""
    labels = np.array(values, np.int64).reshape(-1)
    labels.flags.writeable = False
    return labels
