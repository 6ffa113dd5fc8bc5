"""The frames that an input reads of a clip."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngui.data.clips import chosen_frames, is_too_short, middle_frame
from cnngui.spec.network import InputSpec


def seeing(frames: int, step: int = 1, rate: float = 0.0) -> InputSpec:
    return InputSpec(frames=frames, frame_step=step, frame_rate=rate)


def at_rate(count: int, rate: float) -> tuple[float, ...]:
    return tuple(place / rate for place in range(count))


def test_a_clip_made_for_an_input_is_read_from_end_to_end() -> None:
    assert chosen_frames(22, at_rate(22, 25.0), seeing(8, 3, 25.0)).tolist() == [*range(0, 22, 3)]
    assert chosen_frames(22, None, seeing(8, 3, 25.0)).tolist() == [*range(0, 22, 3)]
    assert chosen_frames(22, at_rate(22, 25.0), seeing(8, 3)).tolist() == [*range(0, 22, 3)]


def test_of_a_longer_clip_the_middle_is_read() -> None:
    assert chosen_frames(9, None, seeing(3)).tolist() == [3, 4, 5]
    assert chosen_frames(10, None, seeing(3)).tolist() == [4, 5, 6]
    assert chosen_frames(9, at_rate(9, 10.0), seeing(3, 1, 10.0)).tolist() == [3, 4, 5]


def test_one_frame_is_the_one_in_the_middle() -> None:
    assert chosen_frames(9, None, seeing(1)).tolist() == [4] == [middle_frame(9)]
    assert chosen_frames(1, (0.0,), seeing(1)).tolist() == [0]


def test_with_a_rate_the_time_of_the_frames_counts() -> None:
    # 50 frames a second, of which every fourth is meant at 25: every eighth.
    assert chosen_frames(17, at_rate(17, 50.0), seeing(3, 4, 25.0)).tolist() == [0, 8, 16]
    uneven = (0.0, 0.1, 0.12, 0.14, 0.5, 0.52, 0.56)
    assert chosen_frames(7, uneven, seeing(3, 1, 4.0)).tolist() == [0, 3, 5]


@pytest.mark.parametrize("rate", [0.0, 25.0])
def test_what_is_missing_stands_still_before(rate: float) -> None:
    short = seeing(6, 2, rate)
    assert chosen_frames(5, at_rate(5, 25.0), short).tolist() == [0, 0, 0, 0, 2, 4]
    assert is_too_short(5, at_rate(5, 25.0), short)
    assert not is_too_short(11, at_rate(11, 25.0), short)
    assert chosen_frames(1, (0.0,), short).tolist() == [0] * 6


def test_an_input_of_one_frame_never_reaches_too_far() -> None:
    assert not is_too_short(1, (0.0,), seeing(1))


@given(
    length=st.integers(1, 60),
    frames=st.integers(1, 64),
    step=st.integers(1, 9),
    rate=st.sampled_from([0.0, 1.0, 12.5, 25.0, 60.0]),
    gaps=st.data(),
)
def test_places_are_in_the_clip_and_never_go_back(
    length: int, frames: int, step: int, rate: float, gaps: st.DataObject
) -> None:
    steps = gaps.draw(st.lists(st.floats(0.001, 0.2), min_size=length, max_size=length))
    times = tuple(np.cumsum(steps).tolist())
    chosen = chosen_frames(length, times, seeing(frames, step, rate))
    assert len(chosen) == frames
    assert chosen.min() >= 0
    assert chosen.max() < length
    assert (np.diff(chosen) >= 0).all()
