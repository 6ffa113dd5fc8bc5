import numpy as np
import pytest

from cnngui.featuremaps.histogram import histogram
from cnngui.featuremaps.statistics import find_extremes, measure, order_channels

SHAPES = [(1, 1, 1), (3, 5, 7), (4, 60, 80), (2, 4096, 1), (2, 1, 4096), (512, 2, 2)]


def random_maps(shape, seed=0):
    maps = np.random.default_rng(seed).normal(2.0, 3.0, shape).astype(np.float32)
    maps[np.abs(maps) < 1.0] = 0.0
    return maps


def rows_outermost(maps):
    """Return the same values laid out (H, C, W), as an engine may keep them, read-only."""
    view = np.ascontiguousarray(maps.transpose(1, 0, 2)).transpose(1, 0, 2)
    view.flags.writeable = False
    return view


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("arranged", [np.asarray, rows_outermost, lambda maps: maps[:, :, ::-1]])
def test_numbers_are_those_of_float64(shape, arranged):
    maps = arranged(random_maps(shape))
    statistics = measure(maps)
    exact = maps.astype(np.float64)
    np.testing.assert_array_equal(statistics.minimum, maps.min(axis=(1, 2)))
    np.testing.assert_array_equal(statistics.maximum, maps.max(axis=(1, 2)))
    np.testing.assert_allclose(statistics.mean, exact.mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(statistics.std, exact.std(axis=(1, 2)), atol=1e-4)
    np.testing.assert_allclose(statistics.zeros, (maps == 0).mean(axis=(1, 2)), atol=1e-6)
    assert not statistics.non_finite.any()
    assert len(statistics) == shape[0]


def test_small_spread_around_a_large_mean_is_not_lost():
    maps = np.random.default_rng(0).normal(1000.0, 0.1, (2, 100, 100)).astype(np.float32)
    np.testing.assert_allclose(
        measure(maps).std, maps.astype(np.float64).std(axis=(1, 2)), rtol=0.01
    )


@pytest.mark.parametrize("shape", [(3, 4, 4), (3, 64, 64)])
def test_statistics_are_over_finite_values(shape):
    maps = np.ones(shape, np.float32)
    maps[0, 0, :3] = np.nan, np.inf, -np.inf
    maps[0, 1, 0] = 3.0
    maps[1] = np.nan
    statistics = measure(maps)
    assert statistics.non_finite.tolist() == [3, shape[1] * shape[2], 0]
    assert statistics.minimum.tolist() == [1, 0, 1]
    assert statistics.maximum.tolist() == [3, 0, 1]
    finite = maps[0][np.isfinite(maps[0])]
    assert statistics.mean[0] == pytest.approx(finite.mean())
    assert statistics.std[0] == pytest.approx(finite.std(), abs=1e-6)


def test_values_whose_squares_overflow_float32_are_measured():
    statistics = measure(np.full((1, 50, 50), 3e38, np.float32))
    assert statistics.maximum[0] == np.float32(3e38)
    assert statistics.std[0] < 1e33


def test_dead_is_all_zero():
    maps = np.zeros((3, 50, 50), np.float32)
    maps[1, 7, 7] = 1e-20
    maps[2, 7, 7] = np.nan
    assert measure(maps).is_dead.tolist() == [True, False, False]


def test_orders():
    maps = np.array([[[0, 4]], [[3, 3]], [[-9, 9]], [[3, 3]]], np.float32)
    statistics = measure(maps)
    assert order_channels(statistics, "index").tolist() == [0, 1, 2, 3]
    assert order_channels(statistics, "mean").tolist() == [1, 3, 0, 2]
    assert order_channels(statistics, "maximum").tolist() == [2, 0, 1, 3]
    assert order_channels(statistics, "variance").tolist() == [2, 0, 1, 3]


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (480, 640)])
def test_histogram_counts_every_value(shape):
    values = random_maps((1, *shape))[0]
    made = histogram(values, bins=32)
    assert made.counts.sum() == values.size
    assert (np.diff(made.edges) > 0).all()
    if values.size > 1:
        assert made.edges[0] == values.min()
        assert made.edges[-1] == values.max()
        expected, _ = np.histogram(values, 32, (values.min(), values.max()))
        assert np.abs(made.counts - expected).sum() <= 1e-3 * values.size + 2


@pytest.mark.parametrize("value", [0.0, 5.0, -1e20, 1e-30])
def test_histogram_of_one_value_alone(value):
    made = histogram(np.full((4, 4), value, np.float32))
    assert made.counts.sum() == 16
    assert (made.counts > 0).sum() == 1
    assert made.edges[0] <= value <= made.edges[-1]


def test_histogram_leaves_out_what_is_not_finite():
    values = np.array([[np.nan, np.inf, -np.inf, 1.0, 2.0]], np.float32)
    assert histogram(values).counts.sum() == 2
    assert histogram(values).left_out == 3
    none = histogram(np.full((2, 2), np.nan, np.float32))
    assert none.counts.sum() == 0
    assert none.left_out == 4
    assert histogram(np.ones((2, 2), np.float32)).left_out == 0


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 7, 5), (4, 60, 80)])
def test_extremes_are_those_of_the_statistics(shape):
    maps = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    maps[0].flat[:2] = np.nan, np.inf
    maps[-1] = np.nan
    found, expected = find_extremes(maps), measure(maps)
    np.testing.assert_array_equal(found.minimum, expected.minimum)
    np.testing.assert_array_equal(found.maximum, expected.maximum)
