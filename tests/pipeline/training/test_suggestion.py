from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.suggestion import (
    FEWEST_STEPS,
    rarest_class,
    step_count,
    with_enough_steps,
)


def test_many_samples_need_nothing_else() -> None:
    assert with_enough_steps(TrainingSettings(epochs=10, batch_size=32), 3000) is None


def test_forty_samples_are_shown_again_and_again() -> None:
    longer = with_enough_steps(TrainingSettings(epochs=10, batch_size=32, seed=7), 40)
    assert longer == TrainingSettings(epochs=40, batch_size=8, seed=7)


@given(
    samples=st.integers(2, 10_000),
    epochs=st.integers(1, 300),
    batch_size=st.integers(1, 5_000),
    share=st.floats(0, 0.9),
)
def test_what_is_suggested_is_enough(
    samples: int, epochs: int, batch_size: int, share: float
) -> None:
    settings = TrainingSettings(epochs=epochs, batch_size=batch_size, validation_share=share)
    longer = with_enough_steps(settings, samples)
    if longer is not None:
        assert step_count(settings, samples) < FEWEST_STEPS <= step_count(longer, samples)
        assert with_enough_steps(longer, samples) is None


def test_a_class_is_rare_beside_one_of_three_times_its_samples():
    labels = np.repeat([0, 2, 3], [30, 10, 25])
    assert rarest_class(labels, 4) == (2, 0)
    assert rarest_class(labels[:-1], 4) == (2, 0)
    assert rarest_class(np.repeat([0, 1], [29, 10]), 2) is None
    assert rarest_class(np.empty(0, np.int64), 2) is None
