"""Convolution and pooling, forward and backward, beside loops."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.ops import conv_learning
from cnngui.engine.ops.learning import tiles, unfold
from cnngui.engine.ops.learning.unfold import Axes
from cnngui.engine.ops.learning.windows import Axis
from cnngui.spec import layers as spec
from tests.engine import naive
from tests.engine.gradients import naive_gradients
from tests.engine.gradients.test_gradients import CONVOLUTIONS, POOLINGS
from tests.engine.gradients.workbench import Bench, apart


@pytest.fixture(params=["one matrix", "rows", "pieces of rows", "tiles", "pieces of tiles"])
def strategy(request, monkeypatch):
    """Small maps are one matrix as a rule; here also what large ones are."""
    if "tiles" in request.param:
        monkeypatch.setattr(tiles, "_LEAST_GAIN", np.inf)
    elif request.param != "one matrix":
        monkeypatch.setattr(conv_learning, "fits_one_matrix", lambda x, axes: False)
    if request.param == "pieces of rows":
        monkeypatch.setattr(unfold, "_CHUNK_BYTES", 2_000)
        monkeypatch.setattr(unfold, "FEWEST_PLACES", 2)
    if request.param == "pieces of tiles":
        monkeypatch.setattr(tiles, "_CHUNK_BYTES", 2_000)
        monkeypatch.setattr(tiles, "_FEWEST_TILES", 1)
        monkeypatch.setattr(tiles, "_FEWEST_TILES_OF_MANY_WEIGHTS", 1)
    return request.param


CONVOLUTIONS_OVER_TIME = [
    {},
    {"padding": "same", "kernel_size": (2, 3, 1)},
    {"padding": 1, "stride": (2, 1, 2)},
    {"padding": (0, 1, 2, 0, 2, 1), "dilation": (2, 1, 2)},
    {"kernel_size": (3, 1, 1), "groups": 2},
    {"kernel_size": 1},
]


@pytest.mark.parametrize("arguments", CONVOLUTIONS_OVER_TIME, ids=str)
def test_convolution_over_time(arguments, strategy):
    layer = spec.Conv3d(id="conv", **{"out_channels": 4, **arguments})
    check(layer, apart((2, 4, 4, 5, 6)))


@pytest.mark.parametrize("arguments", CONVOLUTIONS, ids=str)
def test_convolution(arguments, strategy):
    layer = spec.Conv2d(id="conv", **{"out_channels": 4, **arguments})
    check(layer, apart((2, 4, 5, 7)))


@pytest.mark.parametrize("size", [(3, 3), (4, 8), (9, 10), (3, 13)])
@pytest.mark.parametrize("padding", [0, 1, 2, (1, 0, 3, 0), (0, 4, 0, 1)])
def test_convolution_by_tiles(size, padding, monkeypatch):
    monkeypatch.setattr(tiles, "_LEAST_GAIN", np.inf)
    check(spec.Conv2d(id="conv", out_channels=3, padding=padding), apart((2, 5, *size)))


@pytest.mark.parametrize(("channels", "by_tiles"), [(8, False), (64, True)])
def test_tiles_are_for_many_channels(channels, by_tiles):
    maps = np.broadcast_to(np.float32(0), (16, channels, 16, 1, 16))
    axis = Axis(16, 16, 3, before=1)
    assert tiles.suits_tiles(maps, maps, Axes(axis, axis, Axis(1, 1, 1))) is by_tiles


def check(layer, x):
    bench = Bench(layer, x)
    weight, bias = bench.parameters["weight"], bench.parameters.get("bias")
    how = layer.stride, layer.dilation, layer.groups
    padded = np.pad(x, ((0, 0), (0, 0), *layer.pads))
    expected = naive.convolve(padded, weight, bias, *how)
    np.testing.assert_allclose(bench.result(), expected, atol=1e-9)

    bench.differentiate()
    d_out, (found,) = bench.seen()
    d_padded, d_weight = naive_gradients.convolve(d_out, padded, weight, *how)
    inside = zip(layer.pads, x.shape[2:], strict=True)
    d_x = d_padded[:, :, *(slice(before, before + side) for (before, _), side in inside)]
    np.testing.assert_allclose(found, d_x, atol=1e-9)
    np.testing.assert_allclose(bench.gradients["weight"], d_weight, atol=1e-9)
    if layer.bias:
        d_bias = d_out.sum((0, *range(2, d_out.ndim)))
        np.testing.assert_allclose(bench.gradients["bias"], d_bias, atol=1e-9)


@pytest.mark.parametrize("arguments", POOLINGS, ids=str)
@pytest.mark.parametrize("kind", ["max", "mean", "mean of what is inside"])
def test_pooling(arguments, kind):
    x = apart((2, 3, 5, 7))
    counts_padding = kind == "mean"
    layer: spec.MaxPool2d | spec.AvgPool2d = (
        spec.MaxPool2d(id="pool", **arguments)
        if kind == "max"
        else spec.AvgPool2d(id="pool", count_include_pad=counts_padding, **arguments)
    )
    how = layer.kernel_size, layer.stride, layer.padding
    bench = Bench(layer, x)
    result = bench.result()
    expected = naive.pool(x, kind, result.shape[2:], *how, counts_padding)
    np.testing.assert_allclose(result, expected, atol=1e-12)

    bench.differentiate()
    d_out, (found,) = bench.seen()
    d_x = naive_gradients.pool(d_out, x, kind, *how, counts_padding)
    np.testing.assert_allclose(found, d_x, atol=1e-12)
