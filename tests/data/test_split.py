from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.data.split import stratified_split
from cnngui.errors import DataError


@settings(deadline=None, max_examples=60)
@given(
    labels=st.lists(st.integers(0, 6), max_size=80),
    share=st.floats(0, 0.9),
    seed=st.integers(0, 2**32),
)
def test_every_sample_once_and_every_class_in_both_parts(labels, share, seed) -> None:
    given_labels = np.array(labels, np.int64)
    training, validation, _ = stratified_split(given_labels, share, seed)
    assert sorted([*training, *validation]) == list(range(len(labels)))
    for label in set(labels):
        count = labels.count(label)
        apart = int((given_labels[validation] == label).sum())
        if share == 0:
            assert apart == 0
        elif count >= 2:
            assert 1 <= apart <= count - 1
            assert abs(apart - count * share) <= 1
        else:
            assert apart == 0


def test_the_seed_decides() -> None:
    labels = np.arange(300) % 3
    first = stratified_split(labels, 0.2, 1)
    for part, again in zip(first[:2], stratified_split(labels, 0.2, 1), strict=False):
        np.testing.assert_array_equal(part, again)
    assert not np.array_equal(first[1], stratified_split(labels, 0.2, 2)[1])
    np.testing.assert_array_equal(np.bincount(labels[first[1]]), [20, 20, 20])


def test_ten_thousand_classes() -> None:
    labels = np.repeat(np.arange(10_000), 3)
    _, validation, _ = stratified_split(labels, 0.3, 0)
    np.testing.assert_array_equal(labels[validation], np.arange(10_000))


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_an_impossible_share_is_said(share: float) -> None:
    with pytest.raises(DataError, match="validation share: must be at least 0"):
        stratified_split(np.zeros(4, np.int64), share, 0)


@settings(deadline=None, max_examples=100)
@given(
    samples=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=80),
    share=st.floats(0.05, 0.9),
    seed=st.integers(0, 2**32),
)
def test_samples_of_one_recording_stay_on_one_side(samples, share, seed) -> None:
    labels, recordings = np.array(samples, np.int64).T
    training, validation, alike = stratified_split(labels, share, seed, recordings)
    assert sorted([*training, *validation]) == list(range(len(labels)))
    on_both = set(recordings[training]) & set(recordings[validation])
    for label in set(labels.tolist()):
        count = int((labels == label).sum())
        apart = int((labels[validation] == label).sum())
        assert apart < count, "a class is learned from, whatever else"
        if label in alike or count == 1:
            on_both -= set(recordings[labels == label])
    assert not on_both


def test_recordings_are_put_apart_in_about_the_share_wanted() -> None:
    # Each class has ten recordings of ten samples.
    labels, recordings = np.repeat(np.arange(3), 100), np.repeat(np.arange(30), 10)
    for seed in range(5):
        _, validation, alike = stratified_split(labels, 0.2, seed, recordings)
        np.testing.assert_array_equal(np.bincount(labels[validation]), [20, 20, 20])
        assert alike == ()


def test_of_two_recordings_the_smaller_one_is_put_apart() -> None:
    labels, recordings = np.zeros(60, np.int64), np.repeat([0, 1], [40, 20])
    _, validation, alike = stratified_split(labels, 0.2, 0, recordings)
    assert set(recordings[validation]) == {1}
    assert alike == ()


def test_a_class_of_one_recording_is_cut_in_time_and_named() -> None:
    labels, recordings = np.repeat([0, 1], 20), np.repeat([0, 1, 2, 3, 4], [20, 5, 5, 5, 5])
    training, validation, alike = stratified_split(labels, 0.25, 0, recordings)
    assert alike == (0,)
    assert [index for index in validation if index < 20] == [15, 16, 17, 18, 19]
    learned, measured = training[training >= 20], validation[validation >= 20]
    assert not set(recordings[learned]) & set(recordings[measured])
