"""Samples are what slicing the whole map gives, whichever way the program takes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.engine import parallel, plan
from cnngui.engine.glimpse import Glimpse
from cnngui.engine.model import Model
from cnngui.spec.layers import (
    Add,
    Conv2d,
    Dropout,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from tests.engine import networks


def glimpsed(model: Model, x, requests, whole=()):
    """Return the glimpses asked for, computed while some layers are looked at as a whole."""
    found = {}

    def keep_as(request):
        return lambda view: found.update({request: view.copy()})

    model.forward(x, {request: keep_as(request) for request in (*requests, *whole)})
    return {request: found[request] for request in requests}


def assert_glimpses_are_slices(model: Model, x, requests, whole=(), *, exactly=True) -> None:
    everything = model.activations(x, ["input", *(layer.id for layer in model.spec.layers)])
    for glimpse, array in glimpsed(model, x, requests, whole).items():
        maps = everything[glimpse.layer_id]
        expected = maps[:, : glimpse.channels, :: glimpse.row_step, :: glimpse.column_step]
        if not exactly:
            scale = max(np.abs(maps).max(), 1e-3)
            np.testing.assert_allclose(array, expected, rtol=1e-5, atol=1e-5 * scale)
        else:
            np.testing.assert_array_equal(array, expected, err_msg=glimpse.layer_id)


_pairs = st.tuples(st.integers(1, 7), st.integers(1, 7))


@settings(deadline=None, max_examples=150)
@given(networks.networks(), st.data(), st.integers(1, 2), st.sampled_from((1_000, 10_000)))
def test_of_generated_networks_cut_into_many_bands(network, data, images, band_bytes):
    maps = [name for name, shape in infer(network).shapes.items() if len(shape) == 3]
    names = data.draw(st.lists(st.sampled_from(maps), min_size=1, unique=True))
    requests = [Glimpse(name, data.draw(st.integers(1, 5)), *data.draw(_pairs)) for name in names]
    whole = data.draw(st.lists(st.sampled_from(maps), max_size=1))
    x = np.random.default_rng(0).standard_normal((images, *network.input.shape), np.float32)
    before = parallel.thread_count()
    parallel.configure(data.draw(st.sampled_from((1, 2))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "_BAND_BYTES", band_bytes)
        model = Model(network, networks.random_weights(network))
        try:
            # Not to the last bit: a batch normalisation may be multiplied into the weights of the
            # layer before, and who reads a layer decides how its bands are cut, and so multiplied.
            assert_glimpses_are_slices(model, x, requests, whole, exactly=False)
        finally:
            parallel.configure(before)


CAMERA = NetworkSpec(
    input=InputSpec(height=242, width=323),
    layers=(
        Conv2d(id="conv1", out_channels=16, kernel_size=3, padding="same"),
        LeakyReLU(id="leaky1", negative_slope=0.5),
        ReLU(id="relu1"),
        MaxPool2d(id="pool1"),
        Dropout(id="dropout"),
        Conv2d(id="conv2", out_channels=8, kernel_size=3, padding=1),
        Sigmoid(id="sigmoid2"),
        ReLU(id="relu2"),
        Add(id="add", inputs=("relu2", "conv2")),
        ReLU(id="relu3", inputs=("conv2",)),
        MaxPool2d(id="pool3", inputs=("relu3",)),
    ),
)


@pytest.mark.parametrize(
    "names",
    [
        ["input"],
        ["conv1"],
        ["leaky1", "pool1"],
        ["relu1", "pool1"],
        ["conv1", "leaky1", "relu1"],
        ["conv1", "leaky1", "relu1", "dropout", "conv2", "sigmoid2", "relu2", "add"],
        ["relu3", "pool3"],
    ],
)
@pytest.mark.parametrize("whole", [(), ("conv1",), ("relu1",), ("pool3",)])
@pytest.mark.parametrize("threads", [1, 2])
def test_before_and_after_what_is_computed_in_place(set_threads, threads, names, whole):
    set_threads(threads)
    model = Model(CAMERA, networks.random_weights(CAMERA))
    x = np.random.default_rng(0).standard_normal((1, *CAMERA.input.shape), np.float32)
    assert_glimpses_are_slices(model, x, [Glimpse(name, 4, 5, 3) for name in names], whole)


def test_two_glimpses_of_one_layer():
    model = Model(CAMERA)
    x = np.random.default_rng(0).standard_normal((2, *CAMERA.input.shape), np.float32)
    assert_glimpses_are_slices(
        model,
        x,
        [Glimpse("relu1", 1), Glimpse("relu1", 100, 1000, 1000), Glimpse("relu1", 2, 3, 3)],
    )


def test_glimpses_keep_nothing_whole(set_threads):
    set_threads(1)  # each thread that takes part has scratch memory of its own
    layers = [layer.id for layer in CAMERA.layers[:6]]
    x = np.zeros((1, *CAMERA.input.shape), np.float32)

    def peak(requests):
        model = Model(CAMERA)
        tracemalloc.start()
        try:
            model.forward(x, dict.fromkeys(requests, lambda view: None))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    last = layers[-1]
    glimpses = [Glimpse(name, 4, 8, 8) for name in layers]
    assert peak([*glimpses, last]) < peak([last]) + 2_500_000
    # One layer of 16 maps of 242x323 numbers takes 5 million bytes.
    assert peak([*layers]) > peak([last]) + 5_000_000


def test_an_unknown_layer_is_refused():
    with pytest.raises(KeyError):
        glimpsed(
            Model(CAMERA), np.zeros((1, *CAMERA.input.shape), np.float32), [Glimpse("none", 1)]
        )
