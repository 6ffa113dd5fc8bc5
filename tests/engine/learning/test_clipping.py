import numpy as np
import pytest

from cnngui.engine.learning.clipping import clip_by_norm, length, lengths_by_layer


def gradients(dtype=np.float64):
    return {
        "conv1": {"weight": np.full((3, 3), 2.0, dtype), "bias": np.full(4, 1.0, dtype)},
        "linear1": {"weight": np.full((3, 1), 1.0, dtype)},
    }


def test_lengths():
    assert lengths_by_layer(gradients()) == {
        "conv1": pytest.approx(np.sqrt(40)),
        "linear1": pytest.approx(np.sqrt(3)),
    }


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_gradients_are_shortened_together(dtype):
    given = gradients(dtype)
    assert clip_by_norm(given, 0.5) == pytest.approx(np.sqrt(43))
    everything = [array for of_layer in given.values() for array in of_layer.values()]
    assert length(everything) == pytest.approx(0.5, rel=1e-6)
    assert given["conv1"]["weight"][0, 0] / given["conv1"]["bias"][0] == pytest.approx(2)
    assert given["conv1"]["weight"].dtype == dtype


def test_short_gradients_stay():
    given = gradients()
    assert clip_by_norm(given, 7.0) == pytest.approx(np.sqrt(43))
    np.testing.assert_array_equal(given["conv1"]["weight"], gradients()["conv1"]["weight"])


def test_squares_beyond_float32_are_no_harm():
    given = {"l": {"weight": np.full(4, 1e30, np.float32)}}
    assert clip_by_norm(given, 1.0) == pytest.approx(2e30)
    np.testing.assert_allclose(given["l"]["weight"], 0.5, rtol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_shows_in_the_length(value):
    given = {"l": {"weight": np.array([1, value], np.float32)}}
    assert not np.isfinite(clip_by_norm(given, 1.0))
    assert given["l"]["weight"][0] == 1
