"""From values to codes: which value is the darkest, which the brightest, and where zero is.

A picture of feature maps is made of codes: 2..254 are the values from low to high, 0 is the
background between the maps, 1 is what is no finite number: NaN and infinity. Signed maps have
ranges around zero, so that zero is code 128.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.statistics import Extremes

Scaling = Literal["map", "layer", "locked"]
SCALINGS: tuple[Scaling, ...] = ("map", "layer", "locked")

BACKGROUND_CODE = 0
NON_FINITE_CODE = 1
LOWEST_CODE = 2
NEUTRAL_CODE = 128
HIGHEST_CODE = 254

# A range narrower than this cannot be told from one of no width in float32 arithmetic.
_NARROWEST = 1e-30

# The difference of two float32 values further apart than this may be no finite float32.
_WIDEST = 3e38

Range = tuple[float, float]
Ranges = tuple[NDArray[np.float32], NDArray[np.float32]]


def value_ranges(
    extremes: Extremes,
    signed: bool,
    scaling: Scaling,
    locked: Range | None = None,
    least: NDArray[np.float64] | float = 0.0,
) -> Ranges:
    """Choose the values shown as the lowest and the highest code, for every channel.

    Parameters
    ----------
    extremes : of all channels of the layer.
    signed : whether the layer's output may be negative: ranges are then symmetric around zero.
    scaling : ``map``: each channel has its own range; ``layer``: all share the one that holds all;
        ``locked``: all share ``locked`` whatever they hold.
    locked : (low, high); without it ``locked`` is the same as ``layer``.
    least : ``(C,)`` or one number, how wide a range is at least. A narrower one is shown from zero.

    Returns
    -------
    low, high : float32 ``(C,)``, always ``low < high``.
    """
    low = extremes.minimum.astype(np.float64)
    high = extremes.maximum.astype(np.float64)
    if scaling != "map":
        shared = locked if scaling == "locked" else None
        if shared is None:
            shared = (float(low.min()), float(high.max()))
        low, high = (
            np.full_like(low, np.float32(shared[0])),
            np.full_like(high, np.float32(shared[1])),
        )
        least = np.max(least)
    if signed:
        high = np.maximum(np.maximum(np.abs(low), np.abs(high)), np.divide(least, 2))
        low = -high
        closed = high < _NARROWEST
        low, high = np.where(closed, -1.0, low), np.where(closed, 1.0, high)
    else:
        # One value alone is shown as the end that it is, seen from zero; zero itself as the lowest.
        closed = high - low < np.maximum(least, _NARROWEST)
        low = np.where(closed, np.minimum(low, 0.0), low)
        high = np.where(closed, np.maximum(high, 0.0), high)
        high = np.maximum(high, low + least)
        high = np.where(high - low < _NARROWEST, low + 1.0, high)
    return low.astype(np.float32), high.astype(np.float32)


def encode(
    maps: NDArray[np.float32],
    low: NDArray[np.float32] | float,
    high: NDArray[np.float32] | float,
) -> NDArray[np.uint8]:
    """Turn values into codes 2..254, NaN and infinity into 1.

    Values outside the range get its nearest end.

    Parameters
    ----------
    maps : float32 ``(..., H, W)`` of any strides.
    low, high : one number, or one per map ``(...)``, with ``low < high``.

    Returns
    -------
    uint8 of the same shape, fresh and contiguous.
    """
    lows = np.asarray(low, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        spans = np.asarray(high, np.float64) - lows
        scales = ((HIGHEST_CODE - LOWEST_CODE) / np.maximum(spans, _NARROWEST)).astype(np.float32)
        if spans.max(initial=0.0) > _WIDEST:
            maps, lows, scales = maps * np.float32(0.25), lows * np.float32(0.25), scales * 4
        scaled = maps - lows[..., None, None]
        scaled *= scales[..., None, None]
        scaled += LOWEST_CODE + 0.5
    # fmax, not maximum or clip: of NaN and a number it keeps the number.
    np.fmax(scaled, np.float32(LOWEST_CODE), out=scaled)
    np.minimum(scaled, np.float32(HIGHEST_CODE), out=scaled)
    codes = scaled.astype(np.uint8)
    finite = np.isfinite(maps)
    if not finite.all():
        codes[~finite] = NON_FINITE_CODE
    return codes
