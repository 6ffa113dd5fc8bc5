"""Every operation's gradients beside numerical ones, in float64."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.errors import NetworkError
from cnngui.spec import layers as spec
from tests.engine.gradients.workbench import Bench, apart, numerical_gradient, relative_error
from tests.engine.networks import convolutions, poolings

CONVOLUTIONS = [
    {},
    {"padding": "same"},
    {"padding": "same", "kernel_size": (2, 4)},
    {"padding": "same", "kernel_size": 3, "dilation": 2},
    {"padding": "valid", "kernel_size": (3, 2)},
    {"kernel_size": 1},
    {"kernel_size": 1, "stride": 2},
    {"kernel_size": 1, "padding": 1},
    {"kernel_size": 1, "groups": 2},
    {"padding": 1, "stride": 2},
    {"padding": (2, 1), "stride": (1, 3)},
    {"padding": (0, 2), "stride": (3, 1)},
    {"padding": 4, "kernel_size": (2, 3)},
    {"padding": 3, "kernel_size": 2, "stride": 4},
    {"dilation": (2, 1), "padding": 1},
    {"dilation": (1, 3), "padding": 2, "stride": 2},
    {"dilation": 2, "padding": 2, "stride": (2, 1), "groups": 2},
    {"groups": 2, "padding": 1},
    {"groups": 2, "padding": 1, "stride": 2, "bias": False},
    {"groups": 4, "out_channels": 4, "padding": 1},
    {"groups": 4, "out_channels": 8, "padding": "same", "kernel_size": 5},
    {"groups": 4, "out_channels": 4, "stride": 2, "dilation": 2, "padding": 2},
    {"bias": False, "kernel_size": (5, 7)},
    {"out_channels": 1, "kernel_size": (5, 1)},
]

POOLINGS = [
    {},
    {"stride": 1},
    {"stride": 3},
    {"kernel_size": 3, "stride": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 1, "padding": 1},
    {"kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 0)},
    {"ceil_mode": True},
    {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel_size": (1, 4), "stride": (1, 3), "ceil_mode": True},
    {"kernel_size": 1, "stride": 1},
    {"kernel_size": 2, "stride": 1, "padding": 1},
    {"kernel_size": (5, 7), "stride": 1},
]

VALUE_BY_VALUE = [
    spec.ReLU(id="a"),
    spec.LeakyReLU(id="a", negative_slope=0.2),
    spec.Sigmoid(id="a"),
    spec.Tanh(id="a"),
    spec.SiLU(id="a"),
    spec.Softmax(id="a"),
    spec.Dropout(id="a", p=0.4),
]


def check(bench: Bench, tolerance: float = 1e-6) -> None:
    bench.differentiate()
    found = [array.copy() for array in (*bench.d_sources, *bench.gradients.values())]
    trained = [bench.parameters[name] for name in bench.gradients]
    for variable, gradient in zip((*bench.sources, *trained), found, strict=True):
        assert relative_error(gradient, numerical_gradient(bench, variable)) < tolerance


@pytest.mark.parametrize("arguments", CONVOLUTIONS, ids=str)
def test_convolution(arguments):
    layer = spec.Conv2d(id="conv", **{"out_channels": 6, **arguments})
    check(Bench(layer, apart((2, 4, 5, 7))))


@pytest.mark.parametrize("size", [(1, 1), (1, 6), (3, 3), (6, 5)])
@pytest.mark.parametrize("images", [1, 3])
def test_convolution_of_small_maps(size, images):
    layer = spec.Conv2d(id="conv", out_channels=2, padding=1)
    check(Bench(layer, apart((images, 3, *size))))


@pytest.mark.parametrize("arguments", POOLINGS, ids=str)
def test_max_pooling(arguments):
    check(Bench(spec.MaxPool2d(id="pool", **arguments), apart((2, 2, 5, 7))))


@pytest.mark.parametrize("arguments", POOLINGS, ids=str)
@pytest.mark.parametrize("count_include_pad", [True, False])
def test_mean_pooling(arguments, count_include_pad):
    layer = spec.AvgPool2d(id="pool", count_include_pad=count_include_pad, **arguments)
    check(Bench(layer, apart((2, 2, 5, 7))))


def test_pooling_in_pairs_that_fit():
    x = apart((3, 2, 4, 6))
    check(Bench(spec.MaxPool2d(id="pool"), x))
    check(Bench(spec.AvgPool2d(id="pool"), x))


def test_global_mean_pooling():
    check(Bench(spec.GlobalAvgPool2d(id="pool"), apart((3, 2, 5, 7))))


@pytest.mark.parametrize("layer", VALUE_BY_VALUE, ids=lambda layer: layer.type)
@pytest.mark.parametrize("shape", [(2, 3, 3, 5), (4, 6)], ids=["maps", "flat"])
def test_value_by_value(layer, shape):
    check(Bench(layer, apart(shape)))


@pytest.mark.parametrize("shape", [(3, 2, 3, 5), (2, 3, 1, 1), (5, 1, 2, 2)])
def test_batch_normalisation(shape):
    check(Bench(spec.BatchNorm2d(id="bn"), apart(shape) + 3))


def test_frozen_batch_normalisation():
    bench = Bench(spec.BatchNorm2d(id="bn", frozen=True), apart((3, 2, 3, 5)))
    bench.differentiate()
    found = bench.d_sources[0].copy()
    assert relative_error(found, numerical_gradient(bench, bench.sources[0])) < 1e-6


@pytest.mark.parametrize("bias", [True, False])
def test_linear(bias):
    check(Bench(spec.Linear(id="linear", out_features=4, bias=bias), apart((3, 7))))


@pytest.mark.parametrize("shape", [(2, 3, 3, 5), (4, 6)], ids=["maps", "flat"])
def test_flatten(shape):
    check(Bench(spec.Flatten(id="flat"), apart(shape)))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("shape", [(2, 3, 3, 5), (4, 6)], ids=["maps", "flat"])
def test_add(shape, count):
    check(Bench(spec.Add(id="add"), *(apart(shape, seed) for seed in range(count))))


def test_concat():
    check(Bench(spec.Concat(id="cat"), *(apart((2, c, 3, 5), c) for c in (1, 3, 2))))
    check(Bench(spec.Concat(id="cat"), *(apart((4, f), f) for f in (2, 5))))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_generated_convolutions_and_poolings(data):
    channels = data.draw(st.integers(1, 4))
    layer = data.draw(st.one_of(convolutions("layer", channels), poolings("layer")))
    size = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
    try:
        bench = Bench(layer, apart((data.draw(st.integers(1, 2)), channels, *size)))
    except NetworkError:
        return
    check(bench)


def test_a_window_of_equal_values_passes_its_gradient_to_one():
    bench = Bench(spec.MaxPool2d(id="pool"), np.ones((2, 3, 4, 4)))
    bench.differentiate()
    assert bench.d_sources[0].sum() == pytest.approx(bench.d_out.sum())
    assert np.count_nonzero(bench.d_sources[0]) == bench.d_out.size


def test_a_window_of_equal_values_that_overlaps_passes_its_gradient_to_one():
    bench = Bench(spec.MaxPool2d(id="pool", kernel_size=3, stride=1), np.ones((1, 1, 3, 5)))
    bench.differentiate()
    assert bench.d_sources[0].sum() == pytest.approx(bench.d_out.sum())
