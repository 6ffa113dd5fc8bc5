from __future__ import annotations

import numpy as np
import pytest

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation
from cnngui.data.augmenting import augment

EVERYTHING = Augmentation(
    shift=0.2, flip=True, rotation=30, scale=0.3, brightness=0.2, noise=0.05, cutout=0.3
)


def batch_of(count: int, channels: int, height: int = 20, width: int = 30) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (count, height, width, channels)).astype(np.uint8)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("channels", [1, 3])
def test_everything_at_once_keeps_shape_and_input_and_is_reproducible(channels: int) -> None:
    batch = batch_of(6, channels)
    before = batch.copy()
    batch.flags.writeable = False
    changed = augment(batch, EVERYTHING, rng())
    assert changed.shape == batch.shape
    assert changed.dtype == np.uint8
    np.testing.assert_array_equal(batch, before)
    np.testing.assert_array_equal(changed, augment(batch, EVERYTHING, rng()))
    assert not np.array_equal(changed, augment(batch, EVERYTHING, np.random.default_rng(8)))


def test_nothing_gives_a_fresh_copy() -> None:
    batch = batch_of(2, 3)
    changed = augment(batch, NO_AUGMENTATION, rng())
    np.testing.assert_array_equal(changed, batch)
    assert not np.shares_memory(changed, batch)


@pytest.mark.parametrize("shape", [(0, 5, 5, 3), (3, 1, 1, 3), (2, 1, 9, 1)])
def test_empty_batches_and_single_pixels(shape: tuple[int, ...]) -> None:
    assert augment(np.zeros(shape, np.uint8), EVERYTHING, rng()).shape == shape


def test_flip_mirrors_half_of_them_exactly() -> None:
    batch = batch_of(200, 3, 4, 5)
    changed = augment(batch, Augmentation(flip=True), rng())
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(changed, batch, strict=True)]
    same = [np.array_equal(new, old) for new, old in zip(changed, batch, strict=True)]
    assert sum(mirrored) + sum(same) == 200
    assert 60 < sum(mirrored) < 140


def test_flip_within_a_movement_mirrors_too() -> None:
    batch = np.zeros((100, 21, 41, 1), np.uint8)
    batch[:, :, :8] = 255
    changed = augment(batch, Augmentation(flip=True, shift=0.02), rng())
    is_left = changed[:, 10, 2, 0] > 200
    is_right = changed[:, 10, -3, 0] > 200
    assert (is_left ^ is_right).all()
    assert 25 < is_right.sum() < 75


def test_shift_moves_no_further_than_told_and_repeats_the_border() -> None:
    batch = np.full((60, 40, 40, 1), 200, np.uint8)
    batch[:, 20, 20] = 0
    changed = augment(batch, Augmentation(shift=0.1), rng())
    for picture in changed[:, :, :, 0]:
        rows, columns = np.nonzero(picture < 199)
        assert abs(rows - 20).max() <= 5
        assert abs(columns - 20).max() <= 5
        assert picture[0, 0] == picture[-1, -1] == 200
    assert len({picture.tobytes() for picture in changed}) > 50


def test_rotation_keeps_the_middle_and_scale_the_shape() -> None:
    batch = np.zeros((30, 41, 41, 1), np.uint8)
    batch[:, 18:23, 18:23] = 255
    turned = augment(batch, Augmentation(rotation=180), rng())
    assert (turned[:, 20, 20] == 255).all()
    areas = (augment(batch, Augmentation(scale=0.5), rng()) > 127).sum(axis=(1, 2, 3))
    assert areas.min() < 20
    assert areas.max() > 35


def test_brightness_moves_all_values_together_and_stops_at_the_ends() -> None:
    batch = np.full((80, 3, 3, 3), 128, np.uint8)
    batch[:, 0, 0] = 250
    changed = augment(batch, Augmentation(brightness=0.2), rng()).astype(int)
    moved = changed[:, 2, 2, 0] - 128
    assert np.ptp(changed[:, 1:], axis=(1, 2, 3)).max() == 0
    assert -51 <= moved.min() < -40
    assert 40 < moved.max() <= 51
    assert (changed[moved > 5][:, 0, 0] == 255).all()


def test_noise_has_the_deviation_told() -> None:
    batch = np.full((20, 64, 64, 3), 128, np.uint8)
    noise = augment(batch, Augmentation(noise=0.05), rng()).astype(float) - 128
    assert noise.std() == pytest.approx(255 * 0.05, rel=0.05)
    assert abs(noise.mean()) < 1
    assert not np.array_equal(noise[0], noise[1])


def test_cutout_is_a_grey_square() -> None:
    batch = np.zeros((200, 20, 30, 1), np.uint8)
    covered = (augment(batch, Augmentation(cutout=0.5), rng()) == 128).sum(axis=(1, 2, 3))
    assert covered.max() == 100
    assert covered.min() >= 5 * 5 - 10


def test_one_setting_does_not_change_what_another_does() -> None:
    batch = np.zeros((20, 40, 40, 1), np.uint8)
    alone = augment(batch, Augmentation(cutout=0.3), rng())
    with_others = augment(batch, Augmentation(cutout=0.3, rotation=20, flip=True), rng())
    np.testing.assert_array_equal(alone == 128, with_others == 128)


EVERYTHING = Augmentation(shift=0.2, flip=True, rotation=20, scale=0.2, brightness=0.3, cutout=0.4)


def test_all_frames_of_a_clip_are_changed_alike() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (6, 1, 12, 16, 1), np.uint8)
    clips = np.repeat(picture, 5, axis=1)
    changed = augment(clips, EVERYTHING, np.random.default_rng(0))
    assert changed.shape == clips.shape
    assert (changed == changed[:, :1]).all()
    assert not np.array_equal(changed, clips)
    # And as a picture of its own would be.
    alone = augment(picture[:, 0], EVERYTHING, np.random.default_rng(0))
    np.testing.assert_array_equal(changed[:, 0], alone)


def test_noise_is_of_each_frame_alone() -> None:
    clips = np.full((2, 4, 16, 16, 1), 128, np.uint8)
    changed = augment(clips, Augmentation(noise=0.1), np.random.default_rng(0)).astype(float) - 128
    pairs = np.corrcoef(changed.reshape(8, -1))[~np.eye(8, dtype=bool)]
    assert np.abs(pairs).max() < 0.4
