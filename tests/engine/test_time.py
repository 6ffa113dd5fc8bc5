"""What kernels over time are there to show, and that they are nothing but what they seem."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise_batch
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec

GREY = InputSpec(channels=1, height=9, width=15, frames=6, mean=(0.0,), std=(1.0,))


def outputs(*layers: spec.LayerSpec, x: np.ndarray, weights: dict | None = None) -> np.ndarray:
    network = NetworkSpec(input=GREY, layers=layers)
    return Model(network, weights).activations(x)[network.last_id]


def moving_dot() -> np.ndarray:
    """A dot that goes to the right, one pixel a frame."""
    x = np.zeros((1, *GREY.shape), np.float32)
    for moment in range(GREY.frames):
        x[0, 0, moment, 4, 3 + moment] = 1
    return x


def test_the_difference_of_two_moments_of_a_moving_dot():
    kernel = np.array([-1, 1], np.float32).reshape(1, 1, 2, 1, 1)
    difference = spec.Conv3d(id="d", out_channels=1, kernel_size=(2, 1, 1), bias=False)
    found = outputs(difference, x=moving_dot(), weights={"d": {"weight": kernel}})[0, 0]
    for moment in range(GREY.frames - 1):
        expected = np.zeros((9, 15))
        expected[4, 3 + moment], expected[4, 4 + moment] = -1, 1
        np.testing.assert_array_equal(found[moment], expected)
    still = np.repeat(moving_dot()[:, :, :1], GREY.frames, axis=2)
    assert not outputs(difference, x=still, weights={"d": {"weight": kernel}}).any()


def test_a_kernel_of_one_moment_is_one_of_images():
    x = np.random.default_rng(0).standard_normal((2, *GREY.shape), np.float32)
    weight = np.random.default_rng(1).standard_normal((5, 1, 1, 3, 3)).astype(np.float32)
    bias = np.arange(5, dtype=np.float32)
    of_video = spec.Conv3d(id="c", out_channels=5, kernel_size=(1, 3, 3), padding="same")
    of_images = spec.Conv2d(id="c", out_channels=5, padding="same")
    one = outputs(of_video, x=x, weights={"c": {"weight": weight, "bias": bias}})
    other = outputs(of_images, x=x, weights={"c": {"weight": weight[:, :, 0], "bias": bias}})
    np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("frames", [1, 4])
def test_bytes_are_normalised_as_they_are_read(frames):
    size = InputSpec(height=7, width=8, frames=frames, mean=(0.1, 0.2, 0.3), std=(0.5, 0.6, 0.7))
    model = Model(NetworkSpec(input=size, layers=(spec.Conv2d(id="c"),)))
    shape = (2, *([frames] if frames > 1 else []), 7, 8, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    values = normalise_batch(pixels, size.mean, size.std)
    read = model.activations(np.moveaxis(pixels, -1, 1), ["input", "c"])
    np.testing.assert_array_equal(read["input"], values)
    np.testing.assert_array_equal(read["c"], model.activations(values)["c"])
