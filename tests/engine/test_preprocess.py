from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.preprocess import normalise, normalise_batch


@pytest.mark.parametrize("channels", [1, 3])
def test_formula_layout_and_given_memory(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels), np.uint8)
    mean, std = (0.5, 0.4, 0.3)[:channels], (0.2, 0.3, 2.0)[:channels]
    expected = ((pixels / 255 - mean) / std).transpose(2, 0, 1)[None]
    found = normalise(pixels, mean, std)
    assert found.shape == (1, channels, 5, 7)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    given = np.empty_like(found)
    assert normalise(pixels[::-1], mean, std, out=given) is given
    np.testing.assert_array_equal(given, found[:, :, ::-1])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_batch_is_its_pictures_one_by_one(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 7, channels), np.uint8)
    mean, std = (0.5, 0.4, 0.3)[:channels], (0.2, 0.3, 2.0)[:channels]
    found = normalise_batch(pixels, mean, std)
    for picture, alone in zip(found, pixels, strict=True):
        np.testing.assert_array_equal(picture, normalise(alone, mean, std)[0])
