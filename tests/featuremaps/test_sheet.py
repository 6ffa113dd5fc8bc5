import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnngui.featuremaps.colormaps import NON_FINITE, PAPER, lookup_table
from cnngui.featuremaps.scaling import HIGHEST_CODE, LOWEST_CODE
from cnngui.featuremaps.sheet import draw_sheet, draw_vector, plan_sheet
from cnngui.featuremaps.wall import MIN_SIDE

COLOURS = lookup_table("viridis", signed=False)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 4096), st.integers(1, 4096), st.integers(1, 4096))
@example(4096, 1, 1)
@example(1, 4096, 4096)
@example(512, 4096, 1)
@example(512, 1, 4096)
@example(1, 13, 3)
def test_all_channels_are_on_one_sheet_of_bounded_size(count, map_height, map_width):
    layout = plan_sheet(count, map_height, map_width)
    assert layout.pages == 1
    assert layout.shown == count <= layout.columns * layout.rows
    assert max(layout.width, layout.height) < 12_000
    assert layout.tile_width * layout.tile_height >= 1
    if layout.tile_width > max(map_width, MIN_SIDE):
        assert layout.tile_width % map_width == 0


def test_sheet_shows_the_maps_and_writes_on_paper():
    maps = np.zeros((5, 30, 40), np.float32)
    maps[4] = 1.0
    low, high = np.zeros(5, np.float32), np.ones(5, np.float32)
    picture = draw_sheet("conv1", maps, low, high, COLOURS)
    for code, tiles in ((LOWEST_CODE, 4), (HIGHEST_CODE, 1)):
        shown = (picture == COLOURS[code, :3]).all(axis=2).sum()
        assert shown >= tiles * 80 * 60
    heading = picture[:50, :200]
    assert (heading != PAPER).any()


@pytest.mark.parametrize("count", [1, 10, 64, 65, 5000])
@pytest.mark.parametrize("signed", [False, True])
def test_vectors_of_any_length(count, signed):
    values = np.random.default_rng(0).normal(size=count).astype(np.float32)
    labels = [f"class {unit}" for unit in range(count)]
    for named in ((), labels):
        picture = draw_vector("fc", values, named, signed, COLOURS)
        assert picture.ndim == 3
        assert (picture != PAPER).any()


def test_labelled_bars_are_as_long_as_their_values():
    colours = np.array(COLOURS)
    colours[HIGHEST_CODE] = (255, 0, 200, 255)
    picture = draw_vector("fc", np.array([1.0, 0.0], np.float32), ("a", "b"), False, colours)
    bar = (picture[60:80] == (255, 0, 200)).all(axis=2)
    assert bar.any(axis=0).sum() == 440


def test_vector_that_is_not_finite():
    values = np.array([np.nan, np.inf, -np.inf], np.float32)
    picture = draw_vector("fc", values, (), True, lookup_table("blue-red", True))
    assert (picture == NON_FINITE).all(axis=2).sum() == 3 * 440 * 14


def test_moments_go_across_on_a_sheet():
    layout = plan_sheet(8, 30, 40, moments=6)
    assert (layout.columns, layout.moments) == (1, 6)
    maps = np.zeros((3, 4, 30, 40), np.float32)
    maps[:, 3] = 1.0
    low, high = np.zeros(3, np.float32), np.ones(3, np.float32)
    picture = draw_sheet("conv1", maps, low, high, COLOURS)
    below = picture[60:]
    newest = (below == COLOURS[HIGHEST_CODE, :3]).all(axis=2)
    others = (below == COLOURS[LOWEST_CODE, :3]).all(axis=2)
    assert np.flatnonzero(others.any(axis=0)).max() < np.flatnonzero(newest.any(axis=0)).min()
    assert others.sum() >= 3 * newest.sum()


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.integers(1, 600), st.integers(1, 600), st.integers(2, 64))
def test_a_sheet_of_moments_is_bounded(count, map_height, map_width, moments):
    layout = plan_sheet(count, map_height, map_width, moments)
    assert max(layout.width, layout.height) < 12_000
    assert layout.moment_width >= 1
