import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnngui.featuremaps.kernel_layout import plan_kernels

rooms = {
    "shape": st.one_of(
        st.tuples(st.integers(1, 300), st.integers(1, 70), st.integers(1, 12), st.integers(1, 12)),
        st.tuples(
            *(st.integers(1, 100), st.integers(1, 20), st.integers(1, 7)),
            *(st.integers(1, 7), st.integers(1, 7)),
        ),
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
    if width >= 900 and height >= 120 and shape[1] <= 70 and len(shape) == 4:
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
    assert bool(layout.caption_height) == (shape[0] <= 16)
    assert layout.shown >= 2
    assert layout.inputs_shown == shape[1]


@pytest.mark.parametrize("density", [1.5, 2.0])
def test_on_a_finer_screen_everything_is_as_large_as_on_a_coarse_one(density):
    shape = (16, 8, 5, 5)
    coarse = plan_kernels(shape, 984, 230)
    fine = plan_kernels(shape, round(984 * density), round(230 * density), density=density)
    assert fine.caption_height >= 14 * density
    assert fine.cell_width >= 0.8 * density * coarse.cell_width
    many = plan_kernels((512, 512, 3, 3), round(984 * density), 300, density=density)
    assert many.cell_width >= 6 * density


def test_every_row_can_be_reached():
    shape, seen, row = (300, 64, 5, 5), set(), 0
    while len(seen) < 300:
        layout = plan_kernels(shape, 900, 200, first_row=row)
        new = set(range(layout.first, layout.first + layout.shown))
        assert new - seen
        seen |= new
        row += layout.rows
    assert plan_kernels(shape, 900, 200, first_row=9999).first + layout.rows <= 300
