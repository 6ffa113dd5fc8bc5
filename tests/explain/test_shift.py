"""What a shift changes: by hand, and on networks."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.explain.shift import change, changes, shifted
from cnngui.spec.layers import INPUT_ID, Conv2d, Flatten, MaxPool2d
from cnngui.spec.network import InputSpec, NetworkSpec


def test_the_edge_is_repeated() -> None:
    picture = np.arange(12).reshape(3, 4, 1)
    assert shifted(picture, (1, 0))[..., 0].tolist() == [
        [0, 1, 2, 3], [0, 1, 2, 3], [4, 5, 6, 7],
    ]  # fmt: skip
    assert shifted(picture, (0, -2))[0, :, 0].tolist() == [2, 3, 3, 3]
    assert shifted(picture, (9, 9)).max() == 0


def test_a_stride_breaks_invariance() -> None:
    """00110011 max-pooled by 2 gives 0101; rolled by one it gives 1111 (Zhang, 2019)."""
    line = np.array([0, 0, 1, 1, 0, 0, 1, 1], np.float32)
    network = NetworkSpec(
        input=InputSpec(height=1, width=8).with_channels(1),
        layers=(MaxPool2d(id="pool1", kernel_size=(1, 2), stride=(1, 2)),),
    )
    model = Model(network)
    found = [
        model.activations(row.reshape(1, 1, 1, 8))["pool1"].ravel().tolist()
        for row in (line, np.roll(line, 1))
    ]
    assert found == [[0, 1, 0, 1], [1, 1, 1, 1]]


def test_a_convolution_moves_along() -> None:
    rng = np.random.default_rng(0)
    network = NetworkSpec(
        input=InputSpec(height=20, width=24).with_channels(1),
        layers=(
            Conv2d(id="conv1", padding=1),
            MaxPool2d(id="pool1"),
            Flatten(id="flatten1"),
        ),
    )
    model = Model(network)
    wide = rng.normal(0, 1, (26, 30, 1)).astype(np.float32)
    old, new = (
        {INPUT_ID: x[0], **{name: maps[0] for name, maps in model.activations(x).items()}}
        for x in (
            part.transpose(2, 0, 1)[None].copy() for part in (wide[3:23, 3:27], wide[1:21, 3:27])
        )
    )
    found = changes(network, old, new, (2, 0))
    assert found["conv1"].changed > 0.5
    # The first row saw the border before it was moved.
    assert found["conv1"].changed_after_moving < 0.3 * found["conv1"].changed
    assert found[INPUT_ID].changed_after_moving == pytest.approx(0, abs=1e-7)
    assert found["flatten1"].changed_after_moving is None
    assert found["pool1"].changed_after_moving < 0.3 * found["pool1"].changed


def test_half_a_place_is_interpolated() -> None:
    old = np.array([[[0.0, 2.0, 4.0, 6.0]]])
    new = np.array([[[9.0, 1.0, 3.0, 5.0]]])
    assert change(old, new, (0.0, 0.5)).changed_after_moving == pytest.approx(0, abs=1e-12)


def test_nothing_is_said_where_there_is_nothing() -> None:
    zeros = np.zeros((1, 2, 2))
    assert change(zeros, zeros + 1, (0.0, 0.0)).changed is None
    assert change(zeros + 1, zeros + 1, (0.0, 5.0)).changed_after_moving is None
    assert change(zeros + np.nan, zeros, None).changed is None
