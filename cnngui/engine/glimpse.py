"""Some values of a layer, evenly spread: enough for a small picture of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.live.tensor import Part, Tensor

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Glimpse:
    """The first channels of a layer, and of their maps every so-many-th row and column.

    Asked for in place of the whole layer, it spares the memory for the whole: it is taken from
    each band while that is in the cache.

    Attributes
    ----------
    layer_id : which layer; "input" is allowed.
    channels, row_step, column_step : each at least 1. The layer may have fewer channels. Row and
        column 0 are the first that are taken.
    """

    layer_id: str
    channels: int
    row_step: int = 1
    column_step: int = 1

    def empty(self, shape: tuple[int, int, int, int]) -> Array:
        """Return room for the glimpse of a tensor of that shape ``(N, C, H, W)``."""
        images, channels, height, width = shape
        rows, columns = self.rows_within(range(height)), -(-width // self.column_step)
        return np.empty((images, min(channels, self.channels), len(rows), columns), np.float32)

    def rows_within(self, rows: range) -> range:
        """Return which rows of the glimpse are taken from some rows of the layer."""
        return range(-(-rows.start // self.row_step), -(-rows.stop // self.row_step))

    def of(self, tensor: Tensor, part: Part) -> Array:
        """See the values of the glimpse that a part of a tensor holds."""
        taken = self.rows_within(part.rows)
        first = taken.start * self.row_step
        rows = range(first, max(first, (taken.stop - 1) * self.row_step + 1))
        values = tensor.view(Part(part.images, rows))
        return values[:, : self.channels, :: self.row_step, :: self.column_step]
