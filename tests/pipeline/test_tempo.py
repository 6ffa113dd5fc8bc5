"""The film keeps its time: late frames are skipped, it never slows down."""

from __future__ import annotations

import pytest

from cnngui.pipeline.tempo import MOST_SKIPPED, Tempo

RATE = 10.0


def started(speed: float = 1.0, shown_s: float = 0.0) -> Tempo:
    tempo = Tempo()
    tempo.restart(50.0, shown_s, speed)
    return tempo


def following(next_frame: int) -> list[float]:
    return [(next_frame + number) / RATE for number in range(MOST_SKIPPED + 1)]


def test_frames_are_due_at_their_times() -> None:
    tempo = started(shown_s=7.0)
    assert tempo.wait_s(50.0, 7.1) == pytest.approx(0.1)
    assert tempo.wait_s(50.1, 7.6) == pytest.approx(0.5)
    assert tempo.wait_s(51.0, 7.6) == 0.0


def test_lateness_does_not_add_up() -> None:
    tempo = started()
    for number in range(1, 50):
        assert tempo.skipped(50.0 + number / RATE + 0.03, following(number)) == 0
    assert tempo.wait_s(54.93, 5.0) == pytest.approx(0.07)


def test_what_is_too_late_is_skipped() -> None:
    tempo = started()
    assert tempo.skipped(50.45, following(1)) == 3
    assert tempo.wait_s(50.45, 0.5) == pytest.approx(0.05)


def test_frames_that_come_irregularly_are_skipped_by_their_own_times() -> None:
    assert started().skipped(50.5, [0.1, 0.45, 2.0, 2.1]) == 1
    assert started().skipped(50.5, [0.4, 2.0]) == 0


def test_who_slept_for_long_does_not_chase_the_past() -> None:
    tempo = started()
    skipped = tempo.skipped(1000.0, following(1))
    assert skipped <= MOST_SKIPPED
    assert tempo.skipped(1000.1, following(2 + skipped)) <= 1


@pytest.mark.parametrize(("speed", "wait_s"), [(2.0, 0.05), (0.5, 0.2), (0.0, 10.0)])
def test_speed(speed: float, wait_s: float) -> None:
    assert started(speed).wait_s(50.0, 0.1) == pytest.approx(wait_s)
