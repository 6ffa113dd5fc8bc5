"""What all collections of labelled pictures have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import UserError
from cnngui.spec.network import InputSpec


class Dataset(Protocol):
    """Pictures with labels. Immutable: what is recorded later makes a new one.

    Attributes
    ----------
    name : for people ("Shapes", a folder's name).
    address : what opens it again; see ``data.opening``.
    classes : the classes' names, in the order of their numbers.
    labels : int64 ``(N,)``, read-only, each below ``len(classes)``.
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
    def problems(self) -> tuple[UserError, ...]: ...  # noqa: D102

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
