"""Convolution and its gradients, as matrix multiplications."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.learning.unfold import Axes, Unfolding

_PRODUCTS_BYTES = 100_000
"""What products of single rows may take before they are summed: they should stay in the cache."""


def correlate(
    windows: Unfolding, weight: NDArray, out: NDArray, bias: NDArray | None = None
) -> None:
    """Multiply every window by the weights, and add a bias.

    Parameters
    ----------
    windows : of what is convolved.
    weight : ``(groups, results, taps)``.
    out : ``(rows, groups, results, places)``.
    bias : ``(groups, results, 1)``.
    """
    for chunk in windows.chunks:
        chunk.fill()
        results = out[chunk.rows, ..., chunk.places]
        np.matmul(weight, chunk.matrices, out=results)
        if bias is not None:
            np.add(results, bias, out=results)


def weight_gradient(
    windows: Unfolding, d_out: NDArray, d_weight: NDArray, products: NDArray
) -> None:
    """Sum, over all places and images, each window times the gradient of its result.

    Taps stand below each other, results beside each other: windows are then the first factor, and
    BLAS multiplies 8 to 32 results up to twice as fast as if they were the second.

    Parameters
    ----------
    windows : of what was convolved.
    d_out : ``(rows, groups, results, places)``.
    d_weight : ``(groups, taps, results)``, overwritten.
    products : scratch for as many of d_weight as rows are multiplied at a time.
    """
    is_first = True
    if not windows.chunks:
        d_weight.fill(0)
    for chunk in windows.chunks:
        chunk.fill()
        d_rows = d_out[chunk.rows, ..., chunk.places].swapaxes(-1, -2)
        matrices = chunk.matrices
        for first in range(0, len(d_rows), len(products)):
            some = slice(first, first + len(products))
            by_row = products[: len(d_rows[some])]
            if len(by_row) == 1 and is_first:
                # Of weights that fill the cache, each pass over them counts.
                np.matmul(matrices[some], d_rows[some], out=d_weight[np.newaxis])
            else:
                np.matmul(matrices[some], d_rows[some], out=by_row)
                total = by_row[0]
                if len(by_row) > 1:
                    total = np.add.reduce(by_row, axis=0)
                if is_first:
                    np.copyto(d_weight, total)
                else:
                    d_weight += total
            is_first = False


def rows_multiplied(d_weight: NDArray, rows: int) -> int:
    """Return of how many rows, of so many, products are made before they are summed."""
    return min(max(_PRODUCTS_BYTES // d_weight.nbytes, 1), rows)


def spread(d_out: NDArray, weight: NDArray, d_x: NDArray, axes: Axes, lines: NDArray) -> None:
    """The gradient with respect to what was convolved, for any stride.

    What some rows of results pass back through one place of the kernel goes to as many values, so
    it is added in one call.

    Parameters
    ----------
    d_out : ``(rows, groups, results, places)``.
    weight : ``(groups, taps, results)``.
    d_x : ``(rows, groups, group_channels, columns, moments, images)``, overwritten.
    axes : the convolution's windows.
    lines : scratch ``(rows at a time, groups, kernel_height, kernel_depth, kernel_width,
        group_channels, columns, moments, images)``.
    """
    overlaps = any(axis.stride < axis.reach for axis in axes)
    if overlaps or not all(axis.is_partition for axis in axes):
        d_x.fill(0)
    within = [
        (deep, ts, times_seen, across, xs, columns_seen)
        for deep, (ts, times_seen) in enumerate(axes.times.taps)
        for across, (xs, columns_seen) in enumerate(axes.columns.taps)
    ]
    results = axes.rows.seeing()
    for first in range(results.start, results.stop, len(lines)):
        rows = slice(first, min(first + len(lines), results.stop))
        some = lines[: rows.stop - first]
        matrices = some.reshape(*some.shape[:2], weight.shape[1], -1)
        np.matmul(weight, d_out[rows], out=matrices)
        for down, (ys, seen) in enumerate(axes.rows.part(rows.start, rows.stop).taps):
            for deep, ts, times_seen, across, xs, columns_seen in within:
                target = d_x[seen][..., columns_seen, times_seen, :]
                share = some[ys, :, down, deep, across][..., xs, ts, :]
                if overlaps:
                    np.add(target, share, out=target)
                else:
                    np.copyto(target, share)
