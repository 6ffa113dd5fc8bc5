from __future__ import annotations

import pytest

from cnngui.engine import parallel
from cnngui.pipeline.training import timing
from cnngui.pipeline.training.progress import StepTime
from cnngui.pipeline.training.timing import step_time
from cnngui.spec.layers import Conv2d
from cnngui.spec.network import NetworkSpec

from .samples import INPUT, small


@pytest.fixture(autouse=True)
def _one_thread():
    parallel.configure(1)
    yield
    parallel.shutdown()


def test_a_step_is_timed() -> None:
    found = step_time(small(), 8, 60.0)
    assert found is not None
    assert 0 < found.seconds < 30
    assert not found.is_more


def test_what_takes_longer_is_not_waited_for() -> None:
    assert step_time(small(), 8, 0.0) == StepTime(0.0, is_more=True)


def test_weights_that_are_elsewhere_are_not_needed() -> None:
    assert step_time(small().edited("conv1", weights_id="a" * 32), 8, 60.0) is not None


def test_what_cannot_learn_or_takes_much_memory_is_not_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maps = NetworkSpec(input=INPUT, layers=(Conv2d(id="conv1", out_channels=4),))
    assert step_time(maps, 8, 60.0) is None
    assert step_time(small().edited("conv1", out_channels=0), 8, 60.0) is None
    monkeypatch.setattr(timing, "_MOST_BYTES", 1000)
    assert step_time(small(), 8, 60.0) is None
