"""The film keeps its time: late frames are skipped, it never slows down."""

from __future__ import annotations

import pytest

from cnngui.pipeline.tempo import DEFAULT_RATE, Tempo


def started(rate: float = 10.0, speed: float = 1.0) -> Tempo:
    tempo = Tempo()
    tempo.restart(50.0, rate, speed)
    return tempo


def test_frames_are_due_one_period_apart() -> None:
    tempo = started()
    assert tempo.wait_s(50.0) == pytest.approx(0.1)
    assert tempo.advance(50.1) == 0
    assert tempo.wait_s(50.1) == pytest.approx(0.1)


def test_lateness_does_not_add_up() -> None:
    tempo = started()
    for number in range(1, 50):
        assert tempo.advance(50.0 + number / 10 + 0.03) == 0
    assert tempo.wait_s(55.0) == pytest.approx(0.0)


def test_what_is_too_late_is_skipped() -> None:
    tempo = started()
    assert tempo.advance(50.45) == 3
    assert tempo.wait_s(50.45) == pytest.approx(0.05)


def test_who_slept_for_long_does_not_chase_the_past() -> None:
    tempo = started()
    assert tempo.advance(1000.0) <= 8
    assert tempo.advance(1000.1) <= 1


@pytest.mark.parametrize(("rate", "speed", "period"), [(10, 2, 0.05), (0, 1, 1 / DEFAULT_RATE)])
def test_period(rate: float, speed: float, period: float) -> None:
    assert started(rate, speed).wait_s(50.0) == pytest.approx(period)


def test_a_speed_of_nothing_is_very_slow() -> None:
    assert started(10, 0).wait_s(50.0) == pytest.approx(10.0)
