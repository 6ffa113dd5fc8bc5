import math

import pytest

from cnngui.engine.learning.schedules import rate_factor


def factors(name, steps, warmup_steps=0):
    return [rate_factor(name, step, steps, warmup_steps) for step in range(steps)]


def test_constant():
    assert factors("constant", 5) == [1] * 5


def test_a_tenth_after_each_third():
    assert factors("step", 9) == pytest.approx([1] * 3 + [0.1] * 3 + [0.01] * 3)


def test_half_a_cosine():
    found = factors("cosine", 100)
    assert found[0] == 1
    assert found[50] == pytest.approx(0.5)
    assert found[25] == pytest.approx(0.5 + math.sqrt(0.125))
    assert found[99] == pytest.approx(0, abs=1e-3)
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("name", ["constant", "step", "cosine"])
def test_warm_up_rises_in_equal_parts_and_the_schedule_follows(name):
    found = factors(name, 24, 4)
    assert found[:4] == [0.25, 0.5, 0.75, 1]
    assert found[4:] == factors(name, 20)


def test_a_training_may_be_all_warm_up():
    assert factors("cosine", 4, 4) == [0.25, 0.5, 0.75, 1]
    assert factors("step", 2, 4) == [0.25, 0.5]
