"""Where the kernels of a convolution are: a block per kernel, a cell per input channel.

Each weight is a square of equal pixels. Kernels that do not fit are reached row by row; of kernels
with more inputs than a block can hold, the first inputs are shown. The moments that a kernel spans
are side by side in a cell, the oldest first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

COLOR_CHANNELS = 3
"""A kernel that spans so many channels of a picture is also shown as a picture itself."""

BLOCK_GAP = 8
"""Pixels between blocks, across and down."""
_PANEL_GAP = 24
_LEAST_CELL = 6
"""Pixels: no cell's longer side is smaller, or nothing could be seen in it or pointed at."""
_LARGEST_CELL = 160
_CAPTIONED = (14, 24)
"""Pixels for a number, and the least height of a block below it: it takes room from lower ones."""


@dataclass(frozen=True, slots=True)
class KernelPoint:
    """What is at a point of the picture.

    Attributes
    ----------
    panel : 0 for the first copy of the wall.
    kernel : its number in the layer.
    input : the number of the input channel within the kernel; None on the picture in colour.
    row, column : of the weight.
    moment : of the weight; 0 where kernels do not span time.
    """

    panel: int
    kernel: int
    input: int | None
    row: int
    column: int
    moment: int = 0


@dataclass(frozen=True, slots=True)
class KernelLayout:
    """Where the kernels are. All lengths are pixels.

    Attributes
    ----------
    count, inputs, kernel_height, kernel_width : the shape of the layer's weights.
    panels : how many copies of the wall are side by side, each with weights of its own.
    caption_height : of the room above each block for its number; 0 without numbers.
    has_color : whether the first cell of each block is the kernel as a picture in colour.
    inputs_shown : how many inputs' cells a block holds.
    scale : side of the square that is one weight.
    cell_columns, cell_rows : cells of a block.
    columns : blocks side by side in one panel.
    rows : of blocks that are shown.
    first_row : the first of them.
    moments : that a kernel spans; None where weights have no axis for time.
    """

    count: int
    inputs: int
    kernel_height: int
    kernel_width: int
    panels: int
    caption_height: int
    has_color: bool
    inputs_shown: int
    scale: int
    cell_columns: int
    cell_rows: int
    columns: int
    rows: int
    first_row: int = 0
    moments: int | None = None

    @property
    def slices(self) -> int:
        """How many pictures are side by side in a cell."""
        return self.moments or 1

    @property
    def slice_gap(self) -> int:
        """Between the moments of a cell."""
        return _slice_gap(self.scale)

    @property
    def slice_width(self) -> int:
        """Width of one moment of the kernel of one input."""
        return self.kernel_width * self.scale

    @property
    def all_rows(self) -> int:
        """Rows of blocks that hold every kernel."""
        return -(-self.count // self.columns)

    @property
    def first(self) -> int:
        """The first kernel shown."""
        return self.first_row * self.columns

    @property
    def shown(self) -> int:
        """How many kernels are shown."""
        return min(self.rows * self.columns, self.count - self.first)

    @property
    def cells(self) -> int:
        """Cells of a block that hold something."""
        return self.inputs_shown + self.has_color

    @property
    def cell_width(self) -> int:
        """Width of the kernel of one input, all moments of it."""
        return self.slices * (self.slice_width + self.slice_gap) - self.slice_gap

    @property
    def cell_height(self) -> int:
        """Height of the kernel of one input."""
        return self.kernel_height * self.scale

    @property
    def cell_gap(self) -> int:
        """Between the cells of a block; it must not look like a weight that is zero."""
        return _cell_gap(self.scale, self.slices)

    @property
    def block_width(self) -> int:
        """Width of one kernel with all its cells."""
        return self.cell_columns * (self.cell_width + self.cell_gap) - self.cell_gap

    @property
    def block_height(self) -> int:
        """Height of one kernel with all its cells, without its caption."""
        return self.cell_rows * (self.cell_height + self.cell_gap) - self.cell_gap

    @property
    def row_height(self) -> int:
        """From one row of blocks to the next."""
        return self.caption_height + self.block_height + BLOCK_GAP

    @property
    def panel_width(self) -> int:
        """Width of one copy of the wall."""
        return self.columns * (self.block_width + BLOCK_GAP) - BLOCK_GAP

    @property
    def width(self) -> int:
        """Width of the whole picture."""
        return self.panels * (self.panel_width + _PANEL_GAP) - _PANEL_GAP

    @property
    def height(self) -> int:
        """Height of the whole picture."""
        return self.rows * self.row_height - BLOCK_GAP

    def panel_left(self, panel: int) -> int:
        """Return where a panel begins."""
        return panel * (self.panel_width + _PANEL_GAP)

    def block_rect(self, kernel: int, panel: int = 0) -> tuple[int, int, int, int]:
        """Return ``(x, y, width, height)`` of a kernel that is shown."""
        row, column = divmod(kernel - self.first, self.columns)
        return (
            self.panel_left(panel) + column * (self.block_width + BLOCK_GAP),
            row * self.row_height + self.caption_height,
            self.block_width,
            self.block_height,
        )

    def kernel_at(self, x: float, y: float) -> int | None:
        """Return the kernel whose block is at a point; None between and beside the blocks."""
        found = self._block_at(x, y)
        return None if found is None else found[1]

    def locate(self, x: float, y: float) -> KernelPoint | None:
        """Return what is at a point; None between and beside the cells."""
        found = self._block_at(x, y)
        if found is None:
            return None
        panel, kernel, across, down = found
        column, across = divmod(across, self.cell_width + self.cell_gap)
        row, down = divmod(down, self.cell_height + self.cell_gap)
        cell = row * self.cell_columns + column
        if cell >= self.cells or across >= self.cell_width or down >= self.cell_height:
            return None
        moment, across = divmod(across, self.slice_width + self.slice_gap)
        if across >= self.slice_width:
            return None
        channel = cell - self.has_color
        return KernelPoint(
            panel=panel,
            kernel=kernel,
            input=channel if channel >= 0 else None,
            row=down // self.scale,
            column=across // self.scale,
            moment=moment,
        )

    def _block_at(self, x: float, y: float) -> tuple[int, int, int, int] | None:
        """Return panel, kernel, and how far across and down in its block a point is."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        panel, across = divmod(int(x), self.panel_width + _PANEL_GAP)
        column, across = divmod(across, self.block_width + BLOCK_GAP)
        row, down = divmod(int(y), self.row_height)
        down -= self.caption_height
        place = row * self.columns + column
        if column >= self.columns or place >= self.shown:
            return None
        if across >= self.block_width or not 0 <= down < self.block_height:
            return None
        return panel, self.first + place, across, down


@lru_cache(maxsize=32)
def plan_kernels(
    shape: tuple[int, ...],
    width: int,
    height: int,
    *,
    panels: int = 1,
    has_color: bool = False,
    first_row: int = 0,
    density: float = 1.0,
) -> KernelLayout:
    """Choose the largest cells with which every kernel fits, or else the smallest readable ones.

    Parameters
    ----------
    shape : of the weights, ``(out, in / groups, kh, kw)``, each at least 1; or ``(out, in / groups,
        kt, kh, kw)`` where they span time.
    width, height : pixels of the room; the picture fits into it unless that is smaller than the
        smallest readable block.
    panels : copies of the wall that share the width.
    has_color : begin each block with the kernel in colour; for ``COLOR_CHANNELS`` inputs.
    first_row : of blocks; brought into the range that there is.
    density : pixels of the room for each pixel that letters and the least cells are measured in:
        more than 1 on a screen of high resolution.
    """
    longer = max(shape[-2:])
    room = max((width + _PANEL_GAP) // panels - _PANEL_GAP, 1), max(height, 1)
    smallest = math.ceil(_LEAST_CELL * density / longer)
    caption, least_captioned = (math.ceil(side * density) for side in _CAPTIONED)
    scales = range(max(_LARGEST_CELL // longer, smallest), smallest - 1, -1)
    for caption_height, scale in product((caption, 0), scales):
        candidates = [
            layout
            for layout in _layouts(shape, scale, panels, caption_height, has_color, room)
            if layout.shown == layout.count
            and layout.inputs_shown == layout.inputs
            and layout.width <= width
            and layout.height <= height
            and (layout.block_height >= least_captioned or not caption_height)
        ]
        if candidates:
            # The one that fills the room's width best is taken: few rows are seen at once.
            return min(candidates, key=lambda layout: layout.rows)
    layouts = _layouts(shape, smallest, panels, 0, has_color, room)
    layout = max(layouts, key=lambda layout: (layout.inputs_shown, layout.rows * layout.columns))
    last = max(layout.all_rows - layout.rows, 0)
    return replace(layout, first_row=min(max(first_row, 0), last))


def _layouts(
    shape: tuple[int, ...],
    scale: int,
    panels: int,
    caption_height: int,
    has_color: bool,
    room: tuple[int, int],
) -> list[KernelLayout]:
    """Return layouts with blocks of various proportions that fit the room, at least one."""
    count, inputs, *times, kernel_height, kernel_width = shape
    slices = times[0] if times else 1
    gap = _cell_gap(scale, slices)
    between = _slice_gap(scale)
    cell_width = slices * (kernel_width * scale + between) - between
    most_columns = max((room[0] + gap) // (cell_width + gap), 1)
    most_rows = max((room[1] + gap) // (kernel_height * scale + gap), 1)
    square = math.isqrt(inputs + has_color - 1) + 1
    made = []
    for wanted in sorted({square, inputs + has_color}):
        cell_columns = min(wanted, most_columns)
        cell_rows = min(-(-(inputs + has_color) // cell_columns), most_rows)
        block = KernelLayout(
            count=count,
            inputs=inputs,
            kernel_height=kernel_height,
            kernel_width=kernel_width,
            panels=panels,
            caption_height=caption_height,
            has_color=has_color,
            inputs_shown=max(min(inputs, cell_columns * cell_rows - has_color), 1 - has_color),
            scale=scale,
            cell_columns=cell_columns,
            cell_rows=cell_rows,
            columns=1,
            rows=1,
            moments=times[0] if times else None,
        )
        columns = max((room[0] + BLOCK_GAP) // (block.block_width + BLOCK_GAP), 1)
        rows = max((room[1] + BLOCK_GAP) // block.row_height, 1)
        made.append(
            replace(block, columns=min(columns, count), rows=min(rows, -(-count // columns)))
        )
    return made


def _cell_gap(scale: int, slices: int) -> int:
    """Return the pixels between cells: clearly more than between the moments of one."""
    return 1 + scale // 4 if slices == 1 else 3 + scale // 8


def _slice_gap(scale: int) -> int:
    return 1 + scale // 8
