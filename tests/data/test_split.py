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
    training, validation = stratified_split(given_labels, share, seed)
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
    for part, again in zip(first, stratified_split(labels, 0.2, 1), strict=True):
        np.testing.assert_array_equal(part, again)
    assert not np.array_equal(first[1], stratified_split(labels, 0.2, 2)[1])
    np.testing.assert_array_equal(np.bincount(labels[first[1]]), [20, 20, 20])


def test_ten_thousand_classes() -> None:
    labels = np.repeat(np.arange(10_000), 3)
    _, validation = stratified_split(labels, 0.3, 0)
    np.testing.assert_array_equal(labels[validation], np.arange(10_000))


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_an_impossible_share_is_said(share: float) -> None:
    with pytest.raises(DataError, match="validation share: must be at least 0"):
        stratified_split(np.zeros(4, np.int64), share, 0)
