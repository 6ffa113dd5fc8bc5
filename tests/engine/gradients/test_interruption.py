"""Batches that somebody comes between."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from cnngui.engine.gradients.interruption import AbandonedError, Interruption
from cnngui.engine.gradients.program import bands_of
from cnngui.engine.learning.losses import CrossEntropy
from cnngui.engine.learning.network import TrainableNetwork, learning_graph
from cnngui.engine.model import Model
from cnngui.spec.layers import BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec

SPEC = NetworkSpec(
    input=InputSpec(channels=3, height=32, width=32),
    layers=(
        Conv2d(id="conv1", out_channels=16, padding="same"),
        BatchNorm2d(id="norm1"),
        ReLU(id="relu1"),
        MaxPool2d(id="pool1"),
        Dropout(id="dropout1"),
        Flatten(id="flatten1"),
        Linear(id="fc1", out_features=4),
    ),
)
IMAGES = 64


class Alternating(Interruption):
    """Wanted at every second question, so that work goes on between two interruptions."""

    def __init__(self, then: object = None) -> None:
        self.asked = self.taken = 0
        super().__init__(self._asked, self._taken)
        self.then = then

    def _asked(self) -> bool:
        self.asked += 1
        return self.asked % 2 == 0

    def _taken(self) -> None:
        self.taken += 1
        if callable(self.then):
            self.then()


def batch() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = np.random.default_rng(0)
    return rng.random((IMAGES, *SPEC.input.shape), np.float32), np.arange(IMAGES) % 4


def test_a_batch_with_interruptions_gives_the_same_to_the_last_bit():
    interruption = Alternating()
    disturbed = TrainableNetwork(SPEC, interruption=interruption)
    calm = TrainableNetwork(SPEC)
    results = [net.gradients_of(*batch(), CrossEntropy()) for net in (disturbed, calm)]
    assert interruption.taken > 5
    assert results[0].loss == results[1].loss
    for layer_id, gradients in calm.gradients.items():
        for name, gradient in gradients.items():
            np.testing.assert_array_equal(disturbed.gradients[layer_id][name], gradient)
    np.testing.assert_array_equal(disturbed.predict(batch()[0]), calm.predict(batch()[0]))


def test_who_comes_between_may_compute_with_all_threads():
    model = Model(SPEC)
    x = batch()[0][:1]
    expected = model.activations(x, ["fc1"])["fc1"]
    seen: list[NDArray[np.float32]] = []
    interruption = Alternating(then=lambda: seen.append(model.activations(x, ["fc1"])["fc1"]))
    TrainableNetwork(SPEC, interruption=interruption).gradients_of(*batch(), CrossEntropy())
    assert seen
    assert all(np.array_equal(result, expected) for result in seen)


def test_a_batch_that_is_given_up_changes_nothing_that_is_trained():
    def give_up() -> None:
        raise AbandonedError

    interruption = Alternating(then=give_up)
    network = TrainableNetwork(SPEC, interruption=interruption)
    before = {name: array.copy() for name, array in network.parameters["conv1"].items()}
    with pytest.raises(AbandonedError):
        network.gradients_of(*batch(), CrossEntropy())
    for name, array in before.items():
        np.testing.assert_array_equal(network.parameters["conv1"][name], array)
    interruption.then = None
    assert np.isfinite(network.gradients_of(*batch(), CrossEntropy()).loss)


def test_bands_of_a_large_network_are_short_enough_to_come_between():
    small = replace(SPEC, input=InputSpec(channels=3, height=8, width=8))
    short = bands_of(learning_graph(small), IMAGES, multiply_adds=10_000_000_000, itemsize=4)
    usual = bands_of(learning_graph(small), IMAGES, multiply_adds=10_000_000, itemsize=4)
    assert len(short) == 4 * len(usual)
