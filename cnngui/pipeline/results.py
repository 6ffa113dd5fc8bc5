"""What the pipeline hands out for one frame. Arrays are fresh and read-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.statistics import ChannelStatistics
from cnngui.featuremaps.wall import WallLayout
from cnngui.pipeline.messages import ViewRequest
from cnngui.weights import Weights


@dataclass(frozen=True, eq=False)
class WallResult:
    """Every channel of one layer, as one picture.

    Attributes
    ----------
    layer_id : the layer shown.
    layout : where each tile is.
    codes : uint8 ``(h, w)``, places in a colour table; 0 is background.
    channels : int ``(n,)``, the channel shown in each slot of this page.
    statistics : of every channel of the layer.
    low, high : float32 ``(C,)``, the values drawn with the first and the last colour.
    signed : whether the colours run both ways from zero.
    values : float32 ``(C, H, W)``, the layer's output.
    """

    layer_id: str
    layout: WallLayout
    codes: NDArray[np.uint8]
    channels: NDArray[np.intp]
    statistics: ChannelStatistics
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    signed: bool
    values: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class VectorResult:
    """The output of a layer that has no height and width.

    Attributes
    ----------
    layer_id : the layer shown.
    values : float32 ``(F,)``.
    order : int ``(F,)``, the units in the order asked for.
    signed : whether values may be below zero, be they so in this frame or not.
    """

    layer_id: str
    values: NDArray[np.float32]
    order: NDArray[np.intp]
    signed: bool


@dataclass(frozen=True, eq=False)
class ChannelResult:
    """One channel, large and in numbers.

    Attributes
    ----------
    values : float32 ``(H, W)``.
    codes : uint8 ``(H, W)``, places in a colour table for ``low`` to ``high``.
    minimum, mean, maximum, std : of its values.
    zeros : share of exact zeros, 0..1.
    histogram_counts : int ``(bins,)``; ``histogram_edges`` : float32 ``(bins + 1,)``.
    kernel : float32 ``(in_channels / groups, kernel_height, kernel_width)``, what a convolution
        slides to make this channel; None for other layers.
    bias : what that convolution adds; None where there is none.
    """

    layer_id: str
    channel: int
    values: NDArray[np.float32]
    codes: NDArray[np.uint8]
    low: float
    high: float
    signed: bool
    minimum: float
    mean: float
    maximum: float
    std: float
    zeros: float
    histogram_counts: NDArray[np.int64]
    histogram_edges: NDArray[np.float32]
    kernel: NDArray[np.float32] | None
    bias: float | None


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of one layer: uint8 codes ``(h, w)``."""

    codes: NDArray[np.uint8]
    signed: bool


@dataclass(frozen=True, eq=False)
class FrameResult:
    """One frame, and what the network made of it.

    Attributes
    ----------
    index, position, time : the frame's; see ``capture.frame.Frame``.
    fresh : False when the same frame was computed once more for another network or view.
    generation : of the network that computed it.
    view : the request it answers.
    picture : uint8 ``(h, w, 3)``, the source's frame, at most 640 pixels wide.
    input : uint8 ``(H, W, C)``, what the network saw.
    wall, vector : the layer shown: one of the two.
    channel : for the inspector; None for a flat layer or when nobody asked.
    thumbnails : by layer id.
    scores : float32 ``(K,)``, the last layer's output if it is flat and was computed.
    layer_ms : milliseconds per layer computed.
    weights : the network's, by layer id.
    """

    index: int
    position: int
    time: float
    fresh: bool
    generation: int
    view: ViewRequest
    picture: NDArray[np.uint8]
    input: NDArray[np.uint8]
    wall: WallResult | None
    vector: VectorResult | None
    channel: ChannelResult | None
    thumbnails: Mapping[str, Thumbnail]
    scores: NDArray[np.float32] | None
    layer_ms: Mapping[str, float]
    weights: Weights


@dataclass(frozen=True)
class Counters:
    """How well the pipeline keeps up.

    Attributes
    ----------
    captured, processed, shown, dropped : frames since the counters were reset. ``dropped`` ones
        were replaced by a newer frame before the network had time for them.
    rate_in, rate_processed, rate_shown : frames a second over the last two seconds.
    latency_median_ms, latency_p95_ms : from capture to screen over the last five seconds; 0 while
        nothing was shown.
    """

    captured: int = 0
    processed: int = 0
    shown: int = 0
    dropped: int = 0
    rate_in: float = 0.0
    rate_processed: float = 0.0
    rate_shown: float = 0.0
    latency_median_ms: float = 0.0
    latency_p95_ms: float = 0.0
