from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from cnngui.featuremaps.bulk import BULK_SHARE, find_bulk
from cnngui.featuremaps.statistics import Extremes, find_extremes, measure

Maps = NDArray[np.float32]


def bulk_of(maps: Maps) -> Extremes:
    return find_bulk(maps, find_extremes(maps))


def noise(*shape: int, seed: int = 0) -> Maps:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("size", [(60, 80), (234, 314), (256, 256), (1, 9000), (9000, 1)])
def test_about_one_value_in_a_hundred_lies_beyond(size: tuple[int, int]) -> None:
    maps = noise(3, *size)
    ends = bulk_of(maps)
    beyond = np.abs(maps) > ends.maximum[:, None, None]
    np.testing.assert_allclose(beyond.mean((1, 2)), 1 - BULK_SHARE, atol=0.006)
    np.testing.assert_array_equal(ends.minimum, -ends.maximum)


def test_single_strong_values_do_not_count() -> None:
    maps = np.abs(noise(2, 100, 100))
    maps[:, 7, 7] = 1e6
    ends = bulk_of(maps)
    assert (ends.maximum < 5).all()
    np.testing.assert_array_equal(ends.minimum, maps.min((1, 2)))


def test_stripes_that_come_again_with_every_step_are_not_missed() -> None:
    maps = np.zeros((1, 256, 256), np.float32)
    maps[:, :, 1::8] = 3.0
    assert bulk_of(maps).maximum.tolist() == [3.0]


def test_of_a_map_mostly_zero_the_rest_sets_the_end() -> None:
    maps = np.abs(noise(1, 200, 200)) + 1
    maps[np.random.default_rng(1).random(maps.shape) < 0.9] = 0
    ends = bulk_of(maps)
    beyond = maps > ends.maximum[0]
    assert 0 < beyond.sum() < 0.03 * np.count_nonzero(maps)


def test_of_a_map_with_few_values_that_are_not_zero_nothing_lies_beyond() -> None:
    maps = np.zeros((1, 300, 300), np.float32)
    maps[0, ::50, ::50] = np.arange(36, dtype=np.float32).reshape(6, 6) + 1
    assert bulk_of(maps).maximum.tolist() == [36]


@pytest.mark.parametrize("constant", [0.0, 5.0, -2.5])
def test_a_constant_map_keeps_its_value(constant: float) -> None:
    ends = bulk_of(np.full((2, 70, 70), constant, np.float32))
    assert ends.minimum.tolist() == ends.maximum.tolist() == [constant, constant]


def test_values_that_are_no_numbers_are_left_out() -> None:
    maps = noise(1, 100, 100)
    clean = bulk_of(maps)
    maps[0, :20] = np.nan
    maps[0, 20:40] = np.inf
    maps[0, 40:50] = -np.inf
    np.testing.assert_allclose(bulk_of(maps).maximum, clean.maximum, rtol=0.3)
    assert bulk_of(np.full((1, 50, 50), np.nan, np.float32)).maximum.tolist() == [0]


@settings(deadline=None, max_examples=100)
@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))))
def test_of_few_values_the_ends_are_the_extremes(maps: Maps) -> None:
    measured, ends = measure(maps), bulk_of(maps)
    np.testing.assert_array_equal(ends.minimum, measured.minimum)
    np.testing.assert_array_equal(ends.maximum, measured.maximum)
