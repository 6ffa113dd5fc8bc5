import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngui.featuremaps.scaling import (
    HIGHEST_CODE,
    LOWEST_CODE,
    NEUTRAL_CODE,
    NON_FINITE_CODE,
    encode,
    value_ranges,
)
from cnngui.featuremaps.statistics import measure


def maps_of(*rows):
    return np.array(rows, np.float32)[:, None, :]


def test_each_map_uses_all_codes_of_its_own_range():
    maps = maps_of([0, 1, 2], [10, 10.5, 12])
    low, high = value_ranges(measure(maps), signed=False, scaling="map")
    codes = encode(maps, low, high)
    assert codes.dtype == np.uint8
    assert codes[0, 0].tolist() == [LOWEST_CODE, NEUTRAL_CODE, HIGHEST_CODE]
    assert codes[1, 0, [0, 2]].tolist() == [LOWEST_CODE, HIGHEST_CODE]


def test_one_range_for_the_layer_keeps_maps_comparable():
    maps = maps_of([0, 1], [0, 4])
    low, high = value_ranges(measure(maps), signed=False, scaling="layer")
    assert low.tolist() == [0, 0]
    assert high.tolist() == [4, 4]
    assert encode(maps, low, high)[0].max() < 70


def test_signed_ranges_are_symmetric_so_that_zero_is_neutral():
    maps = maps_of([-1, 0, 5], [-3, 0, 0.1])
    low, high = value_ranges(measure(maps), signed=True, scaling="map")
    assert low.tolist() == [-5, -3]
    assert high.tolist() == [5, 3]
    assert (encode(maps, low, high)[:, 0, 1] == NEUTRAL_CODE).all()


def test_locked_range_holds_whatever_the_maps_hold():
    maps = maps_of([-10, 0.5, 10])
    low, high = value_ranges(measure(maps), signed=False, scaling="locked", locked=(0.0, 1.0))
    assert encode(maps, low, high)[0, 0].tolist() == [LOWEST_CODE, NEUTRAL_CODE, HIGHEST_CODE]


def test_locked_without_a_range_is_the_layers():
    statistics = measure(maps_of([0, 1], [2, 8]))
    assert value_ranges(statistics, False, "locked")[1].tolist() == [8, 8]


@pytest.mark.parametrize("signed", [False, True])
def test_all_zero_is_shown_as_zero(signed):
    maps = np.zeros((3, 2, 2), np.float32)
    low, high = value_ranges(measure(maps), signed, "map")
    assert (encode(maps, low, high) == (NEUTRAL_CODE if signed else LOWEST_CODE)).all()


def test_a_constant_map_is_as_bright_as_it_can_be():
    maps = np.full((1, 2, 2), 5.0, np.float32)
    low, high = value_ranges(measure(maps), False, "map")
    assert (low[0], high[0]) == (0, 5)
    assert (encode(maps, low, high) == HIGHEST_CODE).all()


@pytest.mark.parametrize("signed", [False, True])
def test_nan_and_infinity_have_a_code_of_their_own(signed):
    maps = maps_of([np.nan, -np.inf, 0, 1, np.inf])
    low, high = value_ranges(measure(maps), signed, "map")
    lowest = NEUTRAL_CODE if signed else LOWEST_CODE
    expected = [NON_FINITE_CODE, NON_FINITE_CODE, lowest, HIGHEST_CODE, NON_FINITE_CODE]
    assert encode(maps, low, high)[0, 0].tolist() == expected


def test_values_as_large_as_there_are_keep_their_places():
    largest = float(np.finfo(np.float32).max)
    maps = maps_of([-largest, -largest / 2, 0, largest / 2, largest])
    low, high = value_ranges(measure(maps), True, "map")
    assert encode(maps, low, high)[0, 0].tolist() == [2, 65, 128, 191, 254]


@settings(deadline=None, max_examples=200)
@given(
    hnp.arrays(np.float32, st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))),
    st.booleans(),
    st.sampled_from(["map", "layer"]),
)
def test_any_values_get_codes_in_order_and_zero_stays_neutral(maps, signed, scaling):
    low, high = value_ranges(measure(maps), signed, scaling)
    assert (low < high).all()
    codes = encode(maps, low, high)
    assert ((codes == NON_FINITE_CODE) == ~np.isfinite(maps)).all()
    assert codes[np.isfinite(maps)].min(initial=HIGHEST_CODE) >= LOWEST_CODE
    assert codes.max() <= HIGHEST_CODE
    for values, coded in zip(maps, codes, strict=True):
        order = np.argsort(values[np.isfinite(values)])
        assert (np.diff(coded[np.isfinite(values)][order].astype(int)) >= 0).all()
    if signed:
        assert (codes[maps == 0] == NEUTRAL_CODE).all()
