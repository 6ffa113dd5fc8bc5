from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.scales import LEAST_SHARE, ROUNDING, Scales
from cnngui.featuremaps.scaling import LOWEST_CODE, NEUTRAL_CODE, Ranges, encode
from cnngui.featuremaps.statistics import measure

Maps = NDArray[np.float32]


def noise(*shape: int) -> Maps:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def ranges(scales: Scales, maps: Maps, *, signed: bool) -> Ranges:
    return scales.ranges("conv1", maps, measure(maps), signed)


def test_without_clipping_all_values_are_within() -> None:
    maps = noise(2, 80, 80)
    low, high = ranges(Scales(), maps, signed=True)
    np.testing.assert_array_equal(high, np.abs(maps).max((1, 2)))
    assert (low == -high).all()


def test_with_it_the_layers_range_holds_the_bulk_of_each_map() -> None:
    maps = noise(3, 80, 80) * np.array([1, 2, 3], np.float32)[:, None, None]
    own = ranges(Scales("map", clips=True), maps, signed=True)[1]
    assert (own < np.abs(maps).max((1, 2))).all()
    assert (ranges(Scales("layer", clips=True), maps, signed=True)[1] == own.max()).all()


def test_a_range_does_not_fall_below_a_share_of_the_widest_seen() -> None:
    maps = noise(2, 8, 8) * np.float32(1e-3)
    seen = Scales(widest={"conv1": np.array([2.0, 0.0])})
    low, high = ranges(seen, maps, signed=True)
    np.testing.assert_allclose(high, [LEAST_SHARE, np.abs(maps[1]).max()], rtol=1e-6)
    low, high = ranges(seen, np.abs(maps), signed=False)
    np.testing.assert_allclose(high - low, [2 * LEAST_SHARE, np.ptp(np.abs(maps[1]))], rtol=1e-6)
    assert low[0] == 0  # where a range is too narrow it is shown from zero


def test_what_rounding_leaves_of_nothing_stays_neutral() -> None:
    maps = noise(2, 8, 8) * np.float32(1e-8)
    for scaling in ("map", "layer"):
        codes = encode(maps, *ranges(Scales(scaling), maps, signed=True))
        assert np.abs(codes.astype(int) - NEUTRAL_CODE).max() < 10
        codes = encode(np.abs(maps), *ranges(Scales(scaling), np.abs(maps), signed=False))
        assert codes.max() < LOWEST_CODE + 10


def test_a_map_that_is_zero_has_a_range_of_its_own() -> None:
    nothing = np.zeros((1, 4, 4), np.float32)
    assert [float(end[0]) for end in ranges(Scales(), nothing, signed=False)] == [0, 1]
    assert [float(end[0]) for end in ranges(Scales(), nothing, signed=True)] == [-1, 1]


def test_bars_do_not_grow_out_of_rounding() -> None:
    values = np.array([1e-9, -3e-9], np.float32)
    assert Scales().least_of_bars("fc", values, signed=True) == ROUNDING
    seen = Scales(widest={"fc": np.array([4.0])})
    assert seen.least_of_bars("fc", values, signed=True) == 4 * LEAST_SHARE


def test_maps_of_which_only_the_first_few_were_seen() -> None:
    maps = noise(5, 6, 6)
    _, high = ranges(Scales(widest={"conv1": np.array([1000.0])}), maps, signed=True)
    assert high[0] == 25
    np.testing.assert_array_equal(high[1:], np.abs(maps[1:]).max((1, 2)))
