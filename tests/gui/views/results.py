"""Results as the pipeline would hand them out, made of arrays that a test chooses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.histogram import histogram
from cnngui.featuremaps.scales import Scales
from cnngui.featuremaps.scaling import encode
from cnngui.featuremaps.statistics import measure, order_channels
from cnngui.featuremaps.thumbnail import thumbnail
from cnngui.featuremaps.wall import compose_wall, plan_wall
from cnngui.pipeline.lenses.channel import ChannelResult
from cnngui.pipeline.lenses.scores import Scores
from cnngui.pipeline.lenses.thumbnails import Thumbnail, Thumbnails
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.results import FrameResult

Maps = NDArray[np.float32]


def frame_result(
    request: ViewRequest,
    outputs: Mapping[str, Maps],
    *,
    signed: bool = False,
    kernel: Maps | None = None,
    bias: float | None = None,
    scores: Maps | None = None,
    is_untrained: bool = False,
    generation: int = 0,
    pixels: NDArray[np.uint8] | None = None,
    picture: NDArray[np.uint8] | None = None,
) -> FrameResult:
    """Answer a request with the outputs of some layers, (C, H, W) or (F,) each."""
    shown = outputs[request.layer_id]
    is_flat = shown.ndim == 1
    small = {
        layer_id: _thumbnail(request, outputs[layer_id])
        for layer_id in request.thumbnails
        if layer_id in outputs
    }
    parts = (
        None if is_flat else wall_result(request, shown, signed),
        _vector_result(request, shown) if is_flat else None,
        None if is_flat else _channel_result(request, shown, signed, kernel, bias),
        Thumbnails(small) if small else None,
        None if scores is None else Scores(scores, is_untrained),
    )
    if pixels is None:
        pixels = np.full((120, 160, 3), 128, np.uint8)
    return FrameResult(
        index=0,
        position=0,
        time=0.0,
        fresh=True,
        is_complete=True,
        continues=False,
        generation=generation,
        view=request,
        picture=pixels if picture is None else picture,
        input=pixels,
        parts={type(part): part for part in parts if part is not None},
        layer_ms={},
        weights={},
    )


def _thumbnail(request: ViewRequest, output: Maps) -> Thumbnail:
    signed = bool((output < 0).any())
    return Thumbnail(thumbnail(output, *request.thumbnail_size, signed), signed)


def wall_result(request: ViewRequest, maps: Maps, signed: bool) -> WallResult:
    statistics = measure(maps)
    low, high = Scales(request.scaling, request.clips).ranges(
        request.layer_id, maps, statistics, signed
    )
    layout = plan_wall(*maps.shape, request.width, request.height, request.zoom, request.page)
    channels = layout.on_page(order_channels(statistics, request.order))
    codes = compose_wall(maps, layout, channels, low, high)
    return WallResult(
        request.layer_id, layout, codes, channels, statistics, low, high, signed, maps
    )


def _vector_result(request: ViewRequest, values: Maps) -> VectorResult:
    order = np.arange(len(values)) if request.order == "index" else np.argsort(-values)
    return VectorResult(request.layer_id, values, order, signed=bool((values < 0).any()))


def _channel_result(
    request: ViewRequest, maps: Maps, signed: bool, kernel: Maps | None, bias: float | None
) -> ChannelResult:
    channel = min(request.channel, len(maps) - 1)
    values = maps[channel]
    statistics = measure(values[np.newaxis])
    scales = Scales(clips=request.clips)
    low, high = scales.ranges(request.layer_id, values[np.newaxis], statistics, signed)
    counted = histogram(values)
    return ChannelResult(
        request.layer_id,
        channel,
        values,
        encode(values, low[0], high[0]),
        float(low[0]),
        float(high[0]),
        signed,
        float(statistics.minimum[0]),
        float(statistics.mean[0]),
        float(statistics.maximum[0]),
        float(statistics.std[0]),
        float(statistics.zeros[0]),
        int(statistics.non_finite[0]),
        int(((values < low[0]) | (values > high[0])).sum()),
        counted.counts,
        counted.edges,
        kernel,
        bias,
    )
