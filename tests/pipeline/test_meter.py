"""Counters, rates over a window that slides, latencies."""

from __future__ import annotations

import pytest

from cnngui.pipeline.meter import Meter, percentile
from cnngui.pipeline.results import Counters


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> Meter:
    return Meter(clock)


def test_counts(meter: Meter) -> None:
    for _ in range(5):
        meter.add_captured()
    for _ in range(2):
        meter.add_dropped(100.0)
    for _ in range(3):
        meter.add_processed(100.0)
    meter.add_shown(100.0)
    counters = meter.counters()
    assert (counters.captured, counters.processed, counters.shown, counters.dropped) == (5, 3, 1, 2)
    meter.reset()
    assert meter.counters() == Counters()


def test_frames_read_for_later_ones_are_read_and_not_counted(meter: Meter) -> None:
    for _ in range(3):
        meter.add_captured()
    meter.add_dropped(100.0)
    meter.add_gathered()
    meter.add_gathered()
    assert (meter.counters().captured, meter.read) == (3, 5)
    meter.reset()
    assert meter.read == 0


def test_frames_from_before_the_counting_began_do_not_count(meter: Meter, clock: Clock) -> None:
    clock.now += 1.0
    meter.reset()
    for add in (meter.add_dropped, meter.add_processed, meter.add_shown):
        add(100.5)
    assert meter.counters() == Counters()
    for add in (meter.add_dropped, meter.add_processed, meter.add_shown):
        add(101.0)
    counters = meter.counters()
    assert (counters.processed, counters.shown, counters.dropped) == (1, 1, 1)


def test_a_steady_source_has_its_rate(meter: Meter, clock: Clock) -> None:
    for _ in range(100):
        clock.now += 0.04
        meter.add_captured()
    assert meter.counters().rate_in == pytest.approx(25.0)


def test_a_rate_falls_when_nothing_comes_any_more(meter: Meter, clock: Clock) -> None:
    for _ in range(100):
        clock.now += 0.04
        meter.add_captured()
    clock.now += 1.0
    assert 5.0 < meter.counters().rate_in < 18.0
    clock.now += 2.0
    assert meter.counters().rate_in == 0.0


def test_latency_is_of_the_last_seconds(meter: Meter, clock: Clock) -> None:
    clock.now += 9.0
    meter.add_shown(clock.now - 9.0)
    clock.now += 6.0
    for milliseconds in range(1, 101):
        meter.add_shown(clock.now - milliseconds / 1000)
    counters = meter.counters()
    assert counters.latency_median_ms == pytest.approx(50.0)
    assert counters.latency_p95_ms == pytest.approx(95.0)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([], 50, 0.0), ([7.0], 99, 7.0), ([1.0, 2.0, 3.0, 4.0], 50, 2.0), ([1.0, 2.0], 95, 2.0)],
)
def test_percentile(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == expected
