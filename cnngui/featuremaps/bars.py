"""The output of a layer without height and width, as upright bars made of codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.scaling import (
    BACKGROUND_CODE,
    HIGHEST_CODE,
    LOWEST_CODE,
    NON_FINITE_CODE,
    Ranges,
    encode,
    value_ranges,
)
from cnngui.featuremaps.statistics import Extremes, find_extremes


def bar_range(values: NDArray[np.float32], signed: bool, least: float = 0.0) -> Ranges:
    """Return low and high, float32 ``(1,)``, of bars ``(F,)`` that all begin at zero.

    They are ``least`` apart or more.
    """
    return value_ranges(bar_ends(values), signed, "map", least=least)


def bar_ends(values: NDArray[np.float32]) -> Extremes:
    """Return the least and the largest of finite values ``(F,)``, and zero if that is beyond."""
    ends = find_extremes(values[None, None, :])
    return Extremes(np.minimum(ends.minimum, 0), np.maximum(ends.maximum, 0))


def draw_bars(
    values: NDArray[np.float32], width: int, height: int, signed: bool, least: float = 0.0
) -> NDArray[np.uint8]:
    """Draw one upright bar per value, coloured by it; signed ones from a line in the middle.

    Parameters
    ----------
    values : float32 ``(F,)``. Of more values than pixels only evenly spread ones are drawn; NaN
        and infinity are columns from top to bottom in their own colour.
    least : how far apart the values of the lowest and the highest bar are at least.

    Returns
    -------
    uint8 ``(height, width)``, fresh: codes as in ``scaling``, background 0.
    """
    shown = values[np.linspace(0, len(values) - 1, min(len(values), width)).astype(np.intp)]
    finite = np.where(np.isfinite(shown), shown, np.float32(0.0))
    low, high = bar_range(finite, signed, least)
    bar_of_column = np.arange(width) * len(finite) // width
    codes = encode(shown[None, :], low[0], high[0])[0, bar_of_column]
    zero = encode(np.zeros((1, 1), np.float32), low[0], high[0])
    tips, base = _row_of(codes, height), _row_of(zero, height)
    rows = np.arange(height)[:, None]
    inside = (rows >= np.minimum(tips, base)) & (rows <= np.maximum(tips, base))
    inside |= codes == NON_FINITE_CODE
    picture = np.where(inside, codes, np.uint8(BACKGROUND_CODE))
    wide_enough_for_gaps = width >= 4 * len(finite)
    if wide_enough_for_gaps:
        picture[:, 1:][:, np.diff(bar_of_column) > 0] = BACKGROUND_CODE
    return picture


def _row_of(codes: NDArray[np.uint8], height: int) -> NDArray[np.int64]:
    """Return the row in which a bar with that code ends, the highest code in row 0."""
    from_top = HIGHEST_CODE - codes.astype(np.int64)
    return from_top * (height - 1) // (HIGHEST_CODE - LOWEST_CODE)
