import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.pipeline.training.progress import Confusion
from cnngui.pipeline.training.summary import MOST_MATRIX_CLASSES, summarise


def shares(*rows):
    return np.array(rows, np.float32)


def labels(*numbers):
    return np.array(numbers, np.int64)


def test_counts_accuracies_and_mistakes():
    summary = summarise(
        labels(0, 0, 0, 1, 1),
        shares((0.9, 0.1, 0), (0.3, 0.7, 0), (0.2, 0.8, 0), (0.4, 0.6, 0), (0.55, 0.45, 0)),
    )
    assert summary.matrix.tolist() == [[1, 2, 0], [1, 1, 0], [0, 0, 0]]
    assert summary.accuracy == 0.4
    assert summary.predicted.tolist() == [0, 1, 1, 1, 0]
    assert summary.confusions == (Confusion(0, 1, 2), Confusion(1, 0, 1))
    assert summary.class_counts.tolist() == [3, 2, 0]
    np.testing.assert_allclose(summary.class_accuracies, [1 / 3, 1 / 2, np.nan])
    assert summary.most_wrong.tolist() == [2, 1, 4]
    assert summary.most_unsure.tolist() == [4, 3, 1, 2, 0]


def test_nothing_to_evaluate():
    summary = summarise(labels(), np.empty((0, 3), np.float32))
    assert summary.accuracy == 0.0
    assert summary.matrix.tolist() == [[0] * 3] * 3
    assert len(summary.most_wrong) == len(summary.most_unsure) == len(summary.confusions) == 0


def test_ten_thousand_classes_make_no_matrix_and_bounded_lists():
    classes, count = 10_000, 300
    numbers = np.arange(count, dtype=np.int64)
    summary = summarise(numbers, np.eye(count, classes, 1, dtype=np.float32))
    assert summary.matrix is None
    assert 100 <= len(summary.confusions) < count
    assert len(summary.most_wrong) < count
    assert Confusion(0, 1, 1) in summary.confusions


def test_what_is_not_a_number_counts_as_nothing():
    summary = summarise(labels(1), shares((np.nan, 0.5)))
    assert summary.accuracy == 1.0


@settings(deadline=None, max_examples=30)
@given(st.integers(1, MOST_MATRIX_CLASSES), st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_the_matrix_holds_every_sample_once(classes, count, seed):
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, count)
    summary = summarise(truth, random.random((count, classes), np.float32))
    assert summary.matrix.sum() == count
    assert np.array_equal(summary.matrix.sum(axis=1), summary.class_counts)
    mistakes = int(summary.matrix.sum() - np.trace(summary.matrix))
    assert sum(confusion.count for confusion in summary.confusions) <= mistakes
    assert len(summary.most_wrong) <= mistakes


def test_precision_recall_and_f1_of_each_class():
    # Three of class 0, of which two are found; one of class 1, taken for 0; class 2 never occurs
    # and is never named; class 3 is named once.
    labels = np.array([0, 0, 0, 1])
    found = summarise(labels, np.eye(4, dtype=np.float32)[[0, 0, 3, 0]])
    np.testing.assert_allclose(found.class_accuracies, [2 / 3, 0, np.nan, np.nan])
    np.testing.assert_allclose(found.class_precisions, [2 / 3, np.nan, np.nan, 0])
    np.testing.assert_allclose(found.class_f1, [2 / 3, 0, np.nan, 0])
