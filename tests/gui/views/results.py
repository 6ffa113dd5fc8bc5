"""Results as the pipeline would hand them out, made of arrays that a test chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.frame import Moment, Window
from cnngui.featuremaps.histogram import histogram
from cnngui.featuremaps.scales import Scales
from cnngui.featuremaps.scaling import encode
from cnngui.featuremaps.statistics import measure, order_channels
from cnngui.featuremaps.thumbnail import thumbnail
from cnngui.featuremaps.wall import compose_wall, plan_wall
from cnngui.pipeline.lenses.channel import ChannelResult
from cnngui.pipeline.lenses.lens import SeenMoments
from cnngui.pipeline.lenses.scores import Scores
from cnngui.pipeline.lenses.thumbnails import Thumbnail, Thumbnails
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.results import FrameResult
from cnngui.spec.network import InputSpec

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
    window: Window | None = None,
) -> FrameResult:
    """Answer a request with the outputs of some layers, (C, H, W), (C, T, H, W) or (F,) each."""
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
        window=window,
    )


def filling_result(request: ViewRequest, window: Window) -> FrameResult:
    """Return what comes while a window has not all its frames: no maps."""
    shown = {request.layer_id: np.zeros(1, np.float32)}
    result = frame_result(request, shown, pixels=window.moments[-1].pixels, window=window)
    return replace(result, parts={})


def window_of(seen: InputSpec, have: int, step_s: float = 0.0, first_key: int = 0) -> Window:
    """Return a window with so many frames, each a little brighter than the one before."""
    size = seen.height, seen.width, seen.channels
    moments = tuple(
        Moment(first_key + place, place * step_s, np.full(size, 10 * (place + 1) % 256, np.uint8))
        for place in range(have)
    )
    return Window(seen, moments)


def _thumbnail(request: ViewRequest, output: Maps) -> Thumbnail:
    signed = bool((output < 0).any())
    if output.ndim == 4:
        output = output[:, request.moment_in(output.shape[1])]
    return Thumbnail(thumbnail(output, *request.thumbnail_size, signed), signed)


def wall_result(request: ViewRequest, maps: Maps, signed: bool) -> WallResult:
    moments, drawn, side_by_side = _moments(request, maps), maps, 1
    if moments is not None:
        maps = np.ascontiguousarray(maps[:, moments.places.start : moments.places.stop])
        is_film = request.time == "film"
        drawn = maps if is_film else maps[:, moments.slot]
        side_by_side = len(moments.places) if is_film else 1
    statistics = measure(maps)
    low, high = Scales(request.scaling, request.clips).ranges(
        request.layer_id, maps, statistics, signed
    )
    layout = plan_wall(
        *(len(maps), *maps.shape[-2:]),
        *(request.width, request.height, request.zoom, request.page),
        moments=side_by_side,
    )
    channels = layout.on_page(order_channels(statistics, request.order))
    codes = compose_wall(drawn, layout, channels, low, high)
    return WallResult(
        *(request.layer_id, layout, codes, channels, statistics, low, high, signed, maps),
        moments=moments,
    )


def _moments(request: ViewRequest, maps: Maps) -> SeenMoments | None:
    if maps.ndim != 4:
        return None
    count = maps.shape[1]
    return SeenMoments(count, request.moments_in(count), request.moment_in(count))


def _vector_result(request: ViewRequest, values: Maps) -> VectorResult:
    order = np.arange(len(values)) if request.order == "index" else np.argsort(-values)
    return VectorResult(request.layer_id, values, order, signed=bool((values < 0).any()))


def _channel_result(
    request: ViewRequest, maps: Maps, signed: bool, kernel: Maps | None, bias: float | None
) -> ChannelResult:
    channel = min(request.channel, len(maps) - 1)
    moments, film, values = _moments(request, maps), None, maps[channel]
    every = values
    if moments is not None:
        values = values[moments.chosen]
    statistics = measure(values[np.newaxis])
    scales = Scales(clips=request.clips)
    low, high = scales.ranges(request.layer_id, values[np.newaxis], statistics, signed)
    if moments is not None and request.time == "loop":
        film = every, encode(every, low[0], high[0])
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
        moments,
        film,
    )
