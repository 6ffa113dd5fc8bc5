"""Every optimizer against PyTorch's formulas as its documentation writes them, number by number."""

from math import sqrt

import numpy as np
import pytest

from cnngui.engine import parallel
from cnngui.engine.learning import optimizers
from cnngui.engine.learning.clipping import length
from cnngui.engine.learning.optimizers import SGD, Adam, AdamW

SHAPES = {"conv1": {"weight": (4, 3, 3, 3), "bias": (4,)}, "linear1": {"weight": (5, 7)}}


def draw(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return {
        layer_id: {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
        for layer_id, shapes in SHAPES.items()
    }


def naive_sgd(values, gradients, rate, momentum, nesterov, decay):
    velocity = None
    for gradient in gradients:
        g = gradient + decay * values
        if momentum:
            velocity = g if velocity is None else momentum * velocity + g
            g = g + momentum * velocity if nesterov else velocity
        values = values - rate * g
    return values


def naive_adam(values, gradients, rate, beta1, beta2, eps, decay, decoupled):
    m = v = 0.0
    for t, gradient in enumerate(gradients, 1):
        g = gradient
        if decoupled:
            values = values - rate * decay * values
        else:
            g = g + decay * values
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        values = values - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)
    return values


CASES = [
    (lambda: SGD(0.1), (naive_sgd, 0.1, 0.0, False, 0.0)),
    (lambda: SGD(0.1, 0.9), (naive_sgd, 0.1, 0.9, False, 0.0)),
    (lambda: SGD(0.1, 0.9, nesterov=True), (naive_sgd, 0.1, 0.9, True, 0.0)),
    (
        lambda: SGD(0.1, 0.8, nesterov=True, weight_decay=0.01),
        (naive_sgd, 0.1, 0.8, True, 0.01),
    ),
    (lambda: SGD(0.1, weight_decay=0.1), (naive_sgd, 0.1, 0.0, False, 0.1)),
    (lambda: Adam(), (naive_adam, 1e-3, 0.9, 0.999, 1e-8, 0.0, False)),
    (
        lambda: Adam(0.1, (0.8, 0.9), 1e-3, 0.2),
        (naive_adam, 0.1, 0.8, 0.9, 1e-3, 0.2, False),
    ),
    (lambda: AdamW(), (naive_adam, 1e-3, 0.9, 0.999, 1e-8, 0.01, True)),
    (
        lambda: AdamW(0.1, (0.8, 0.9), 1e-3, 0.2),
        (naive_adam, 0.1, 0.8, 0.9, 1e-3, 0.2, True),
    ),
]


@pytest.mark.parametrize("block", [10, optimizers._BLOCK])
@pytest.mark.parametrize(("make", "reference"), CASES)
def test_steps_follow_the_formulas(monkeypatch, block, make, reference):
    monkeypatch.setattr(optimizers, "_BLOCK", block)
    parameters, optimizer = draw(0), make()
    rounds = [draw(seed) for seed in range(1, 6)]
    for gradients in rounds:
        optimizer.step(parameters, gradients)
    naive, *arguments = reference
    for layer_id, of_layer in draw(0).items():
        for name, first in of_layer.items():
            for place in np.ndindex(first.shape):
                series = [float(gradients[layer_id][name][place]) for gradients in rounds]
                expected = naive(float(first[place]), series, *arguments)
                assert parameters[layer_id][name][place] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("block", [10, optimizers._BLOCK])
@pytest.mark.parametrize("make", [case[0] for case in CASES])
def test_parameters_change_in_place_and_gradients_stay(monkeypatch, block, make):
    monkeypatch.setattr(optimizers, "_BLOCK", block)
    parameters, gradients, optimizer = draw(0, np.float32), draw(1, np.float32), make()
    kept = parameters["conv1"]["weight"]
    optimizer.step(parameters, gradients)
    assert parameters["conv1"]["weight"] is kept
    assert kept.dtype == np.float32
    lengths = optimizer.lengths_of_changes()
    for layer_id, of_layer in draw(1, np.float32).items():
        for name, gradient in of_layer.items():
            np.testing.assert_array_equal(gradients[layer_id][name], gradient)
        before = draw(0, np.float32)[layer_id].items()
        changes = [array - parameters[layer_id][name] for name, array in before]
        assert lengths[layer_id] == pytest.approx(length(changes), rel=1e-3)


def test_the_first_step_of_adam_is_the_learning_rate():
    """A closed form: mean / sqrt(square) is the gradient's sign."""
    parameters = {"l": {"weight": np.zeros(3)}}
    Adam(0.25).step(parameters, {"l": {"weight": np.array([4.0, -0.5, 1e3])}})
    np.testing.assert_allclose(parameters["l"]["weight"], [-0.25, 0.25, -0.25], rtol=1e-6)


def test_the_learning_rate_may_change_on_the_way():
    parameters = {"l": {"weight": np.zeros(1)}}
    gradients = {"l": {"weight": np.ones(1)}}
    optimizer = SGD(1.0)
    optimizer.step(parameters, gradients)
    optimizer.learning_rate = 0.5
    optimizer.step(parameters, gradients)
    assert parameters["l"]["weight"][0] == -1.5


def test_views_that_are_not_contiguous_are_changed_too():
    parameters = {"l": {"weight": np.zeros((3, 4)).T}}
    gradients = {"l": {"weight": np.arange(12.0).reshape(4, 3)}}
    SGD(1.0).step(parameters, gradients)
    np.testing.assert_array_equal(parameters["l"]["weight"], -gradients["l"]["weight"])


@pytest.mark.parametrize("threads", [1, 2])
def test_a_step_of_many_parameters_gives_way_between_pieces(set_threads, threads):
    """Nobody is kept from computing for as long as all parameters of a large network take."""
    set_threads(threads)
    size = 2 * optimizers._BLOCKS_AT_A_TIME * optimizers._BLOCK + 1
    rng = np.random.default_rng(0)
    first, gradient = rng.standard_normal((2, size), np.float32)
    seen = []

    def stepped(give_way) -> np.ndarray:
        parameters = {"l": {"weight": first.copy()}}
        Adam(0.25).step(parameters, {"l": {"weight": gradient}}, give_way)
        return parameters["l"]["weight"]

    def compute() -> None:
        done = []
        parallel.run(lambda worker, item: done.append(item), 8, 2)
        seen.append(sorted(done))

    np.testing.assert_array_equal(stepped(compute), stepped(lambda: None))
    assert seen == [list(range(8))] * 2
