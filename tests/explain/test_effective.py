"""The effective receptive field: a bell where theory says so."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.gradients.derivatives import Gradients
from cnngui.explain.effective import effective_field, spread
from cnngui.spec.layers import Conv2d, MaxPool2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec


@pytest.mark.parametrize("count", [1, 3, 8])
def test_uniform_layers_give_a_bell(count: int) -> None:
    """The sum of n even steps of -1, 0, 1 has the variance n * 2 / 3 = n * 8 / 12."""
    spec = NetworkSpec(
        input=InputSpec(height=33, width=33).with_channels(1),
        layers=tuple(
            Conv2d(id=f"conv{number}", out_channels=1, padding=1) for number in range(count)
        ),
    )
    even = {
        layer.id: {
            "weight": np.full((1, 1, 3, 3), 1 / 9, np.float32),
            "bias": np.zeros(1, np.float32),
        }
        for layer in spec.layers
    }
    x = np.zeros((1, 1, 33, 33), np.float32)
    field = effective_field(Gradients(spec, even), spec.last_id, 0, (16, 16), x)
    assert field.sum() == pytest.approx(1, abs=1e-5)
    assert spread(field) == pytest.approx((np.sqrt(count * 8 / 12),) * 2, rel=1e-3)


def test_nothing_outside_of_the_window_counts() -> None:
    spec = NetworkSpec(
        input=InputSpec(height=12, width=12), layers=(Conv2d(id="conv1"), MaxPool2d(id="pool1"))
    )
    x = np.random.default_rng(0).normal(0, 1, (1, 3, 12, 12)).astype(np.float32)
    field = effective_field(Gradients(spec), "pool1", 2, (1, 3), x)
    inside = np.zeros((12, 12), bool)
    inside[2:6, 6:10] = True
    assert not field[~inside].any()
    assert np.count_nonzero(field) == 9  # of one window only: that of the largest


def test_a_dead_number_listens_to_nothing() -> None:
    spec = NetworkSpec(
        input=InputSpec(height=8, width=8), layers=(Conv2d(id="conv1"), ReLU(id="relu1"))
    )
    dead = {
        "conv1": {
            "weight": np.ones((8, 3, 3, 3), np.float32),
            "bias": np.full(8, -1000, np.float32),
        }
    }
    field = effective_field(
        Gradients(spec, dead), "relu1", 0, (2, 2), np.ones((1, 3, 8, 8), np.float32)
    )
    assert spread(field) is None
