"""What moves in a drawn clip moves as its class says, whatever else is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.data.drawn import DrawnOptions
from cnngui.data.drawn_motions import CLASSES, FRAMES, TIMES, motions
from cnngui.data.motion_paths import MOTIONS, motion
from cnngui.spec.network import InputSpec

INPUT = InputSpec(height=24, width=32, frames=8, frame_step=3, frame_rate=25.0).with_channels(1)
TIMES_LOOKED_AT = np.linspace(-0.5, 0.5, 12)


def poses(name: str, seed: int) -> np.ndarray:
    """Return ``(12, 4)``: x, y, scale and angle along a motion."""
    path = motion(name, np.random.default_rng(seed)).path
    found = [path(float(time)) for time in TIMES_LOOKED_AT]
    return np.array([(pose.x, pose.y, pose.scale, pose.angle) for pose in found])


@pytest.mark.parametrize(
    ("name", "axis", "sign"), [("left", 0, -1), ("right", 0, 1), ("up", 1, -1), ("down", 1, 1)]
)
def test_lines_go_to_their_side_all_the_way(name: str, axis: int, sign: int) -> None:
    for seed in range(40):
        way = poses(name, seed)[:, :2]
        steps = sign * np.diff(way[:, axis])
        assert (steps >= -1e-9).all()
        across = np.ptp(way[:, 1 - axis])
        assert sign * (way[-1] - way[0])[axis] > 2 * across


@pytest.mark.parametrize(("name", "sign"), [("clockwise", 1), ("anticlockwise", -1)])
def test_circles_turn_to_their_side_as_the_eye_sees_them(name: str, sign: int) -> None:
    for seed in range(40):
        found = motion(name, np.random.default_rng(seed))
        way = poses(name, seed)
        if found.spins:
            # With y downwards, a growing angle is clockwise.
            turned = sign * np.diff(way[:, 3])
        else:
            steps = np.diff(way[:, :2], axis=0)
            turned = sign * (steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0])
        assert (turned > 0).all()


@pytest.mark.parametrize(("name", "sign"), [("grow", 1), ("shrink", -1)])
def test_sizes_change_to_their_side(name: str, sign: int) -> None:
    for seed in range(40):
        sizes = np.log(poses(name, seed)[:, 2])
        assert (sign * np.diff(sizes) >= 0).all()
        assert sign * (sizes[-1] - sizes[0]) > np.log(1.45)


def test_what_is_still_only_trembles() -> None:
    for seed in range(40):
        assert np.ptp(poses("still", seed), axis=0).max() < 0.03


def test_every_class_has_its_motion() -> None:
    assert CLASSES == MOTIONS
    assert len(set(CLASSES)) == 9


def test_a_clip_has_its_frames_and_times_and_a_frame_drawn_alone_is_the_same() -> None:
    data = motions(options=DrawnOptions(count=18, seed=2, size=24))
    assert data.lengths.tolist() == [FRAMES] * 18
    for index in (0, 5, 17):
        frames = list(data.frames(index, range(FRAMES)))
        assert len(frames) == len(data.times(index)) == FRAMES
        (alone,) = data.frames(index, [13])
        np.testing.assert_array_equal(alone, frames[13])
        np.testing.assert_array_equal(data.picture(index), frames[(FRAMES - 1) // 2])
    assert TIMES[-1] == pytest.approx(0.84)


def test_a_batch_of_clips_has_their_frames_in_order() -> None:
    data = motions(options=DrawnOptions(count=18, seed=2, size=24))
    batch = data.batch([3, 8], INPUT)
    assert batch.shape == (2, 8, 24, 32, 1)
    assert batch.dtype == np.uint8
    chosen = data.frames(3, range(0, FRAMES, 3))
    for place, frame in enumerate(chosen):
        np.testing.assert_array_equal(batch[0, place, :, :, 0], frame[:, :, 0])
    assert data.batch([], INPUT).shape == (0, 8, 24, 32, 1)


def test_what_moves_changes_the_picture_more_than_what_is_still() -> None:
    data = motions(options=DrawnOptions(count=270, seed=4, size=24))
    batch = data.batch(range(270), INPUT)[..., 0].astype(float)
    # Light changes everywhere alike, and what moves changes some places much.
    change = (batch[:, -1] - batch[:, 0]).reshape(270, -1)
    change -= np.median(change, axis=1, keepdims=True)
    changed = np.percentile(np.abs(change), 98, axis=1)
    medians = [np.median(changed[data.labels == label]) for label in range(9)]
    assert min(medians[:8]) > 1.5 * medians[8], medians
