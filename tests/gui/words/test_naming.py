from __future__ import annotations

import pytest

from cnngui.gui.words.naming import channel_label, channel_names, kernel_inputs
from cnngui.spec.layers import (
    Add,
    BatchNorm2d,
    Concat,
    Conv2d,
    Flatten,
    GlobalAvgPool2d,
    Linear,
    MaxPool2d,
    Softmax,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.views.conftest import NETWORK


def test_classes_name_the_units_of_the_last_layers() -> None:
    assert channel_names(NETWORK, "softmax1") == NETWORK.classes
    assert channel_names(NETWORK, "fc1") == NETWORK.classes
    assert channel_names(NETWORK, "flatten1") == ()
    assert channel_names(NETWORK, "input") == ("R", "G", "B")
    assert channel_names(NETWORK, "gone") == ()


def test_classes_name_the_maps_of_a_network_without_linear_layers() -> None:
    network = NetworkSpec(
        layers=(
            Conv2d(id="conv1", out_channels=2),
            Conv2d(id="conv2", out_channels=2),
            GlobalAvgPool2d(id="pool1"),
            Flatten(id="flatten1"),
            Softmax(id="softmax1"),
        ),
        classes=("left", "right"),
    )
    assert channel_names(network, "conv2") == ("left", "right")
    assert channel_names(network, "conv1") == ()


def test_classes_are_kept_by_pooling_and_normalisation_and_along_branches() -> None:
    network = NetworkSpec(
        layers=(
            Conv2d(id="conv1", out_channels=2, padding="same"),
            BatchNorm2d(id="bn1"),
            MaxPool2d(id="pool1"),
            Conv2d(id="other", inputs=("conv1",), out_channels=2),
            GlobalAvgPool2d(id="pool2", inputs=("pool1",)),
            Flatten(id="flatten1"),
        ),
        classes=("left", "right"),
    )
    for layer_id in ("conv1", "bn1", "pool1", "pool2", "flatten1"):
        assert channel_names(network, layer_id) == ("left", "right")
    assert channel_names(network, "other") == ()


def test_colours_are_kept_until_a_layer_mixes_them() -> None:
    network = NetworkSpec(
        layers=(
            MaxPool2d(id="pool1"),
            BatchNorm2d(id="bn1"),
            Add(id="sum", inputs=("bn1", "pool1")),
            Concat(id="both", inputs=("sum", "pool1")),
            Conv2d(id="conv1", inputs=("sum",), out_channels=3),
            Flatten(id="flatten1", inputs=("pool1",)),
        )
    )
    for layer_id in ("pool1", "bn1", "sum"):
        assert channel_names(network, layer_id) == ("R", "G", "B")
    for layer_id in ("both", "conv1", "flatten1"):
        assert channel_names(network, layer_id) == ()


def test_a_flattened_map_has_no_class_although_the_count_is_right() -> None:
    network = NetworkSpec(
        input=InputSpec(channels=1, height=1, width=2, mean=(0.0,), std=(1.0,)),
        layers=(Flatten(id="flatten1"), Linear(id="fc1", out_features=2)),
        classes=("a", "b"),
    )
    assert channel_names(network, "flatten1") == ()
    assert channel_names(network, "fc1") == ("a", "b")


def test_a_kernel_of_a_group_reads_its_own_inputs() -> None:
    network = NETWORK.edited("wide", groups=4)
    assert kernel_inputs(network, "wide", 511, 2) == ("pool1", ("6", "7"))
    assert kernel_inputs(network, "conv1", 3, 3) == ("input", ("R", "G", "B"))


@pytest.mark.parametrize(
    ("number", "names", "label"),
    [(2, (), "2"), (1, ("cat", "dog"), "1 dog"), (3, tuple("0123456789"), "3")],
)
def test_a_name_is_added_where_it_says_more(
    number: int, names: tuple[str, ...], label: str
) -> None:
    assert channel_label(number, names) == label
