"""What is said of learning rates of every size, beside what became of the loss.

Each training is a real one. What happened is found out apart from what is said: the losses of its
last batches are compared with those of the same batches where nothing is learned at all, and with
guessing; the weights in the end with the first ones.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from cnngui.engine import parallel
from cnngui.pipeline.training.settings import OptimizerName, TrainingSettings
from cnngui.pipeline.training.trainer import Trainer
from cnngui.spec.layers import (
    BatchNorm2d,
    Conv2d,
    Flatten,
    LayerSpec,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
)
from cnngui.spec.network import NetworkSpec

from .samples import INPUT, bars, small


def network(name: str, *layers: LayerSpec) -> NetworkSpec:
    return NetworkSpec(name=name, input=INPUT, layers=layers)


NETWORKS = {
    "relu": small(),
    "sigmoid": network(
        "sigmoid",
        Conv2d(id="conv1", out_channels=4),
        Sigmoid(id="sigmoid1"),
        Flatten(id="flatten1"),
        Linear(id="linear1", out_features=16),
        Sigmoid(id="sigmoid2"),
        Linear(id="linear2", out_features=3),
    ),
    "deep": network(
        "deep",
        Conv2d(id="conv1", out_channels=4, padding="same"),
        BatchNorm2d(id="bn1"),
        ReLU(id="relu1"),
        Conv2d(id="conv2", out_channels=4, padding="same"),
        ReLU(id="relu2"),
        MaxPool2d(id="pool1"),
        Flatten(id="flatten1"),
        Linear(id="linear1", out_features=16),
        Tanh(id="tanh1"),
        Linear(id="linear2", out_features=3),
    ),
}
OPTIMIZERS: tuple[OptimizerName, ...] = ("sgd", "adam", "adamw")
DECADES = range(-9, 4)
OF_THE_RATE = {"too small", "too large", "stuck", "exploding", "nan", "silenced", "idle"}


@pytest.fixture(autouse=True)
def _one_thread():
    parallel.configure(1)
    yield
    parallel.shutdown()


def trained(spec: NetworkSpec, **changes: object) -> tuple[Trainer, list[set[str]]]:
    """Return a training that has ended, and what was told after each of its steps."""
    settings = TrainingSettings(epochs=12, batch_size=12, **changes)  # type: ignore[arg-type]
    training = Trainer(spec, None, bars(90), settings)
    told: list[set[str]] = []
    while not training.is_done:
        training.step()
        told.append({finding.kind for finding in training.progress.findings})
    return training, told


def last_losses(training: Trainer) -> float:
    return float(np.mean(training.progress.curves.loss[-6:], dtype=np.float64))


@cache
def unlearned(name: str) -> float:
    """Return the loss of the last batches where the weights stay as they are."""
    return last_losses(trained(NETWORKS[name], optimizer="sgd", learning_rate=0.0)[0])


def moved(training: Trainer) -> float:
    """Return how far the layer that went farthest is from where it began, in its own lengths."""
    first, last = training._first_weights, training._network.weights()
    return max(
        float(np.linalg.norm(last[layer]["weight"] - first[layer]["weight"]))
        / float(np.linalg.norm(first[layer]["weight"]))
        for layer in first
    )


@cache
def outcome(name: str, optimizer: OptimizerName, decade: int) -> tuple[str, frozenset[str]]:
    """Return what became of the loss and the weights, and what was said of the rate in the end."""
    training, told = trained(NETWORKS[name], optimizer=optimizer, learning_rate=10.0**decade)
    said = frozenset(told[-1] & OF_THE_RATE)
    if training.progress.state == "failed":
        return "worse", said
    loss, before, way = last_losses(training), unlearned(name), moved(training)
    goal = min(before, np.log(3))
    if loss < 0.8 * goal:
        return "learned", said
    if way < 0.05 and loss > 0.98 * before:
        return "the same", said
    if way < 0.3:
        return "a little", said
    return ("hardly" if loss < goal else "worse"), said


@pytest.mark.parametrize("decade", DECADES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_said_of_a_rate_is_what_happened(
    name: str, optimizer: OptimizerName, decade: int
) -> None:
    happened, said = outcome(name, optimizer, decade)
    match happened:
        case "the same":
            assert said == {"too small"}
        case "a little":
            assert said <= {"too small"}
        case "learned":
            assert not said
        case "hardly":
            assert not said & {"too small", "stuck"}
        case "worse":
            assert said & {"too large", "nan"}
            assert "too small" not in said


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", NETWORKS)
def test_the_table_has_all_three_regions_in_their_order(
    name: str, optimizer: OptimizerName
) -> None:
    happened = [outcome(name, optimizer, decade)[0] for decade in DECADES]
    order = ["the same", "a little", "learned", "hardly", "worse"]
    assert happened == sorted(happened, key=order.index)
    assert {"the same", "learned", "worse"} <= set(happened)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("decade", [-9, -2, 2])
def test_nothing_else_is_said_on_the_way(optimizer: OptimizerName, decade: int) -> None:
    _, told = trained(NETWORKS["relu"], optimizer=optimizer, learning_rate=10.0**decade)
    allowed = {-9: {"too small"}, -2: set(), 2: {"too large", "idle", "silenced", "exploding"}}
    for said in told:
        assert said & OF_THE_RATE <= allowed[decade]


def test_units_that_respond_to_nothing_are_counted_and_named() -> None:
    training, _ = trained(NETWORKS["relu"], optimizer="adam", learning_rate=10.0)
    words = {finding.kind: str(finding.words) for finding in training.progress.findings}
    assert "relu1: 4 of 4 units" in words["idle"]
    assert "too large: the loss went from 1.1 to " in words["too large"]
    assert "such as 0.001" in words["too large"]


def test_a_run_that_got_no_better_says_so_and_keeps_the_first_weights() -> None:
    training, told = trained(NETWORKS["relu"], optimizer="adam", learning_rate=10.0)
    assert "no better" in told[-1]
    assert "no better" not in told[-2], "it may still have become better"
    assert training.progress.best is not None
    assert training.progress.best.epoch == 0
    assert not training.has_learned


def test_what_was_learned_and_is_lost_again_is_blamed_on_the_rate() -> None:
    training, _ = trained(NETWORKS["sigmoid"], optimizer="adam", learning_rate=0.03)
    settings = TrainingSettings(epochs=12, batch_size=12, optimizer="adam", learning_rate=10.0)
    again = Trainer(NETWORKS["sigmoid"], training.weights(), bars(90), settings)
    while not again.is_done:
        again.step()
    losses = again.progress.curves.loss
    assert losses[0] < 0.1
    assert losses[-6:].mean() > 2
    said = {finding.kind for finding in again.progress.findings}
    assert {"too large", "no better"} <= said
    assert "overfitting" not in said


@pytest.mark.parametrize("name", ["relu", "sigmoid"])  # the third one's statistics settle
def test_weights_that_hardly_moved_are_no_better_than_the_first(name: str) -> None:
    training, told = trained(NETWORKS[name], optimizer="adam", learning_rate=1e-9)
    assert {"too small", "no better"} <= told[-1]
    assert training.progress.best is not None
    assert training.progress.best.epoch == 0
    assert not training.has_learned


def test_samples_that_all_look_alike_are_not_blamed_on_the_rate() -> None:
    data = bars(90)
    data.pixels[:] = 100
    settings = TrainingSettings(epochs=24, batch_size=12, optimizer="adam", learning_rate=0.01)
    training = Trainer(NETWORKS["relu"], None, data, settings)
    while not training.is_done:
        training.step()
    assert {finding.kind for finding in training.progress.findings} & OF_THE_RATE == {
        *("stuck", "idle"),
    }


def test_a_rate_that_was_mended_is_judged_by_what_came_after() -> None:
    settings = TrainingSettings(epochs=40, batch_size=12, optimizer="sgd", learning_rate=1e-9)
    training = Trainer(NETWORKS["relu"], None, bars(90), settings)
    while training.batches_done < 40:
        training.step()
    assert [finding.kind for finding in training.progress.findings] == ["too small"]
    training.learning_rate = 0.05
    while not training.is_done:
        training.step()
    assert training.progress.findings == ()


def test_learning_by_heart_is_named_with_what_is_kept() -> None:
    """Half of the labels are wrong: a network can only learn by heart which."""
    data = bars(120)
    rng = np.random.default_rng(1)
    data.pixels[:] = rng.integers(0, 255, data.pixels.shape, np.uint8)
    wide = network(
        "wide",
        Flatten(id="flatten1"),
        Linear(id="linear1", out_features=64),
        ReLU(id="relu1"),
        Linear(id="linear2", out_features=3),
    )
    settings = TrainingSettings(epochs=25, batch_size=12, optimizer="adam", learning_rate=0.005)
    training = Trainer(wide, None, data, settings)
    while not training.is_done:
        training.step()
    progress = training.progress
    (finding,) = (finding for finding in progress.findings if finding.kind == "overfitting")
    curves = progress.curves
    turn = int(curves.validation_loss.argmin())
    assert curves.validation_loss[-1] > 1.1 * curves.validation_loss[turn]
    assert curves.smooth_loss[-1] < 0.5
    words = str(finding.words)
    assert f"since epoch {turn} the loss on samples kept apart has risen" in words
    assert progress.best is not None
    assert f"The weights of epoch {progress.best.epoch:g} are kept" in words


def test_who_learns_what_holds_elsewhere_is_not_told_of_learning_by_heart() -> None:
    _, told = trained(NETWORKS["relu"], optimizer="adam", learning_rate=0.01)
    assert all("overfitting" not in said for said in told)
