import math

import numpy as np
import pytest

from cnngui.featuremaps.colormaps import DIVERGING, NON_FINITE, lookup_table
from cnngui.featuremaps.kernel_layout import plan_kernels
from cnngui.featuremaps.kernel_wall import change_share, draw_kernels, largest_weight
from cnngui.featuremaps.scaling import HIGHEST_CODE, LOWEST_CODE, NEUTRAL_CODE

TABLE = lookup_table(DIVERGING[0], signed=True)


def weights(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_colours_have_zero_neutral_and_the_sign_on_its_side():
    values = np.zeros((1, 2, 1, 3), np.float32)
    values[0, 1, 0] = (-2.0, 0.0, 2.0)
    layout = plan_kernels(values.shape, 400, 200)
    picture = draw_kernels(layout, (values,), (2.0,), TABLE)
    assert picture.shape == (layout.height, layout.width, 4)

    def color_at(channel, column):
        for y in range(layout.height):
            for x in range(layout.width):
                point = layout.locate(x, y)
                if point is not None and (point.input, point.column) == (channel, column):
                    return picture[y, x].tolist()
        raise AssertionError

    assert color_at(0, 0) == TABLE[128].tolist()
    expected = TABLE[[LOWEST_CODE, NEUTRAL_CODE, HIGHEST_CODE]].tolist()
    assert [color_at(1, column) for column in range(3)] == expected


@pytest.mark.parametrize("shape", [(7, 5, 3, 2), (7, 5, 4, 3, 2), (7, 5, 1, 3, 2)])
def test_points_show_the_weight_they_name_in_every_panel(shape):
    sets = tuple(weights(*shape, seed=seed) for seed in range(3))
    layout = plan_kernels(shape, 1200, 300, panels=3)
    picture = draw_kernels(layout, sets, (1.0, 1.0, 3.0), TABLE)
    codes = [
        np.clip(126 * some / limit + 128.5, LOWEST_CODE, HIGHEST_CODE)
        for some, limit in zip(sets, (1, 1, 3), strict=True)
    ]
    moments = set()
    found = 0
    for y in range(0, layout.height, 3):
        for x in range(0, layout.width, 3):
            point = layout.locate(x, y)
            if point is None:
                assert picture[y, x, 3] == 0
                continue
            found += 1
            moments.add(point.moment)
            tap = point.moment, point.row, point.column
            place = point.kernel, point.input, *tap[5 - len(shape) :]
            assert picture[y, x].tolist() == TABLE[int(codes[point.panel][place])].tolist()
    assert found > 100
    assert len(moments) == (shape[2] if len(shape) == 5 else 1)


def test_a_kernel_over_red_green_and_blue_is_a_picture():
    values = np.zeros((2, 3, 2, 2), np.float32)
    values[0, 0] = 1.0
    values[1, 2, 1, 1] = -1.0
    layout = plan_kernels(values.shape, 400, 200, has_color=True)
    picture = draw_kernels(layout, (values,), (1.0,), TABLE)
    x, y, _, _ = layout.block_rect(0)
    assert picture[y, x].tolist() == [HIGHEST_CODE, 128, 128, 255]
    x, y, _, _ = layout.block_rect(1)
    assert picture[y, x].tolist() == [128, 128, 128, 255]
    corner = picture[y + layout.cell_height - 1, x + layout.cell_width - 1]
    assert corner.tolist() == [128, 128, LOWEST_CODE, 255]
    assert layout.locate(x, y).input is None


def test_a_kernel_over_colours_and_time_is_a_picture_for_each_moment():
    values = np.zeros((1, 3, 2, 1, 1), np.float32)
    values[0, 0, 1] = 1.0
    layout = plan_kernels(values.shape, 400, 200, has_color=True)
    picture = draw_kernels(layout, (values,), (1.0,), TABLE)
    x, y, _, _ = layout.block_rect(0)
    assert picture[y, x].tolist() == [128, 128, 128, 255]
    after = x + layout.slice_width + layout.slice_gap
    assert picture[y, after].tolist() == [HIGHEST_CODE, 128, 128, 255]
    assert picture[y, after - 1, 3] == 0
    assert layout.cell_gap > layout.slice_gap


def test_weights_that_are_not_numbers_do_no_harm():
    values = weights(2, 2, 3, 3)
    values[0, 0] = np.nan
    values[1, 1] = np.inf
    limit = largest_weight(values)
    assert math.isfinite(limit)
    layout = plan_kernels(values.shape, 300, 200)
    picture = draw_kernels(layout, (values,), (limit,), TABLE)
    is_magenta = (picture == (*NON_FINITE, 255)).all(axis=2)
    assert is_magenta.sum() == 2 * 9 * layout.scale**2
    assert math.isnan(change_share(np.zeros((1, 1), np.float32), values[0, 0]))
    assert largest_weight(np.zeros((2, 2), np.float32)) == 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_picture_over_red_green_and_blue_shows_where_one_is_no_number(value):
    values = weights(2, 3, 3, 3)
    values[0, 1, 2, 2] = value
    layout = plan_kernels(values.shape, 300, 200, has_color=True)
    picture = draw_kernels(layout, (values,), (1.0,), TABLE)
    is_magenta = (picture == (*NON_FINITE, 255)).all(axis=2)
    assert is_magenta.sum() == 2 * layout.scale**2  # in the picture, and in the kernel over green


def test_change_is_a_share_of_what_was_before():
    before = weights(4, 3, 3, 3)
    assert change_share(before, before) == 0.0
    assert change_share(before, before * np.float32(1.5)) == pytest.approx(0.5, rel=1e-4)
