import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnngui.featuremaps.colormaps import DIVERGING, lookup_table
from cnngui.featuremaps.kernel_wall import (
    change_share,
    draw_kernels,
    largest_weight,
    plan_kernels,
)

TABLE = lookup_table(DIVERGING[0], signed=True)


def weights(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


rooms = {
    "shape": st.tuples(
        st.integers(1, 300), st.integers(1, 70), st.integers(1, 12), st.integers(1, 12)
    ),
    "width": st.integers(1, 1600),
    "height": st.integers(1, 400),
    "panels": st.sampled_from([1, 3]),
    "first_row": st.integers(-3, 400),
}


@settings(deadline=None, max_examples=80)
@given(**rooms)
@example(shape=(1, 1, 1, 1), width=1, height=1, panels=1, first_row=0)
@example(shape=(8, 1024, 3, 3), width=1000, height=280, panels=3, first_row=2)
def test_blocks_lie_inside_and_points_name_their_weight(shape, width, height, panels, first_row):
    has_color = shape[1] == 3
    layout = plan_kernels(
        shape, width, height, panels=panels, has_color=has_color, first_row=first_row
    )
    assert layout.shown >= 1
    assert 0 <= layout.first < layout.count
    assert layout.first_row + layout.rows <= max(layout.all_rows, layout.rows)
    for panel in (0, panels - 1):
        for kernel in (layout.first, layout.first + layout.shown - 1):
            x, y, block_width, block_height = layout.block_rect(kernel, panel)
            assert 0 <= x <= x + block_width <= layout.width
            assert 0 <= y <= y + block_height <= layout.height
            point = layout.locate(x, y)
            assert point is not None
            assert (point.panel, point.kernel, point.row, point.column) == (panel, kernel, 0, 0)
            assert point.input is None if has_color else point.input == 0
    assert layout.kernel_at(x + block_width // 2, y + block_height // 2) == kernel
    assert layout.locate(-1, 0) is None
    assert layout.locate(layout.width, 0) is None
    if width >= 900 and height >= 120 and shape[1] <= 70:
        assert layout.inputs_shown == shape[1]
        assert layout.width <= width
        assert layout.height <= height


@pytest.mark.parametrize(
    ("shape", "everything_fits"),
    [
        ((8, 3, 3, 3), True),
        ((16, 8, 5, 5), True),
        ((64, 32, 3, 3), True),
        ((512, 512, 3, 3), False),
    ],
)
def test_usual_layers_in_the_room_of_the_drawer(shape, everything_fits):
    layout = plan_kernels(shape, 984, 230, has_color=shape[1] == 3)
    assert (layout.shown == layout.count) == everything_fits
    assert layout.has_captions == (shape[0] <= 16)
    assert layout.shown >= 2
    assert layout.inputs_shown == shape[1]


def test_every_row_can_be_reached():
    shape, seen, row = (300, 64, 5, 5), set(), 0
    while len(seen) < 300:
        layout = plan_kernels(shape, 900, 200, first_row=row)
        new = set(range(layout.first, layout.first + layout.shown))
        assert new - seen
        seen |= new
        row += layout.rows
    assert plan_kernels(shape, 900, 200, first_row=9999).first + layout.rows <= 300


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
    assert [color_at(1, column) for column in range(3)] == TABLE[[1, 128, 255]].tolist()


def test_points_show_the_weight_they_name_in_every_panel():
    shape = (7, 5, 3, 2)
    sets = tuple(weights(*shape, seed=seed) for seed in range(3))
    layout = plan_kernels(shape, 600, 150, panels=3)
    picture = draw_kernels(layout, sets, (1.0, 1.0, 3.0), TABLE)
    codes = [
        np.clip(127 * some / limit + 128.5, 1, 255)
        for some, limit in zip(sets, (1, 1, 3), strict=True)
    ]
    found = 0
    for y in range(0, layout.height, 3):
        for x in range(0, layout.width, 3):
            point = layout.locate(x, y)
            if point is None:
                assert picture[y, x, 3] == 0
                continue
            found += 1
            place = point.kernel, point.input, point.row, point.column
            assert picture[y, x].tolist() == TABLE[int(codes[point.panel][place])].tolist()
    assert found > 100


def test_a_kernel_over_red_green_and_blue_is_a_picture():
    values = np.zeros((2, 3, 2, 2), np.float32)
    values[0, 0] = 1.0
    values[1, 2, 1, 1] = -1.0
    layout = plan_kernels(values.shape, 400, 200, has_color=True)
    picture = draw_kernels(layout, (values,), (1.0,), TABLE)
    x, y, _, _ = layout.block_rect(0)
    assert picture[y, x].tolist() == [255, 128, 128, 255]
    x, y, _, _ = layout.block_rect(1)
    assert picture[y, x].tolist() == [128, 128, 128, 255]
    corner = picture[y + layout.cell_height - 1, x + layout.cell_width - 1]
    assert corner.tolist() == [128, 128, 1, 255]
    assert layout.locate(x, y).input is None


def test_weights_that_are_not_numbers_do_no_harm():
    values = weights(2, 2, 3, 3)
    values[0, 0] = np.nan
    values[1, 1] = np.inf
    limit = largest_weight(values)
    assert math.isfinite(limit)
    draw_kernels(plan_kernels(values.shape, 300, 200), (values,), (limit,), TABLE)
    assert math.isnan(change_share(np.zeros((1, 1), np.float32), values[0, 0]))
    assert largest_weight(np.zeros((2, 2), np.float32)) == 1.0


def test_change_is_a_share_of_what_was_before():
    before = weights(4, 3, 3, 3)
    assert change_share(before, before) == 0.0
    assert change_share(before, before * np.float32(1.5)) == pytest.approx(0.5, rel=1e-4)
