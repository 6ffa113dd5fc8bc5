from __future__ import annotations

from pathlib import Path

import numpy as np

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation
from cnngui.data.drawn import DrawnOptions
from cnngui.data.drawn_motions import motions
from cnngui.data.folder import open_folder
from cnngui.data.thumbnails import augmented_thumbnails, thumbnail
from cnngui.images.resizing import resized
from tests.data.files import picture, write_image


def folder_of(path: Path, *pictures: np.ndarray):
    for number, pixels in enumerate(pictures):
        write_image(path / "a" / f"{number}.png", pixels)
    return open_folder(path)


def test_the_longer_side_has_the_size_asked_for(tmp_path: Path) -> None:
    shapes = [(48, 96), (96, 48), (5, 4), (64, 64), (1, 1), (1, 3000)]
    data = folder_of(tmp_path, *(picture(9, *shape) for shape in shapes))
    found = [thumbnail(data, index, 64).shape for index in range(len(data))]
    assert found == [(32, 64, 3), (64, 32, 3), (64, 51, 3), (64, 64, 3), (64, 64, 3), (1, 64, 3)]


def test_a_lost_file_is_plain_grey(tmp_path: Path) -> None:
    data = folder_of(tmp_path, picture(9))
    data.files[0].unlink()
    pixels = thumbnail(data, 0, 10)
    assert pixels.shape == (10, 10, 3)
    assert np.ptp(pixels) == 0


def test_augmented_ones_differ_from_each_other_and_come_again(tmp_path: Path) -> None:
    data = folder_of(tmp_path, np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8))
    how = Augmentation(rotation=40, brightness=0.3)
    first = augmented_thumbnails(data, (0, 0, 0), 60, how, 3)
    again = augmented_thumbnails(data, (0, 0, 0), 60, how, 3)
    assert [one.shape for one in first] == [(48, 60, 3)] * 3
    assert len({one.tobytes() for one in first}) == 3
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
        assert not one.flags.writeable


def test_augmented_by_nothing_is_the_thumbnail(tmp_path: Path) -> None:
    data = folder_of(tmp_path, picture(9, 48, 96))
    (one,) = augmented_thumbnails(data, (0,), 64, NO_AUGMENTATION, 3)
    np.testing.assert_array_equal(one, thumbnail(data, 0, 64))


def test_of_a_clip_some_frames_are_shown_changed_alike() -> None:
    data = motions(options=DrawnOptions(count=9, seed=0, size=24))
    small = thumbnail(data, 0, 16)
    assert small.shape == (8, 12, 16, 3)
    first, last = data.frames(0, [0, 21])
    np.testing.assert_array_equal(small[0], resized(first, 16))
    np.testing.assert_array_equal(small[7], resized(last, 16))
    (changed,) = augmented_thumbnails(data, (0,), 16, Augmentation(flip=True), 0)
    (again,) = augmented_thumbnails(data, (0,), 16, Augmentation(flip=True), 0)
    assert changed.shape == (8, 12, 16, 3)
    np.testing.assert_array_equal(changed, again)
