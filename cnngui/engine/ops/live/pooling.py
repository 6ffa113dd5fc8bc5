"""Pooling: each output value is made of one window of one channel.

Windows are gone through tap by tap, a tap being one place in the window: the output as a whole is
combined with all the values that stand at that place. What lies in the padding is left out of a
tap, so no padded copy of the input is needed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, elementwise
from cnngui.engine.ops.live.layout import as_layout, is_pixel_major
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.spec.layers import Pair
from cnngui.spec.layers.windows import dilated

Array = NDArray[np.float32]

_NARROW = 64  # columns: of wider maps, most of a matrix that averages neighbours would be zeros
_WORTH_PAIRING = 2048  # values: two fast calls for one slow one


@dataclass(frozen=True)
class Windows:
    """Where windows lie: each a pair (height, width)."""

    kernel_size: Pair
    stride: Pair
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    @property
    def reach(self) -> Pair:
        """How many rows and columns a window lies over."""
        height, width = dilated(self.kernel_size, self.dilation)
        return height, width

    @property
    def are_apart(self) -> bool:
        """Whether no window lies over another nor over the padding."""
        return self.padding == (0, 0) and all(
            size <= step for size, step in zip(self.reach, self.stride, strict=True)
        )


def max_pool(x: Array, out: Array, windows: Windows, rows: range, scratch: Scratch) -> Calls:
    """The largest value of each window.

    Parameters
    ----------
    x : ``(N, C, H, W)``, the whole height.
    out : ``(N, C, len(rows), out_width)``.
    rows : which output rows ``out`` stands for.
    """
    return _combine(np.maximum, x, out, windows, rows, scratch, empty=-np.inf)


def avg_pool(
    x: Array,
    out: Array,
    windows: Windows,
    rows: range,
    scratch: Scratch,
    *,
    count_include_pad: bool,
) -> Calls:
    """The mean of each window; parameters as of ``max_pool``.

    ``count_include_pad`` divides by the window's size with the zeros of the padding counted, but
    never what lies beyond the padding (a last window in ceil mode), as PyTorch does.
    """
    shares = [
        1 / window_sizes(out_range, side, axis, windows, count_include_pad)
        for axis, (out_range, side) in enumerate(
            ((rows, x.shape[2]), (range(out.shape[3]), x.shape[3]))
        )
    ]
    if x.shape[3] <= _NARROW and not is_pixel_major(x):
        calls, sums = _combine_rows(np.add, x, windows, rows, scratch, empty=0.0)
        return [*calls, *_average_columns(sums, out, windows, *shares)]
    calls = _combine(np.add, x, out, windows, rows, scratch, empty=0.0)
    share = np.outer(*shares)
    if np.all(share == share[0, 0]):
        share = share[:1, :1]
    return [*calls, elementwise.bind(np.multiply, out, share.astype(np.float32), out=out)]


def _average_columns(
    sums: Array,
    out: Array,
    windows: Windows,
    row_shares: NDArray[np.float64],
    column_shares: NDArray[np.float64],
) -> Calls:
    """Multiply rows of sums with a matrix that adds up and divides: one call instead of four."""
    matrix = np.zeros((sums.shape[3], out.shape[3]))
    for to, source in _taps(range(out.shape[3]), sums.shape[3], 1, windows):
        matrix[np.arange(sums.shape[3])[source], np.arange(out.shape[3])[to]] = column_shares[to]
    scale = np.full(1, row_shares[0]) if np.all(row_shares == row_shares[0]) else row_shares
    if len(scale) == 1:
        matrix *= scale
    (lines, out_lines) = (array.transpose(0, 2, 1, 3) for array in (sums, out))
    if lines.flags.c_contiguous and out_lines.flags.c_contiguous:
        lines, out_lines = (array.reshape(-1, array.shape[3]) for array in (lines, out_lines))
    calls: Calls = [partial(np.matmul, lines, matrix.astype(np.float32), out_lines)]
    if len(scale) > 1:
        factors = scale.astype(np.float32)[:, None]
        calls.append(elementwise.bind(np.multiply, out, factors, out=out))
    return calls


def _combine(
    combine: np.ufunc,
    x: Array,
    out: Array,
    windows: Windows,
    rows: range,
    scratch: Scratch,
    empty: float,
) -> Calls:
    """First down the columns, on whole rows of x, then across: fewer and straighter passes."""
    calls, x = _combine_rows(combine, x, windows, rows, scratch, empty)
    if _are_pairs(x, windows, out):
        return calls + _combine_pairs(combine, x, out, scratch)
    horizontal = _taps(range(out.shape[3]), x.shape[3], 1, windows)
    places = [(out[..., to], x[..., source]) for to, source in horizontal]
    return calls + _combine_taps(combine, out, places, empty)


def _combine_rows(
    combine: np.ufunc, x: Array, windows: Windows, rows: range, scratch: Scratch, empty: float
) -> tuple[Calls, Array]:
    """Combine down the columns. Return the calls and where they leave the results."""
    vertical = _taps(rows, x.shape[2], 0, windows)
    if len(vertical) == 1 and vertical[0][0] == slice(0, len(rows)):
        return [], x[:, :, vertical[0][1]]
    images, channels, _, width = x.shape
    narrowed = as_layout(
        scratch.take(images * channels * len(rows) * width),
        (images, channels, len(rows), width),
        is_pixel_major(x),
    )
    places = [(narrowed[:, :, to], x[:, :, source]) for to, source in vertical]
    return _combine_taps(combine, narrowed, places, empty), narrowed


def _are_pairs(x: Array, windows: Windows, out: Array) -> bool:
    """Tell whether columns are to be combined two by two, and lie as whole 64-bit words."""
    return (
        sys.byteorder == "little"
        and (windows.reach[1], windows.stride[1], windows.padding[1]) == (2, 2, 0)
        and x.shape[3] == 2 * out.shape[3]
        and x.strides[3] == x.itemsize
        and out.size >= _WORTH_PAIRING
    )


def _combine_pairs(combine: np.ufunc, x: Array, out: Array, scratch: Scratch) -> Calls:
    """Combine every column with the next one, and keep every other result.

    Half of the work is for nothing, but NumPy reads neighbours with vector instructions, and every
    second float one by one. What is kept is the lower half of 64-bit integers: for making integers
    narrower NumPy has vector instructions, too.
    """
    images, channels, height, width = x.shape
    rows = x.transpose(0, 2, 1, 3)
    combined = scratch.take(images, height, channels, width)
    left, right, target = rows[..., :-1], rows[..., 1:], combined[..., :-1]
    if rows.flags.c_contiguous:
        # As one line, pairs over the ends of rows included: nobody reads them.
        line, target = rows.reshape(-1), combined.reshape(-1)[:-1]
        left, right = line[:-1], line[1:]
    pairs = combined.view(np.uint64).transpose(0, 2, 1, 3)
    return [
        elementwise.bind(combine, left, right, out=target),
        partial(np.copyto, out.view(np.uint32), pairs, casting="unsafe"),
    ]


def _combine_taps(
    combine: np.ufunc, out: Array, taps: list[tuple[Array, Array]], empty: float
) -> Calls:
    """Combine taps, each (the part of ``out`` that it reaches, what to combine it with)."""
    calls: Calls = []
    everywhere = [source for target, source in taps if target.shape == out.shape]
    if len(everywhere) == len(taps) == 1:
        return [elementwise.bind_copy(out, everywhere[0])]
    if len(everywhere) == len(taps):
        first, second, *_ = everywhere
        calls.append(elementwise.bind(combine, first, second, out=out))
        taps = taps[2:]
    else:
        calls.append(partial(out.fill, empty))
    calls += [elementwise.bind(combine, target, source, out=target) for target, source in taps]
    return calls


def _taps(outputs: range, side: int, axis: int, windows: Windows) -> list[tuple[slice, slice]]:
    """Return per tap of one axis which outputs it reaches and which inputs stand there."""
    step, pad, distance = windows.stride[axis], windows.padding[axis], windows.dilation[axis]
    taps = []
    for tap in range(windows.kernel_size[axis]):
        offset = tap * distance - pad
        first = max(outputs.start, -(offset // step))
        last = min(outputs.stop, (side - 1 - offset) // step + 1)
        if first < last:
            source = slice(first * step + offset, (last - 1) * step + offset + 1, step)
            taps.append((slice(first - outputs.start, last - outputs.start), source))
    return taps


def window_sizes(
    outputs: range, side: int, axis: int, windows: Windows, count_include_pad: bool
) -> NDArray[np.int64]:
    """Return how many places of one axis each window's mean is divided by.

    Parameters
    ----------
    outputs : which windows.
    side : how many values lie along the axis.
    axis : 0 for rows, 1 for columns.
    windows, count_include_pad : as of ``avg_pool``.
    """
    pad = windows.padding[axis]
    first = np.arange(outputs.start, outputs.stop) * windows.stride[axis] - pad
    last = np.minimum(first + windows.kernel_size[axis], side + pad)
    if not count_include_pad:
        first, last = np.maximum(first, 0), np.minimum(last, side)
    return last - first
