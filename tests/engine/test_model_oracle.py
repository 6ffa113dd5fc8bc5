"""Whole networks and every kind of layer against onnxruntime."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.engine.model import Model
from cnngui.formats.opening import open_network
from cnngui.spec.layers import Conv2d, GroupNorm, InstanceNorm2d, InstanceNorm3d, LayerNorm
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.presets import PRESETS
from cnngui.spec.shapes import infer
from tests.engine import networks, onnx_oracle
from tests.engine.video_networks import video_networks

NORMALISING = (GroupNorm, InstanceNorm2d, InstanceNorm3d, LayerNorm)


def assert_equals_oracle(network: NetworkSpec, weights, images: int = 1) -> None:
    x = np.random.default_rng(1).standard_normal((images, *network.input.shape), np.float32)
    expected = onnx_oracle.compute(network, weights, x)
    model = Model(network, weights)
    found = model.activations(x)
    # Normalising by the picture itself makes rounding errors as large as it likes where values are
    # all but equal.
    normalises = any(isinstance(layer, NORMALISING) for layer in network.layers)
    tolerance = 1e-3 if normalises else 1e-4
    for layer_id, array in expected.items():
        scale = max(np.abs(array).max(), 1e-3)
        assert found[layer_id].shape == array.shape, layer_id
        np.testing.assert_allclose(
            found[layer_id], array, rtol=tolerance, atol=tolerance * scale, err_msg=layer_id
        )
    # The last layer alone takes the way on which nothing in between is kept. Not to the last bit:
    # a batch normalisation may be multiplied into the weights of the layer before, and who reads a
    # layer decides what margins it has, and so how it is multiplied.
    last = network.layers[-1].id
    alone = model.activations(x, [last])[last]
    scale = max(np.abs(expected[last]).max(), 1e-3)
    np.testing.assert_allclose(alone, expected[last], rtol=tolerance, atol=tolerance * scale)


@settings(deadline=None, max_examples=150)
@given(networks.networks(), st.integers(1, 3))
def test_generated_networks(network, images):
    if network.layers:
        assert_equals_oracle(network, networks.random_weights(network), images)


@settings(deadline=None, max_examples=60)
@given(video_networks(), st.integers(1, 3))
def test_generated_networks_that_see_several_frames(network, images):
    # What onnxruntime does not have, or counts otherwise, is compared with loops.
    alike = [
        not isinstance(layer, onnx_oracle.NOT_IN_ONNX) and not getattr(layer, "ceil_mode", False)
        for layer in network.layers
    ]
    if network.layers and all(alike):
        assert_equals_oracle(network, networks.random_weights(network), images)


@settings(deadline=None, max_examples=200)
@given(
    st.data(), st.sampled_from((1, 3, 6)), st.integers(1, 30), st.integers(1, 70), st.integers(1, 3)
)
def test_generated_convolutions(data, channels, height, width, images):
    first = Conv2d(id="first", out_channels=channels, kernel_size=1)
    layer = data.draw(networks.convolutions("conv", channels))
    network = NetworkSpec(input=InputSpec(height=height, width=width), layers=(first, layer))
    if infer(network).is_valid:
        assert_equals_oracle(network, networks.random_weights(network), images)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_presets(preset):
    file = open_network(preset.key)
    assert_equals_oracle(file.spec, file.weights or networks.random_weights(file.spec))
