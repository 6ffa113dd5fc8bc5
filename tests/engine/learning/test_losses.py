import numpy as np
import pytest

from cnngui.engine.learning.losses import CrossEntropy, MeanSquaredError, loss_named, softmax

LABELS = np.array([2, 0, 1, 2, 2])


def logits(dtype=np.float64):
    return np.random.default_rng(0).normal(0, 2, (5, 3)).astype(dtype)


def naive_cross_entropy(rows, labels):
    values = []
    for row, label in zip(rows, labels, strict=True):
        powers = np.exp(row)
        values.append(-np.log(powers[label] / powers.sum()))
    return np.mean(values)


def naive_squared_error(rows, labels):
    values = [
        (value - (unit == label)) ** 2
        for row, label in zip(rows, labels, strict=True)
        for unit, value in enumerate(row)
    ]
    return np.mean(values)


CASES = pytest.mark.parametrize(
    ("loss", "naive"),
    [(CrossEntropy(), naive_cross_entropy), (MeanSquaredError(), naive_squared_error)],
    ids=["cross-entropy", "mse"],
)


@CASES
def test_the_value_is_that_of_a_naive_loop(loss, naive):
    assert loss(logits(), LABELS).value == pytest.approx(naive(logits(), LABELS), rel=1e-12)


@CASES
def test_the_gradient_is_the_numerical_one(loss, naive):
    result = loss(logits(), LABELS)
    step = 1e-5
    for place in np.ndindex(5, 3):
        above, below = logits(), logits()
        above[place] += step
        below[place] -= step
        numerical = (naive(above, LABELS) - naive(below, LABELS)) / (2 * step)
        assert result.gradient[place] == pytest.approx(numerical, rel=1e-6, abs=1e-9)


@CASES
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_keep_the_dtype_and_the_input_is_left_alone(loss, naive, dtype):
    given = logits(dtype)
    result = loss(given, LABELS)
    np.testing.assert_array_equal(given, logits(dtype))
    assert isinstance(result.value, float)
    assert result.probabilities.dtype == result.gradient.dtype == dtype
    np.testing.assert_allclose(result.probabilities.sum(axis=1), 1, rtol=1e-6)


def test_equal_logits_lose_the_logarithm_of_the_number_of_classes():
    result = CrossEntropy()(np.zeros((4, 10)), np.array([0, 3, 9, 9]))
    assert result.value == pytest.approx(np.log(10))
    np.testing.assert_allclose(result.probabilities, 0.1)


def test_extreme_logits_stay_finite():
    result = CrossEntropy()(np.array([[1e4, -1e4]], np.float32), np.array([1]))
    assert result.value == pytest.approx(2e4)
    np.testing.assert_array_equal(result.gradient, [[1, -1]])
    np.testing.assert_array_equal(softmax(np.array([[1e30, 0.0]])), [[1, 0]])


WEIGHTS = np.array([0.5, 3.0, 1.25], np.float32)


@CASES
def test_weighted_classes_count_as_if_their_samples_were_there_so_often(loss, naive):
    weighted = type(loss)(WEIGHTS)
    each = [naive(row[np.newaxis], [label]) for row, label in zip(logits(), LABELS, strict=True)]
    counts = WEIGHTS[LABELS]
    result = weighted(logits(), LABELS)
    assert result.value == pytest.approx(np.sum(counts * each) / counts.sum(), rel=1e-6)
    assert result.weight == pytest.approx(counts.sum())
    step = 1e-5
    for place in np.ndindex(5, 3):
        above, below = logits(), logits()
        above[place] += step
        below[place] -= step
        slope = (weighted(above, LABELS).value - weighted(below, LABELS).value) / (2 * step)
        assert result.gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-8)
    assert weighted(logits(np.float32), LABELS).gradient.dtype == np.float32


@CASES
def test_equal_weights_are_none(loss, naive):
    plain, weighted = (one(logits(), LABELS) for one in (loss, type(loss)(np.full(3, 7.0))))
    assert weighted.value == pytest.approx(plain.value)
    np.testing.assert_allclose(weighted.gradient, plain.gradient)
    assert (plain.weight, weighted.weight) == (5, 35)


def test_names():
    assert isinstance(loss_named("cross-entropy"), CrossEntropy)
    assert isinstance(loss_named("mse"), MeanSquaredError)
