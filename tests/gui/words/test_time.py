"""What an input sees of time, in words."""

from __future__ import annotations

import pytest

from cnngui.gui.words.time import frames_text, window_text
from cnngui.spec.network import InputSpec


@pytest.mark.parametrize(
    ("frames", "step", "rate", "words"),
    [
        (8, 3, 25.0, "8 frames, every 3rd, at 25/s: 0.84 s"),
        (8, 1, 25.0, "8 frames, at 25/s: 0.28 s"),
        (2, 2, 12.5, "2 frames, every 2nd, at 12.5/s: 0.16 s"),
        (4, 11, 10.0, "4 frames, every 11th, at 10/s: 3.3 s"),
        (4, 21, 10.0, "4 frames, every 21st, at 10/s: 6.3 s"),
        (8, 3, 0.0, "8 frames, every 3rd: the last 22 frames of the source"),
    ],
)
def test_a_window_is_told_with_its_time(frames: int, step: int, rate: float, words: str) -> None:
    described = InputSpec(frames=frames, frame_step=step, frame_rate=rate)
    assert window_text(described) == words


def test_a_still_picture_is_not_told_as_frames() -> None:
    assert frames_text(InputSpec()) == ""
    assert frames_text(InputSpec(frames=5)) == "5 frames"


def test_the_window_in_chinese(in_chinese: None) -> None:
    described = InputSpec(frames=8, frame_step=3, frame_rate=25.0)
    assert window_text(described) == "8 帧，每 3 帧取一帧，每秒 25 帧：0.84 秒"
