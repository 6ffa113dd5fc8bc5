"""What is known of a network that runs."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.errors import NetworkError
from cnngui.formats.network_file import with_named_weights
from cnngui.pipeline import running
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec.layers import Conv2d, Flatten, Linear, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec

NETWORK = NetworkSpec(
    input=InputSpec(channels=1, height=6, width=6).with_channels(1),
    layers=(
        Conv2d(id="c", out_channels=2),
        ReLU(id="r"),
        Flatten(id="f"),
        Linear(id="l", out_features=3),
    ),
)


def named(*layer_ids: str) -> RunningNetwork:
    weights = RunningNetwork(NETWORK).weights
    own = {layer_id: weights[layer_id] for layer_id in layer_ids}
    return RunningNetwork(with_named_weights(NETWORK, own), own)


def test_a_network_with_drawn_weights_is_untrained():
    assert RunningNetwork(NETWORK).is_untrained
    assert named("c").is_untrained
    assert not named("c", "l").is_untrained


def test_a_layer_that_is_bypassed_does_not_count():
    weights = named("c").weights
    spec = named("c").spec.edited("l", enabled=False)
    assert not RunningNetwork(spec, {"c": weights["c"]}).is_untrained


def test_what_is_shown_of_a_training_is_not_untrained():
    assert not RunningNetwork(NETWORK, RunningNetwork(NETWORK).weights).is_untrained


def test_a_number_changed_by_hand_leaves_it_as_trained_as_it_was():
    one = [np.array([0])] * 4
    value = np.array([0.5], np.float32)
    assert RunningNetwork(NETWORK).edited("c", "weight", one, value).is_untrained
    learning = RunningNetwork(NETWORK, RunningNetwork(NETWORK).weights)
    assert not learning.edited("c", "weight", one, value).is_untrained


def test_weights_for_which_there_is_no_memory_are_not_drawn(monkeypatch):
    before = RunningNetwork(NETWORK)
    monkeypatch.setattr(running, "available_memory", lambda: 100)
    with pytest.raises(NetworkError, match="memory that are free, got 1 MB of weights"):
        RunningNetwork(NETWORK)
    # What is there already takes none.
    assert RunningNetwork(NETWORK, previous=before).weights == before.weights
    assert RunningNetwork(NETWORK, before.weights)
