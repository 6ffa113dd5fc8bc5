"""Computes one frame and makes the pictures of it that are on the screen, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.frame import Frame
from cnngui.engine.glimpse import Glimpse
from cnngui.engine.model import Observer
from cnngui.featuremaps.histogram import histogram
from cnngui.featuremaps.scaling import Range, encode, value_ranges
from cnngui.featuremaps.statistics import measure, order_channels
from cnngui.featuremaps.thumbnail import sample_for_thumbnail, thumbnail
from cnngui.featuremaps.wall import compose_wall, plan_wall
from cnngui.images.fit import fit_frame
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.results import (
    ChannelResult,
    FrameResult,
    Thumbnail,
    VectorResult,
    WallResult,
)
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec.network import InputSpec
from cnngui.spec.shapes import Shape

PICTURE_WIDTH = 640

Values = NDArray[np.float32]
Sealed = TypeVar("Sealed", bound=NDArray[Any])


def look(
    network: RunningNetwork,
    frame: Frame,
    view: ViewRequest,
    locked: dict[str, Range],
    *,
    fresh: bool = True,
    is_abandoned: Callable[[], bool] = lambda: False,
) -> FrameResult:
    """Compute a frame as far as the view needs it.

    Parameters
    ----------
    locked : ranges by layer id, kept from call to call: a layer's range is added when it is first
        seen while the scaling is locked, and all are forgotten when it no longer is.
    fresh : whether this frame was not computed before.
    is_abandoned : asked while computing; see ``Model.forward``.
    """
    last_id = network.spec.last_id
    shown_id = view.layer_id if view.layer_id in network.shapes else last_id
    thumbnails: dict[str, Thumbnail] = {}
    # What is made of the layers seen whole: kept where it is made.
    walls: list[WallResult] = []
    vectors: dict[str, Values] = {}
    channels: list[ChannelResult] = []

    # Drawn as soon as the layer is complete, while other threads compute those that follow.
    def draw_wall(batch: Values) -> None:
        values = _sealed(batch[0].copy(order="C"))
        wall = _wall(shown_id, values, network.signed[shown_id], view, locked)
        walls.append(wall)
        if view.wants_channel:
            channel = min(max(view.channel, 0), len(values) - 1)
            channels.append(_channel(network, wall, channel))

    def copier(layer_id: str) -> Observer:
        def copy(batch: Values) -> None:
            vectors[layer_id] = _sealed(batch[0].copy(order="C"))

        return copy

    def drawer(layer_id: str) -> Observer:
        def draw(batch: Values) -> None:
            signed = network.signed[layer_id]
            codes = thumbnail(batch[0], *view.thumbnail_size, signed)
            thumbnails[layer_id] = Thumbnail(_sealed(codes), signed)

        return draw

    observers: dict[str | Glimpse, Observer] = {}
    if len(network.shapes[shown_id]) == 1:
        observers[shown_id] = copier(shown_id)
    else:
        observers[shown_id] = draw_wall
    if len(network.shapes[last_id]) == 1 and (view.wants_channel or last_id in view.thumbnails):
        observers[last_id] = copier(last_id)  # the inspector shows the network's verdict too
    for layer_id in view.thumbnails:
        if layer_id in network.shapes:
            glimpse = _glimpse(layer_id, network.shapes[layer_id], view)
            observers[glimpse] = drawer(layer_id)
    pixels = network.fit(frame)
    network.run(pixels, observers, is_abandoned)
    vector = None
    if shown_id in vectors:
        vector = _vector(shown_id, vectors[shown_id], network.signed[shown_id], view)
    return FrameResult(
        index=frame.index,
        position=frame.position,
        time=frame.time,
        fresh=fresh,
        generation=network.generation,
        view=view,
        picture=_picture(frame.pixels),
        input=pixels,
        wall=walls[0] if walls else None,
        vector=vector,
        channel=channels[0] if channels else None,
        thumbnails=thumbnails,
        scores=vectors.get(last_id),
        layer_ms=network.layer_ms,
        weights=network.weights,
    )


def _glimpse(layer_id: str, shape: Shape, view: ViewRequest) -> Glimpse:
    """Return what a thumbnail needs of a layer: of a flat one everything."""
    if len(shape) == 1:
        return Glimpse(layer_id, shape[0])
    channels, step = sample_for_thumbnail(shape, *view.thumbnail_size)
    return Glimpse(layer_id, channels, step, step)


def _wall(
    layer_id: str, values: Values, signed: bool, view: ViewRequest, locked: dict[str, Range]
) -> WallResult:
    statistics = measure(values)
    if view.scaling == "locked":
        seen = float(statistics.minimum.min()), float(statistics.maximum.max())
        locked.setdefault(layer_id, seen)
    else:
        locked.clear()
    low, high = value_ranges(statistics, signed, view.scaling, locked.get(layer_id))
    layout = plan_wall(*values.shape, view.width, view.height, zoom=view.zoom, page=view.page)
    channels = layout.on_page(order_channels(statistics, view.order))
    codes = compose_wall(values, layout, channels, low, high)
    return WallResult(
        layer_id=layer_id,
        layout=layout,
        codes=_sealed(codes),
        channels=_sealed(channels),
        statistics=statistics,
        low=_sealed(low),
        high=_sealed(high),
        signed=signed,
        values=values,
    )


def _vector(layer_id: str, values: Values, signed: bool, view: ViewRequest) -> VectorResult:
    order = order_channels(measure(values[:, None, None]), view.order)
    return VectorResult(layer_id, values, _sealed(order), signed)


def _channel(network: RunningNetwork, wall: WallResult, channel: int) -> ChannelResult:
    values = wall.values[channel]
    low, high = float(wall.low[channel]), float(wall.high[channel])
    counted = histogram(values)
    statistics = wall.statistics
    kernel, bias = _kernel(network, wall.layer_id, channel)
    return ChannelResult(
        layer_id=wall.layer_id,
        channel=channel,
        values=values,
        codes=_sealed(encode(values, low, high)),
        low=low,
        high=high,
        signed=wall.signed,
        minimum=float(statistics.minimum[channel]),
        mean=float(statistics.mean[channel]),
        maximum=float(statistics.maximum[channel]),
        std=float(statistics.std[channel]),
        zeros=float(statistics.zeros[channel]),
        histogram_counts=_sealed(counted.counts),
        histogram_edges=_sealed(counted.edges),
        kernel=kernel,
        bias=bias,
    )


def _kernel(
    network: RunningNetwork, layer_id: str, channel: int
) -> tuple[Values | None, float | None]:
    parameters = network.weights.get(layer_id)
    if not parameters:
        return None, None
    layer = network.spec.layer(layer_id)
    if not (layer.has_kernels and layer.enabled):
        return None, None
    bias = parameters.get("bias")
    return parameters["weight"][channel], None if bias is None else float(bias[channel])


def _picture(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the source's picture, made smaller if it is larger than is shown."""
    height, width = pixels.shape[:2]
    if width <= PICTURE_WIDTH:
        return pixels
    small_height = max(round(height * PICTURE_WIDTH / width), 1)
    size = InputSpec(height=small_height, width=PICTURE_WIDTH, fit="stretch")
    return _sealed(fit_frame(pixels, size))


def _sealed(array: Sealed) -> Sealed:
    array.flags.writeable = False
    return array
