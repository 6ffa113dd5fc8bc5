"""A tensor of a network in memory, with room for zeros around its maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.live.layout import as_layout, is_pixel_major
from cnngui.engine.ops.live.scratch import Scratch

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Margins:
    """Rows and columns of zeros around each map, so that convolutions find their padding there."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def union(self, other: Margins) -> Margins:
        """Return margins wide enough for both."""
        return Margins(
            max(self.top, other.top),
            max(self.bottom, other.bottom),
            max(self.left, other.left),
            max(self.right, other.right),
        )


@dataclass(frozen=True)
class Part:
    """What one piece of work covers: some images of the batch, some rows of them.

    Of flat tensors, which have one row, it may be some units: ``units`` None stands for all.
    """

    images: range
    rows: range
    units: range | None = None

    def meets(self, other: Part) -> bool:
        """Tell whether both have an image, and a row of it, in common."""
        return _meet(self.images, other.images) and _meet(self.rows, other.rows)


@dataclass(frozen=True, eq=False)
class Tensor:
    """Values of one layer: all of them, or the part that a band is about.

    Attributes
    ----------
    shape : ``(N, C, H, W)`` of the whole tensor. A flat one of F units is ``(N, F, 1, 1)``.
    memory : ``(N', C, H', W')``: the images and rows that are there, margins included.
    first_image, first_row, first_column : which image, row and column ``memory[0, :, 0, 0]`` is.
    moments : how many images are of one sample, one after another.
    """

    shape: tuple[int, int, int, int]
    memory: Array
    first_image: int = 0
    first_row: int = 0
    first_column: int = 0
    moments: int = 1

    @classmethod
    def whole(
        cls, shape: tuple[int, int, int, int], margins: Margins, pixels: bool, moments: int = 1
    ) -> Tensor:
        """Return a new tensor of zeros, with pixels or rows outermost."""
        images, channels, height, width = shape
        padded = (
            images,
            channels,
            height + margins.top + margins.bottom,
            width + margins.left + margins.right,
        )
        zeros = np.zeros(int(np.prod(padded)), np.float32)
        memory = as_layout(zeros, padded, pixels)
        return cls(shape, memory, 0, -margins.top, -margins.left, moments)

    @classmethod
    def of_part(
        cls,
        shape: tuple[int, int, int, int],
        part: Part,
        pixels: bool,
        scratch: Scratch,
        moments: int = 1,
    ) -> Tensor:
        """Return the part of a tensor that only a band needs, in scratch memory."""
        _, channels, _, width = shape
        held = (len(part.images), channels, len(part.rows), width)
        memory = as_layout(scratch.take(int(np.prod(held))), held, pixels)
        first = part.images.start, part.rows.start
        return cls(shape, memory, *first, moments=moments)

    def view(self, part: Part, columns: range | None = None) -> Array:
        """Return a part's values, ``(images, C, rows, columns)``; by default without margins.

        Rows and columns may reach into the margins: row -1 is the one above the map.
        """
        columns = columns if columns is not None else range(self.shape[3])
        top, left = part.rows.start - self.first_row, columns.start - self.first_column
        first = part.images.start - self.first_image
        units = part.units if part.units is not None else range(self.shape[1])
        return self.memory[
            first : first + len(part.images),
            units.start : units.stop,
            top : top + len(part.rows),
            left : left + len(columns),
        ]

    @property
    def lies_by_pixels(self) -> bool:
        """Whether pixels are outermost."""
        return is_pixel_major(self.memory)

    @property
    def has_margins_beside(self) -> bool:
        """Whether rows do not follow each other in memory."""
        return self.memory.shape[3] > self.shape[3]

    @property
    def columns(self) -> range:
        """All columns that are there, margins included."""
        return range(self.first_column, self.first_column + self.memory.shape[3])

    @property
    def values(self) -> Array:
        """All values, without margins."""
        images, _, height, _ = self.shape
        return self.view(Part(range(images), range(height)))


def _meet(one: range, other: range) -> bool:
    return max(one.start, other.start) < min(one.stop, other.stop)
