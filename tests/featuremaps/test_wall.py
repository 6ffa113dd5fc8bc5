from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnngui.featuremaps.scaling import (
    HIGHEST_CODE,
    LOWEST_CODE,
    encode,
    value_ranges,
)
from cnngui.featuremaps.statistics import measure, order_channels
from cnngui.featuremaps.wall import MAX_WALL, compose_wall, plan_wall

layouts = {
    "count": st.integers(1, 600),
    "map_height": st.integers(1, 300),
    "map_width": st.integers(1, 300),
    "width": st.integers(1, 1500),
    "height": st.integers(1, 1000),
    "zoom": st.floats(0.1, 20.0),
}
EXTREMES = [
    {"count": 1, "map_height": 1, "map_width": 1, "width": 1000, "height": 700, "zoom": 1.0},
    {"count": 512, "map_height": 1, "map_width": 1, "width": 1000, "height": 700, "zoom": 1.0},
    {"count": 512, "map_height": 7, "map_width": 7, "width": 3, "height": 3, "zoom": 1.0},
    {"count": 64, "map_height": 4096, "map_width": 1, "width": 1000, "height": 700, "zoom": 1.0},
    {"count": 64, "map_height": 1, "map_width": 4096, "width": 1000, "height": 700, "zoom": 9.0},
    {"count": 3, "map_height": 480, "map_width": 640, "width": 1, "height": 1, "zoom": 20.0},
]


def with_extremes(test):
    for arguments in EXTREMES:
        test = example(**arguments)(test)
    return settings(deadline=None, max_examples=60)(given(**layouts)(test))


@with_extremes
def test_tiles_lie_inside_the_wall_and_apart(count, map_height, map_width, width, height, zoom):
    layout = plan_wall(count, map_height, map_width, width, height, zoom)
    covered = np.zeros((layout.height, layout.width), np.uint8)
    for slot in range(layout.shown):
        x, y, tile_width, tile_height = layout.tile_rect(slot)
        assert x >= 0
        assert y >= 0
        assert x + tile_width <= layout.width
        assert y + tile_height <= layout.height
        covered[y : y + tile_height, x : x + tile_width] += 1
    assert covered.max() == 1
    if zoom <= 1 and min(width, height) > 100 and max(map_height, map_width) < 100:
        assert layout.width <= width
        assert layout.height <= height
    assert layout.width <= max(MAX_WALL, width)
    assert layout.height <= max(MAX_WALL, height)


@pytest.mark.parametrize(("map_height", "map_width"), [(1, 400), (400, 1)])
def test_maps_of_one_row_or_column_are_thick_enough_to_point_at(map_height, map_width):
    layout = plan_wall(12, map_height, map_width, 1000, 700)
    assert min(layout.tile_width, layout.tile_height) >= 16


@with_extremes
def test_locate_is_the_inverse_of_tile_rect(count, map_height, map_width, width, height, zoom):
    layout = plan_wall(count, map_height, map_width, width, height, zoom)
    for slot in {0, layout.shown // 2, layout.shown - 1}:
        x, y, tile_width, tile_height = layout.tile_rect(slot)
        assert layout.locate(x, y) == (slot, 0, 0, 0)
        last_row = (tile_height - 1) * map_height // tile_height
        last_column = (tile_width - 1) * map_width // tile_width
        assert layout.locate(x + tile_width - 0.5, y + tile_height - 0.5) == (
            slot,
            0,
            last_row,
            last_column,
        )
        assert layout.locate(x + tile_width, y) is None
        assert layout.locate(x, y + tile_height) is None
    assert layout.locate(-0.5, 0) is None
    assert layout.locate(0, -0.5) is None
    assert layout.locate(layout.width + 10_000, 0) is None


@with_extremes
def test_pages_together_show_every_channel_once(count, map_height, map_width, width, height, zoom):
    order = np.random.default_rng(0).permutation(count)
    first = plan_wall(count, map_height, map_width, width, height, zoom, most=50)
    assert first.per_page <= 50
    seen = []
    for page in range(first.pages):
        layout = plan_wall(count, map_height, map_width, width, height, zoom, page, most=50)
        assert (layout.columns, layout.tile_width) == (first.columns, first.tile_width)
        assert 0 < layout.shown <= layout.columns * layout.rows
        seen.extend(layout.on_page(order))
    assert seen == order.tolist()


def test_a_page_that_is_not_there_becomes_the_nearest():
    assert plan_wall(512, 7, 7, 1000, 700, page=-3).page == 0
    layout = plan_wall(512, 7, 7, 1000, 700, page=99)
    assert layout.page == layout.pages - 1


def test_many_channels_stay_readable():
    layout = plan_wall(512, 7, 7, 1000, 700)
    assert layout.tile_width >= 40
    assert layout.pages > 1
    assert plan_wall(64, 28, 28, 1000, 700).pages == 1


@pytest.mark.parametrize(("side", "shown"), [(5, 1000), (28, 980), (130, 910), (170, 1000)])
def test_small_maps_are_magnified_by_whole_numbers_where_that_costs_little(side, shown):
    layout = plan_wall(1, side, side, 1000, 1000)
    assert layout.tile_width == layout.tile_height == shown


@given(count=st.integers(1, 64), height=st.integers(5, 300), width=st.integers(5, 300))
def test_a_wall_fills_its_window_one_way(count, height, width):
    layout = plan_wall(count, height, width, 1000, 700)
    assert layout.pages > 1 or layout.width >= 850 or layout.height >= 550


def test_large_maps_fill_the_window_in_their_shape():
    layout = plan_wall(16, 480, 640, 1000, 700)
    assert (layout.columns, layout.rows) == (4, 4)
    assert layout.tile_width / layout.tile_height == pytest.approx(640 / 480, rel=0.02)
    assert layout.height > 680


def test_zoom_enlarges_in_the_same_places_until_the_bound():
    plain = plan_wall(64, 120, 160, 1000, 700)
    zoomed = plan_wall(64, 120, 160, 1000, 700, zoom=2.0)
    assert zoomed.columns == plain.columns
    assert zoomed.tile_width > 1.3 * plain.tile_width
    bound = plan_wall(64, 120, 160, 1000, 700, zoom=1000.0)
    assert max(bound.width, bound.height) <= MAX_WALL


@pytest.mark.parametrize("moments", [1, 3])
def test_every_value_is_a_square_of_its_code(moments):
    maps = np.random.default_rng(0).normal(size=(3, moments, 4, 5)).astype(np.float32)
    layout = plan_wall(3, 4, 5, 400, 200, moments=moments)
    low, high = value_ranges(measure(maps), True, "map")
    order = np.array([2, 0, 1])
    wall = compose_wall(maps, layout, order, low, high)
    codes = encode(maps, low[:, None], high[:, None])
    assert wall.shape == (layout.height, layout.width)
    seen = set()
    for y in range(layout.height):
        for x in range(layout.width):
            place = layout.locate(x, y)
            if place is None:
                assert wall[y, x] == 0
            else:
                slot, moment, row, column = place
                seen.add(place)
                assert wall[y, x] == codes[order[slot], moment, row, column]
    assert len(seen) == maps.size


@with_extremes
def test_moments_of_a_channel_are_side_by_side_and_alike(
    count, map_height, map_width, width, height, zoom
):
    layout = plan_wall(count, map_height, map_width, width, height, zoom, moments=5)
    x, y, tile_width, tile_height = layout.tile_rect(layout.shown - 1)
    rects = [layout.moment_rect(layout.shown - 1, moment) for moment in range(5)]
    assert rects[0][:2] == (x, y)
    assert rects[-1][0] + rects[-1][2] == x + tile_width
    for (left, _, across, down), after in pairwise(rects):
        assert (across, down) == (layout.moment_width, tile_height)
        assert left + across < after[0]
        assert layout.locate(left + across, y) is None
    found = layout.locate(rects[3][0], y)
    assert found is not None
    assert found[:2] == (layout.shown - 1, 3)


def test_one_value_of_time_more_makes_time_go_across_and_channels_down():
    layout = plan_wall(8, 30, 40, 900, 700, moments=8)
    assert (layout.columns, layout.rows) == (1, 8)
    assert layout.width <= 900
    assert layout.height <= 700


def test_shrinking_keeps_the_mean_and_takes_strided_views():
    maps = np.random.default_rng(0).uniform(0, 1, (4, 240, 320)).astype(np.float32)
    maps[2] += 1.0
    strided = np.ascontiguousarray(maps.transpose(1, 0, 2)).transpose(1, 0, 2)
    strided.flags.writeable = False
    layout = plan_wall(4, 240, 320, 250, 200)
    low, high = np.zeros(4, np.float32), np.full(4, 2.0, np.float32)
    wall = compose_wall(strided, layout, np.arange(4), low, high)
    np.testing.assert_array_equal(wall, compose_wall(maps, layout, np.arange(4), low, high))
    for slot, expected in enumerate((0.5, 0.5, 1.5, 0.5)):
        x, y, width, height = layout.tile_rect(slot)
        tile = wall[y : y + height, x : x + width]
        assert tile.mean() == pytest.approx(1 + expected / 2 * 254, abs=1.5)


def test_only_the_channels_of_the_page_are_drawn():
    maps = np.zeros((512, 7, 7), np.float32)
    maps[300:] = 1.0
    layout = plan_wall(512, 7, 7, 1000, 700, page=1)
    statistics = measure(maps)
    low, high = value_ranges(statistics, False, "layer")
    channels = layout.on_page(order_channels(statistics, "index"))
    wall = compose_wall(maps, layout, channels, low, high)
    assert wall[0, 0] == LOWEST_CODE
    x, y, _, _ = layout.tile_rect(layout.shown - 1)
    assert wall[y, x] == HIGHEST_CODE


@pytest.mark.parametrize("shape", [(2, 1, 1), (3, 4096, 1), (3, 1, 4096), (2, 300, 400), (2, 5, 5)])
def test_nan_and_infinity_are_drawn(shape):
    maps = np.ones(shape, np.float32)
    maps[0] = np.nan
    maps[1, 0, 0] = np.inf
    low, high = value_ranges(measure(maps), True, "map")
    layout = plan_wall(*shape, 300, 200)
    wall = compose_wall(maps, layout, np.arange(shape[0]), low, high)
    x, y, width, height = layout.tile_rect(0)
    assert (wall[y : y + height, x : x + width] == 1).all()


def test_true_sizes_have_one_scale_for_all_layers():
    from cnngui.featuremaps.wall import plan_true_wall

    sizes = {}
    for count, height, width in ((3, 120, 160), (8, 120, 160), (8, 60, 80), (64, 15, 20)):
        layout = plan_true_wall(count, height, width, (120, 160), 640, 480)
        sizes[height] = layout.tile_height, layout.tile_width
        assert layout.width <= 640
        assert layout.height <= 480
        assert layout.pages * layout.per_page >= count
    assert sizes[120] == (240, 320)
    assert sizes[60] == (120, 160)
    assert sizes[15] == (30, 40)
