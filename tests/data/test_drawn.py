from __future__ import annotations

import threading

import numpy as np
import pytest

from cnngui.data.dataset import Dataset
from cnngui.data.digits import digits
from cnngui.data.drawn import DrawnOptions
from cnngui.data.drawn_motions import motions
from cnngui.data.drawn_shapes import shapes
from cnngui.data.paper import shapes_on_paper
from cnngui.data.shape_outlines import SHAPES, by_hand
from cnngui.spec.network import InputSpec

COLLECTIONS = [shapes, shapes_on_paper, digits, motions]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_sample_i_is_always_the_same_and_like_no_other(collection) -> None:
    data: Dataset = collection()
    again: Dataset = collection()
    # In another order than before: no sample depends on those drawn earlier.
    first = [data.picture(i) for i in range(12)]
    for i in reversed(range(12)):
        np.testing.assert_array_equal(again.picture(i), first[i])
    assert len({picture.tobytes() for picture in first}) == 12


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_another_seed_gives_other_samples_and_more_keep_the_first_ones(collection) -> None:
    size = collection().picture(0).shape[0]
    few = collection(options=DrawnOptions(count=5, seed=0, size=size))
    many = collection(options=DrawnOptions(count=500, seed=0, size=size))
    other = collection(options=DrawnOptions(count=5, seed=1, size=size))
    np.testing.assert_array_equal(few.picture(3), many.picture(3))
    assert not np.array_equal(few.picture(3), other.picture(3))


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("size", [8, 31, 96])
def test_pictures_have_the_size_asked_for(collection, size: int) -> None:
    data = collection(options=DrawnOptions(count=24, seed=5, size=size))
    for i in range(24):
        picture = data.picture(i)
        width = round(size * 4 / 3) if collection is motions else size
        assert picture.shape == (size, width, 3)
        assert picture.dtype == np.uint8
        assert np.ptp(picture.astype(int)) > 10


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_classes_take_turns(collection) -> None:
    data = collection()
    counts = np.bincount(data.labels)
    assert len(counts) == len(data.classes)
    assert np.ptp(counts) <= 1
    assert not data.labels.flags.writeable


def test_a_batch_is_fitted_to_the_input() -> None:
    data = shapes()
    batch = data.batch([4, 4, 7], InputSpec(channels=1, height=20, width=30))
    assert batch.shape == (3, 20, 30, 1)
    np.testing.assert_array_equal(batch[0], batch[1])
    assert not np.array_equal(batch[0], batch[2])
    assert data.batch([], InputSpec()).shape == (0, 120, 160, 3)


def test_digits_are_light_on_dark_with_room_around() -> None:
    data = digits()
    for i in range(40):
        picture = data.picture(i)
        assert picture[0].max() < 60
        assert picture[:, 0].max() < 60
        assert picture.max() > 120
        np.testing.assert_array_equal(picture[:, :, 0], picture[:, :, 2])


def test_digits_are_the_same_drawn_by_many_threads_at_once() -> None:
    data = digits()
    expected = [data.picture(i) for i in range(60)]
    wrong: list[int] = []

    def draw() -> None:
        wrong.extend(i for i in range(60) if not np.array_equal(data.picture(i), expected[i]))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("name", SHAPES)
def test_outlines_stay_near_the_unit_circle_and_strokes_are_lines(name: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        figure = SHAPES[name](rng)
        assert 0.6 < np.linalg.norm(figure.outline, axis=1).max() < 1.45
        for drawn in (figure, by_hand(figure, rng)):
            assert np.linalg.norm(drawn.outline, axis=1).max() < 2
            for stroke in drawn.strokes:
                assert stroke.ndim == 2
                assert stroke.shape[1] == 2
                assert len(stroke) >= 8


def test_shapes_of_a_class_differ_in_size_place_and_colour() -> None:
    data = shapes()
    pictures = np.stack([data.picture(i) for i in range(0, 240, 6)]).astype(float)
    assert pictures.mean(axis=(1, 2)).std(axis=0).min() > 20
    assert pictures.std(axis=0).min() > 25
