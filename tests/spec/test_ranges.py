from __future__ import annotations

from cnngui.spec.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.ranges import is_signed


def signs(*layers, **described) -> dict[str, bool]:
    return dict(is_signed(NetworkSpec(input=InputSpec(**described), layers=layers)))


def test_the_input_is_signed_where_a_mean_is_taken_off():
    assert not signs()["input"]
    assert signs(mean=(0.0, 0.5, 0.0))["input"]


def test_activations_end_or_keep_the_sign():
    found = signs(
        Conv2d(id="conv"),
        ReLU(id="relu", inputs=("conv",)),
        LeakyReLU(id="leaky", inputs=("conv",)),
        LeakyReLU(id="flat", negative_slope=0.0, inputs=("conv",)),
        Sigmoid(id="sigmoid", inputs=("conv",)),
        Softmax(id="softmax", inputs=("conv",)),
        Tanh(id="tanh", inputs=("conv",)),
        SiLU(id="silu", inputs=("conv",)),
        MaxPool2d(id="pool", inputs=("conv",)),
        BatchNorm2d(id="norm", inputs=("relu",)),
    )
    signed = {name for name, negative in found.items() if negative}
    assert signed == {"conv", "leaky", "tanh", "silu", "pool", "norm"}


def test_what_reads_no_negative_value_gives_none():
    found = signs(
        Conv2d(id="conv"),
        ReLU(id="relu"),
        AvgPool2d(id="pool"),
        Tanh(id="tanh"),
        Add(id="plain", inputs=("relu", "tanh")),
        Add(id="mixed", inputs=("relu", "conv")),
    )
    assert [found[name] for name in ("pool", "tanh", "plain", "mixed")] == [False] * 3 + [True]


def test_a_bypassed_layer_passes_the_sign():
    found = signs(Conv2d(id="conv"), ReLU(id="relu", enabled=False))
    assert found["relu"]
