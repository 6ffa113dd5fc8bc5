"""Samples that are drawn when somebody looks at them: the same each time, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.data.dataset import Stills, as_labels, fitted_batch, one_each
from cnngui.errors import UserError
from cnngui.spec.network import InputSpec

Draw = Callable[[int, int, np.random.Generator], NDArray[np.uint8]]
"""Draws a label's class: ``draw(label, size, rng)`` gives uint8 ``(size, size, 3)``, RGB."""


@dataclass(frozen=True, kw_only=True)
class DrawnOptions:
    """Which samples are drawn.

    Attributes
    ----------
    count : how many samples; the classes take turns.
    seed : another one gives other samples.
    size : side of a picture in pixels.
    """

    count: int
    seed: int
    size: int


class DrawnDataset(Stills):
    """A ``Dataset`` made by a function. Sample i depends on nothing but the seed and i."""

    def __init__(
        self, name: str, address: str, classes: tuple[str, ...], draw: Draw, options: DrawnOptions
    ) -> None:
        self.name = name
        self.address = address
        self.classes = classes
        self.labels = as_labels(np.arange(options.count) % len(classes))
        self.recordings = one_each(options.count)
        self.problems: tuple[UserError, ...] = ()
        self._draw = draw
        self._options = options

    def sample_name(self, index: int) -> str:
        """Return a sample's number, from 0."""
        return str(index)

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Draw a sample: uint8 ``(size, size, 3)``, RGB."""
        label = int(self.labels[index])
        return self._draw(label, self._options.size, self._rng(index))

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        """Draw samples fitted to an input; see ``Dataset``."""
        return fitted_batch(self, indices, target)

    def _rng(self, index: int) -> np.random.Generator:
        # Counted from the end, an index names the same sample as from the beginning.
        return np.random.default_rng((self._options.seed, index % len(self)))

    def __len__(self) -> int:
        return len(self.labels)
