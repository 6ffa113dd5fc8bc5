"""The kernels of a convolution painted as one picture, and how large and how changed they are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.colormaps import NON_FINITE
from cnngui.featuremaps.kernel_layout import BLOCK_GAP, COLOR_CHANNELS, KernelLayout
from cnngui.featuremaps.scaling import NON_FINITE_CODE, encode


def draw_kernels(
    layout: KernelLayout,
    panels: tuple[NDArray[np.float32], ...],
    limits: tuple[float, ...],
    table: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """Paint the kernels.

    Parameters
    ----------
    layout : planned for weights of this shape and so many panels.
    panels : float32 ``(out, in / groups, kh, kw)`` or ``(out, in / groups, kt, kh, kw)`` each. NaN
        and infinity have their own colour.
    limits : of each panel; -limit..limit are painted with the first to the last colour, and zero
        with the neutral one. In the picture in colour zero is grey.
    table : uint8 ``(256, 4)``, a diverging map of ``colormaps.lookup_table``.

    Returns
    -------
    uint8 ``(height, width, 4)`` RGBA, fresh: transparent where there is no weight.
    """
    picture = np.zeros((layout.height, layout.width, 4), np.uint8)
    for panel, (weights, limit) in enumerate(zip(panels, limits, strict=True)):
        left = layout.panel_left(panel)
        picture[:, left : left + layout.panel_width] = _panel(layout, weights, limit, table)
    return picture


def largest_weight(*weights: NDArray[np.float32]) -> float:
    """Return the largest size of all finite weights; 1 if they are all zero."""
    with np.errstate(invalid="ignore"):
        sizes = [np.abs(some)[np.isfinite(some)].max(initial=0.0) for some in weights]
    return float(max(sizes, default=0.0)) or 1.0


def change_share(before: NDArray[np.float32], now: NDArray[np.float32]) -> float:
    """Return the length of the change as a share of the length of the weights before; or NaN."""
    with np.errstate(all="ignore"):
        length = float(np.linalg.norm(before.ravel().astype(np.float64)))
        change = float(np.linalg.norm((now - before).ravel().astype(np.float64)))
    return change / length if length > 0 else math.nan


def _panel(
    layout: KernelLayout, weights: NDArray[np.float32], limit: float, table: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return one wall as ``(height, panel_width, 4)``."""
    some = weights[layout.first : layout.first + layout.shown]
    if layout.moments is None:
        some = some[:, :, np.newaxis]
    cells = np.zeros(
        (
            layout.rows * layout.columns,
            layout.cell_rows * layout.cell_columns,
            layout.slices,
            layout.kernel_height,
            layout.kernel_width,
            4,
        ),
        np.uint8,
    )
    codes = encode(some[:, : layout.inputs_shown], -limit, limit)
    cells[: len(some), layout.has_color : layout.cells] = table[codes]
    if layout.has_color:
        cells[: len(some), 0] = _in_color(some, limit)
    cells = cells.repeat(layout.scale, axis=3).repeat(layout.scale, axis=4)
    count, in_block, *slices = cells.shape
    joined = _joined(
        cells.reshape(count * in_block, *slices),
        (1, layout.slices),
        above=0,
        between=layout.slice_gap,
    )
    cells = joined.reshape(count, in_block, *joined.shape[1:])
    grid = layout.cell_rows, layout.cell_columns
    blocks = _joined(cells, grid, above=0, between=layout.cell_gap)
    grid = layout.rows, layout.columns
    return _joined(blocks[None], grid, above=layout.caption_height, between=BLOCK_GAP)[0]


def _in_color(weights: NDArray[np.float32], limit: float) -> NDArray[np.uint8]:
    """Return kernels ``(n, 3, kt, kh, kw)`` as RGBA pictures ``(n, kt, kh, kw, 4)``."""
    picture = np.full((len(weights), *weights.shape[2:], 4), 255, np.uint8)
    codes = encode(weights, -limit, limit)
    picture[..., :COLOR_CHANNELS] = np.moveaxis(codes, 1, -1)
    picture[(codes == NON_FINITE_CODE).any(axis=1), :COLOR_CHANNELS] = NON_FINITE
    return picture


def _joined(
    tiles: NDArray[np.uint8], grid: tuple[int, int], *, above: int, between: int
) -> NDArray[np.uint8]:
    """Return tiles ``(n, rows * columns, h, w, 4)`` as pictures ``(n, H, W, 4)`` with gaps."""
    rows, columns = grid
    count, _, height, width, depth = tiles.shape
    spaced_size = above + height + between, width + between
    spaced = np.zeros((count, rows, spaced_size[0], columns, spaced_size[1], depth), np.uint8)
    spaced[:, :, above : above + height, :, :width] = tiles.reshape(
        count, rows, columns, height, width, depth
    ).transpose(0, 1, 3, 2, 4, 5)
    whole = spaced.reshape(count, rows * spaced_size[0], columns * spaced_size[1], depth)
    return whole[:, : whole.shape[1] - between, : whole.shape[2] - between]
