import threading
from dataclasses import replace

import numpy as np
import pytest

from cnngui.featuremaps.colormaps import DIVERGING
from cnngui.pipeline import kernel_painter
from cnngui.pipeline.kernel_painter import KernelPainter
from cnngui.pipeline.kernel_pictures import KernelRequest
from cnngui.pipeline.live import LivePipeline
from tests.pipeline.fakes import PATIENCE_S, Listener


def request_of(weights, **changes):
    request = KernelRequest(
        layer_id="conv1",
        weights=weights,
        first_weights=None,
        scale_with=(),
        compares=False,
        in_color=False,
        width=600,
        height=200,
        first_row=0,
        colormap=DIVERGING[0],
    )
    return replace(request, **changes)


@pytest.fixture
def weights():
    return np.random.default_rng(0).normal(size=(6, 3, 3, 3)).astype(np.float32)


@pytest.fixture
def drawn():
    """Return a function that lets a painter draw one request."""

    def draw(request):
        events, is_done = [], threading.Event()

        def report(event):
            events.append(event)
            is_done.set()

        painter = KernelPainter(report)
        painter.start()
        painter.tell(request)
        assert is_done.wait(PATIENCE_S)
        painter.stop()
        assert painter.join(PATIENCE_S)
        return events[0]

    return draw


def test_a_picture_of_the_weights(drawn, weights):
    result = drawn(request_of(weights))
    assert result.pixels.shape == (result.layout.height, result.layout.width, 4)
    assert not result.pixels.flags.writeable
    assert result.panels == (weights,)
    assert result.limits == (np.abs(weights).max(),)
    assert result.change is None
    assert not result.layout.has_color
    assert drawn(request_of(weights, in_color=True)).layout.has_color


def test_before_now_and_change(drawn, weights):
    first = weights * np.float32(0.5)
    result = drawn(request_of(weights, first_weights=first, compares=True))
    assert result.layout.panels == 3
    before, now, change = result.panels
    assert before is first
    assert now is weights
    np.testing.assert_array_equal(change, weights - first)
    assert result.limits[0] == result.limits[1] == np.abs(weights).max()
    assert result.limits[2] == pytest.approx(np.abs(weights).max() / 2)
    assert result.change == pytest.approx(1.0)
    alone = drawn(request_of(weights, first_weights=first))
    assert alone.layout.panels == 1
    assert alone.change == pytest.approx(1.0)


def test_a_colour_means_the_same_at_every_moment(drawn, weights):
    later = weights * np.float32(4.0)
    assert drawn(request_of(weights, scale_with=(later,))).limits == (np.abs(later).max(),)


def test_nothing_to_compare_with(drawn, weights):
    assert drawn(request_of(weights, compares=True)).layout.panels == 1


def test_the_newest_of_many_requests_wins(weights, monkeypatch):
    is_begun, may_go_on, is_done = threading.Event(), threading.Event(), threading.Event()
    paint, events = kernel_painter.draw_kernels, []

    def hold(*arguments):
        is_begun.set()
        assert may_go_on.wait(PATIENCE_S)
        return paint(*arguments)

    def report(event):
        events.append(event)
        if event.request.first_row == 5:
            is_done.set()

    monkeypatch.setattr(kernel_painter, "draw_kernels", hold)
    painter = KernelPainter(report)
    painter.start()
    painter.tell(request_of(weights))
    assert is_begun.wait(PATIENCE_S)
    for row in range(1, 6):
        painter.tell(request_of(weights, first_row=row))
    may_go_on.set()
    assert is_done.wait(PATIENCE_S)
    painter.stop()
    assert painter.join(PATIENCE_S)
    assert [event.request.first_row for event in events] == [0, 5]


def test_the_pipeline_paints_and_only_the_newest_picture_waits(
    pipeline: LivePipeline, listener: Listener, weights
) -> None:
    pipeline.tell(request_of(weights))
    assert listener.event(kernel_painter.KernelsDrawn).request.layer_id == "conv1"
