"""What can be said in numbers about every channel of a layer. Runs for each frame shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnngui.images.opencv import cv2

ChannelOrder = Literal["index", "mean", "maximum", "variance"]
CHANNEL_ORDERS: tuple[ChannelOrder, ...] = ("index", "mean", "maximum", "variance")

# Below this many values per map, four calls per channel cost more than NumPy's passes over all.
_SMALL_MAP = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Extremes:
    """The smallest and the largest finite value of each channel (0 where a channel has none).

    Attributes
    ----------
    minimum, maximum : float32 ``(C,)``.
    """

    minimum: NDArray[np.float32]
    maximum: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ChannelStatistics(Extremes):
    """Numbers of each channel, over its finite values (0 where a channel has none).

    Attributes
    ----------
    minimum, maximum, mean, std : float32 ``(C,)``; std is that of the whole map (not of a sample).
    zeros : float32 ``(C,)``, the share of values that are exactly zero, 0..1.
    non_finite : int32 ``(C,)``, how many values are NaN or infinite.
    """

    mean: NDArray[np.float32]
    std: NDArray[np.float32]
    zeros: NDArray[np.float32]
    non_finite: NDArray[np.int32]

    @property
    def is_dead(self) -> NDArray[np.bool_]:
        """Bool ``(C,)``: the channels that are zero everywhere."""
        return self.zeros == 1.0

    def __len__(self) -> int:
        return len(self.minimum)


def measure(maps: NDArray[np.float32]) -> ChannelStatistics:
    """Measure every channel of one layer's output.

    Parameters
    ----------
    maps : float32 ``(C, H, W)``, each at least 1, of any strides; or contiguous ``(C, T, H, W)``,
        measured over all moments.
    """
    if maps.ndim == 4:
        maps = maps.reshape(len(maps), -1, maps.shape[3])
    size = maps.shape[1] * maps.shape[2]
    rows_are_contiguous = maps.strides[2] == maps.itemsize and maps.strides[1] > 0
    if size >= _SMALL_MAP and rows_are_contiguous:
        minimum, maximum, total, squares, zeros = _sums_by_map(maps)
    else:
        minimum, maximum, total, squares, zeros = _sums_of_all(maps)
    count = np.full(len(maps), size, np.int64)
    for channel in np.flatnonzero(~np.isfinite(total)):
        # A sum of finite float32 values cannot overflow float64, so this map holds NaN or infinity.
        finite = maps[channel][np.isfinite(maps[channel])]
        count[channel] = finite.size
        row = finite.reshape(1, 1, -1) if finite.size else np.zeros((1, 1, 1), np.float32)
        for sums, value in zip(
            (minimum, maximum, total, squares), _sums_of_all(row)[:4], strict=True
        ):
            sums[channel] = value[0]
    mean = total / np.maximum(count, 1)
    variance = np.maximum(squares / np.maximum(count, 1) - mean * mean, 0.0)
    return ChannelStatistics(
        minimum.astype(np.float32),
        maximum.astype(np.float32),
        mean.astype(np.float32),
        np.sqrt(variance).astype(np.float32),
        (zeros / size).astype(np.float32),
        (size - count).astype(np.int32),
    )


def find_extremes(maps: NDArray[np.float32]) -> Extremes:
    """Find what ``measure`` calls minimum and maximum, in a third of the time.

    Parameters
    ----------
    maps : float32 ``(C, H, W)``, H and W at least 1, of any strides.
    """
    with np.errstate(invalid="ignore"):
        minimum, maximum = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    for channel in np.flatnonzero(~(np.isfinite(minimum) & np.isfinite(maximum))):
        finite = maps[channel][np.isfinite(maps[channel])]
        minimum[channel] = finite.min() if finite.size else 0
        maximum[channel] = finite.max() if finite.size else 0
    return Extremes(minimum, maximum)


def order_channels(statistics: ChannelStatistics, order: ChannelOrder) -> NDArray[np.intp]:
    """Return int ``(C,)``: the channels in the order in which to show them.

    ``index`` as the layer has them; otherwise the largest first, equal ones by index.
    """
    if order == "index":
        return np.arange(len(statistics))
    key = {
        "mean": statistics.mean,
        "maximum": statistics.maximum,
        "variance": statistics.std,
    }[order]
    return np.argsort(-key, kind="stable")


_Sums = tuple[NDArray[np.float64], ...]


def _sums_by_map(maps: NDArray[np.float32]) -> _Sums:
    """Minimum, maximum, sum, sum of squares, zeros; one map at a time, while it is in the cache."""
    sums = np.empty((5, len(maps)))
    size = maps.shape[1] * maps.shape[2]
    for channel, values in enumerate(maps):
        minimum, maximum, _, _ = cv2.minMaxLoc(values)
        sums[:, channel] = (
            minimum,
            maximum,
            cv2.sumElems(values)[0],
            cv2.norm(values, cv2.NORM_L2SQR),
            size - cv2.countNonZero(values),
        )
    return tuple(sums)


def _sums_of_all(maps: NDArray[np.float32]) -> _Sums:
    """Return the same as ``_sums_by_map``, in a few passes over all maps together."""
    rows = maps.reshape(len(maps), -1).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return (
            rows.min(axis=1),
            rows.max(axis=1),
            rows.sum(axis=1),
            np.einsum("ci,ci->c", rows, rows),
            (rows == 0.0).sum(axis=1).astype(np.float64),
        )
