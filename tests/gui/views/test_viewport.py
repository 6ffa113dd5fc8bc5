from __future__ import annotations

import pytest

from cnngui.gui.views.viewport import MAX_ZOOM, Viewport


@pytest.fixture
def viewport() -> Viewport:
    made = Viewport()
    made.set_view(400, 300)
    made.set_wall(380, 200)
    return made


def test_a_fitting_wall_is_centred_on_whole_pixels(viewport: Viewport) -> None:
    viewport.set_view(401, 300)
    assert viewport.rect == (10, 50, 380, 200)


def test_zooming_leaves_the_point_under_the_pointer_where_it_is(viewport: Viewport) -> None:
    viewport.zoom_at(200, 150, 4)
    left, top, width, height = viewport.rect
    at = ((120 - left) / width, (90 - top) / height)
    viewport.zoom_at(120, 90, 1.5)
    left, top, width, height = viewport.rect
    assert (left + at[0] * width, top + at[1] * height) == pytest.approx((120, 90))


@pytest.mark.parametrize("push", [(1e4, 1e4), (-1e4, -1e4)])
def test_a_zoomed_wall_always_fills_the_view(viewport: Viewport, push: tuple[float, float]) -> None:
    viewport.zoom_at(200, 150, 4)
    viewport.pan(*push)
    left, top, width, height = viewport.rect
    assert left <= 0
    assert top <= 0
    assert left + width >= 400 - 1e-9
    assert top + height >= 300 - 1e-9


def test_pushing_at_an_edge_stores_nothing_up(viewport: Viewport) -> None:
    viewport.zoom_at(200, 150, 4)
    viewport.pan(1e4, 0)
    viewport.pan(-10, 0)
    assert viewport.rect[0] == pytest.approx(-10)


def test_zoom_stays_within_its_limits(viewport: Viewport) -> None:
    viewport.zoom_at(200, 150, 1e6)
    assert viewport.zoom == MAX_ZOOM
    viewport.zoom_at(200, 150, 1e-6)
    assert viewport.zoom == 1
    assert viewport.rect == (10, 50, 380, 200)


def test_reveal_moves_no_further_than_needed(viewport: Viewport) -> None:
    viewport.zoom_at(200, 150, 4)
    before = viewport.rect
    viewport.reveal(100, 100, 50, 50)
    assert viewport.rect == pytest.approx(before)
    viewport.reveal(390, 100, 50, 50)
    assert viewport.rect[0] == pytest.approx(before[0] - 40)
    viewport.reveal(-30, 100, 50, 50)
    assert viewport.rect[0] == pytest.approx(before[0] - 10)
