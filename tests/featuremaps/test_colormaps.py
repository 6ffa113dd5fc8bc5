import numpy as np
import pytest

from cnngui.featuremaps.colormaps import DIVERGING, NON_FINITE, SEQUENTIAL, colourise, lookup_table
from cnngui.featuremaps.scaling import (
    HIGHEST_CODE,
    LOWEST_CODE,
    NEUTRAL_CODE,
    NON_FINITE_CODE,
)

ALL = [(name, False) for name in SEQUENTIAL] + [(name, True) for name in DIVERGING]


def luminance(table):
    """Relative luminance of sRGB colours (WCAG 2)."""
    share = table[LOWEST_CODE : HIGHEST_CODE + 1, :3] / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize(("name", "signed"), ALL)
def test_only_the_background_is_transparent(name, signed):
    table = lookup_table(name, signed)
    assert table.shape == (256, 4)
    assert table.dtype == np.uint8
    assert table[0].tolist() == [0, 0, 0, 0]
    assert (table[1:, 3] == 255).all()
    assert not table.flags.writeable


@pytest.mark.parametrize(("name", "signed"), ALL)
def test_nan_and_infinity_have_a_colour_far_from_all_values(name, signed):
    table = lookup_table(name, signed)[:, :3].astype(int)
    assert tuple(table[NON_FINITE_CODE]) == NON_FINITE
    away = np.linalg.norm(table[LOWEST_CODE : HIGHEST_CODE + 1] - NON_FINITE, axis=1)
    assert away.min() > 100


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_sequential_maps_grow_brighter_without_a_break(name):
    bright = luminance(lookup_table(name, signed=False))
    assert (np.diff(bright) > -0.004).all()
    assert bright[-1] - bright[0] > 0.5


@pytest.mark.parametrize("name", DIVERGING)
def test_diverging_maps_have_their_neutral_at_zero_and_arms_alike(name):
    table = lookup_table(name, signed=True)
    neutral = table[NEUTRAL_CODE, :3].astype(int)
    assert np.ptp(neutral) <= 8
    away = np.abs(table[LOWEST_CODE : HIGHEST_CODE + 1, :3].astype(int) - neutral).sum(axis=1)
    middle = NEUTRAL_CODE - LOWEST_CODE
    assert away.argmin() == middle
    bright = luminance(table)
    low_arm, high_arm = bright[: middle + 1][::-1], bright[middle:]
    for arm in (low_arm, high_arm):
        steps = np.diff(arm) * np.sign(arm[-1] - arm[0])
        assert (steps > -0.004).all()
    assert np.abs(low_arm - high_arm).max() < 0.12


def test_names_of_the_other_kind_are_refused():
    with pytest.raises(KeyError):
        lookup_table("viridis", signed=True)
    with pytest.raises(KeyError):
        lookup_table("blue-red", signed=False)
    with pytest.raises(KeyError):
        lookup_table("no such map", signed=False)


def test_codes_become_the_tables_colours():
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16)
    table = lookup_table("magma", signed=False)
    picture = colourise(codes, table, background=(9, 8, 7))
    assert picture[0, 0].tolist() == [9, 8, 7]
    np.testing.assert_array_equal(picture.reshape(-1, 3)[1:], table[1:, :3])
