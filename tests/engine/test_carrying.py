"""Kernels stay where there are more or fewer channels than before."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.carrying import Carried
from cnngui.engine.model import Model
from cnngui.errors import NetworkError
from cnngui.spec.layers import (
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

SPEC = NetworkSpec(
    input=InputSpec(height=12, width=12),
    layers=(
        Conv2d(id="conv1", out_channels=16, initializer="xavier", weights_id="learned1"),
        BatchNorm2d(id="bn1", weights_id="learned2"),
        ReLU(id="relu1"),
        Conv2d(id="conv2", out_channels=6, weights_id="learned3"),
        MaxPool2d(id="pool1"),
        Flatten(id="flatten1"),
        Linear(id="linear1", out_features=5, weights_id="learned4"),
    ),
)


def learned(spec: NetworkSpec) -> Model:
    rng = np.random.default_rng(0)
    return Model(
        spec,
        {
            name: {key: rng.normal(1, 1, shape).astype(np.float32) for key, shape in shapes.items()}
            for name, shapes in infer(spec).parameters.items()
        },
    )


def test_seventeen_instead_of_sixteen() -> None:
    before = learned(SPEC)
    after = Model(SPEC.edited("conv1", out_channels=17), previous=before)
    old, new = before.weights(), after.weights()
    np.testing.assert_array_equal(new["conv1"]["weight"][:16], old["conv1"]["weight"])
    np.testing.assert_array_equal(new["conv1"]["bias"][:16], old["conv1"]["bias"])
    assert new["conv1"]["weight"][16].any()
    for name in ("weight", "bias", "running_mean", "running_var"):
        np.testing.assert_array_equal(new["bn1"][name][:16], old["bn1"][name])
    np.testing.assert_array_equal(new["conv2"]["weight"][:, :16], old["conv2"]["weight"])
    np.testing.assert_array_equal(new["conv2"]["bias"], old["conv2"]["bias"])
    for name in ("weight", "bias"):
        np.testing.assert_array_equal(new["linear1"][name], old["linear1"][name])
    assert after.carried == {"conv1": Carried(16, 1), "bn1": Carried(16, 1), "conv2": Carried(6, 0)}


def test_fewer() -> None:
    before = learned(SPEC)
    after = Model(SPEC.edited("conv2", out_channels=4), previous=before)
    old, new = before.weights(), after.weights()
    np.testing.assert_array_equal(new["conv2"]["weight"], old["conv2"]["weight"][:4])
    # What a Linear reads of a map are numbers in a row: those of the first four maps.
    side = infer(SPEC).shapes["pool1"][1]
    np.testing.assert_array_equal(
        new["linear1"]["weight"], old["linear1"]["weight"][:, : 4 * side * side]
    )
    assert after.carried["conv2"] == Carried(4, 0)


def test_a_transposed_convolution_counts_its_outputs_by_the_second_axis() -> None:
    spec = NetworkSpec(
        input=InputSpec(height=6, width=6),
        layers=(ConvTranspose2d(id="up1", out_channels=4, weights_id="x"),),
    )
    before = learned(spec)
    after = Model(spec.edited("up1", out_channels=5), previous=before)
    np.testing.assert_array_equal(
        after.weights()["up1"]["weight"][:, :4], before.weights()["up1"]["weight"]
    )
    assert after.carried == {"up1": Carried(4, 1)}


@pytest.mark.parametrize("change", [{"kernel_size": (5, 5)}, {"groups": 3, "out_channels": 18}])
def test_what_does_not_fit_is_drawn_and_said_so(change: dict[str, object]) -> None:
    after = Model(SPEC.edited("conv1", **change), previous=learned(SPEC))
    assert after.carried["conv1"].kept == 0


def test_maps_of_another_size_leave_nothing_to_a_linear() -> None:
    before = learned(SPEC)
    smaller = NetworkSpec(input=InputSpec(height=10, width=10), layers=SPEC.layers)
    after = Model(smaller, previous=before)
    assert set(after.carried) == {"linear1"}
    assert after.carried["linear1"].kept == 0


def test_weights_that_nobody_has_are_not_drawn_anew() -> None:
    with pytest.raises(NetworkError, match="conv1: has weights of its own"):
        Model(SPEC)
    other = NetworkSpec(input=SPEC.input, layers=(Conv2d(id="other"),))
    with pytest.raises(NetworkError, match="no longer kept"):
        Model(SPEC, previous=Model(other))


def test_another_seed_draws_everything() -> None:
    before = learned(SPEC)
    after = Model(SPEC.redrawn(5), previous=before)
    assert after.carried == {}
    assert not np.isclose(
        after.weights()["conv1"]["weight"], before.weights()["conv1"]["weight"]
    ).all()
