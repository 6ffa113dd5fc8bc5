"""Receptive fields against published values, and against changing the picture pixel by pixel."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cnngui.explain.receptive import AxisField, fields, regions
from cnngui.formats.opening import open_network
from cnngui.spec.layers import (
    INPUT_ID,
    LAYER_TYPES,
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    Conv3d,
    Flatten,
    GlobalAvgPool2d,
    GlobalAvgPool3d,
    InstanceNorm2d,
    LayerNorm,
    LayerSpec,
    MaxPool2d,
    MaxPool3d,
    Pad2d,
    ReLU,
    Reshape,
    Softmax,
    Tanh,
    Upsample,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from tests.explain.networks import random_model, random_network


def network_of(*layers: object, side: int = 32) -> NetworkSpec:
    network = NetworkSpec(input=InputSpec(height=side, width=side))
    for layer in layers:
        network = network.inserted(len(network.layers), layer)
    return network


def differs(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Where values have changed by more than a batch of another size may change in rounding."""
    return ~np.isclose(after, before, rtol=1e-5, atol=1e-6)


def vgg_16() -> NetworkSpec:
    layers: list[object] = []
    for block, (count, channels) in enumerate([(2, 4), (2, 4), (3, 4), (3, 4), (3, 4)]):
        for number in range(count):
            layers.append(Conv2d(id=f"conv{block}_{number}", out_channels=channels, padding=1))
            layers.append(ReLU(id=f"relu{block}_{number}"))
        layers.append(MaxPool2d(id=f"pool{block}"))
    return network_of(*layers, side=224)


def test_vgg_16() -> None:
    network = vgg_16()
    assert fields(network)["pool4"] == (AxisField(212, 32, 90),) * 2
    assert fields(network)["conv0_1"] == (AxisField(5, 1, 2),) * 2


def test_the_size_does_not_depend_on_the_borders_of_a_small_picture() -> None:
    layers = vgg_16().layers
    small = NetworkSpec(input=InputSpec(height=64, width=64), layers=layers)
    assert fields(small)["pool4"] == (AxisField(212, 32, 90),) * 2


def test_lenet_5() -> None:
    """LeCun's C5 is a convolution as large as its input; it is often written as Flatten, Linear."""
    network = open_network("lenet-5").spec
    front = [layer for layer in network.layers if isinstance(layer, Conv2d | AvgPool2d)]
    c5 = Conv2d(id="c5", kernel_size=5, inputs=(front[-1].id,))
    known = fields(network.inserted(len(network.layers), c5))
    assert [known[layer.id][0].size for layer in front] == [5, 6, 14, 16]
    assert known["c5"][0] == AxisField(32, 4, 2)
    # The picture of 28 with the 2 of padding that C5 sees, too.
    assert known[network.last_id] == (AxisField(32, None, None),) * 2


def test_flatten_reaches_everything() -> None:
    network = network_of(Conv2d(id="conv1"), Flatten(id="flatten1"), side=12)
    assert regions(network, "flatten1", (), channel=0)[INPUT_ID][1:] == (range(3), range(3))
    assert regions(network, "flatten1", ())[INPUT_ID] == (range(3), range(12), range(12))
    assert fields(network)["flatten1"] == (AxisField(12, None, None),) * 2


def test_stride_and_padding_of_one_window() -> None:
    network = network_of(Conv2d(id="conv1", kernel_size=(3, 5), stride=(2, 3), padding=(1, 2)))
    assert fields(network)["conv1"] == (AxisField(3, 2, 1), AxisField(5, 3, 2))


def test_where_branches_meet_it_is_the_union() -> None:
    network = network_of(
        Conv2d(id="conv1", kernel_size=3, padding=1),
        Conv2d(id="conv2", kernel_size=5, padding=2),
        LAYER_TYPES["Add"](id="add1", inputs=("conv1", "conv2")),
    )
    assert fields(network)["add1"] == (AxisField(7, 1, 3),) * 2
    assert regions(network, "add1", (10, 0))[INPUT_ID] == (range(3), range(7, 14), range(4))


def test_the_regions_of_all_layers_on_the_way() -> None:
    network = network_of(Conv2d(id="conv1"), MaxPool2d(id="pool1"), Conv2d(id="conv2"))
    seen = regions(network, "conv2", (2, 3), channel=1)
    assert seen["conv2"] == (range(1, 2), range(2, 3), range(3, 4))
    assert seen["pool1"] == (range(8), range(2, 5), range(3, 6))
    assert seen["conv1"] == (range(8), range(4, 10), range(6, 12))
    assert seen[INPUT_ID] == (range(3), range(4, 12), range(6, 14))


@pytest.mark.parametrize("seed", range(30))
def test_nothing_outside_of_the_region_matters(seed: int) -> None:
    """Change every input pixel, and see which outputs change."""
    rng = np.random.default_rng([7, seed])
    first = list(LAYER_TYPES)[seed % len(LAYER_TYPES)]
    network = random_network(rng, 4, first)
    if not network.layers:
        return
    model = random_model(rng, network)
    channels, *sides = network.input.shape
    x = rng.normal(0, 1, (1, *network.input.shape)).astype(np.float32)
    changed = np.repeat(x, np.prod(sides), axis=0)
    for number, place in enumerate(np.ndindex(*sides)):
        changed[(number, slice(None), *place)] = rng.normal(0, 3, channels)
    last = network.last_id
    before = model.activations(x, [last])[last][0]
    after = model.activations(changed, [last])[last].reshape(*sides, *before.shape)
    shape = infer(network).shapes[last]
    for _ in range(6):
        channel, *at = (int(rng.integers(0, size)) for size in shape)
        matters = differs(after[(..., channel, *at)], before[(channel, *at)])
        _, *seen = regions(network, last, at, channel).get(INPUT_ID, (range(0),) * 4)
        allowed = np.zeros(sides, bool)
        allowed[tuple(slice(along.start, along.stop) for along in seen[: len(sides)])] = True
        assert not (matters & ~allowed).any(), network


def test_fields_reach_in_time() -> None:
    network = NetworkSpec(input=InputSpec(height=32, width=32, frames=16)).inserted(
        0, Conv2d(id="still", padding=1)
    )
    for layer in (
        Conv3d(id="conv1", kernel_size=(3, 3, 3), padding=(1, 1, 1)),
        MaxPool3d(id="pool1"),
        Conv3d(id="conv2", kernel_size=(3, 1, 1)),
        GlobalAvgPool2d(id="flat1"),
        GlobalAvgPool3d(id="flat2", inputs=("conv2",)),
        Flatten(id="flat3"),
    ):
        network = network.inserted(len(network.layers), layer)
    known = fields(network)
    assert known[INPUT_ID] == (AxisField(1, 1, 0),) * 3
    assert known["still"] == (AxisField(1, 1, 0), *(AxisField(3, 1, 1),) * 2)
    assert known["conv1"] == (AxisField(3, 1, 1), *(AxisField(5, 1, 2),) * 2)
    assert known["pool1"] == (AxisField(4, 2, 1), *(AxisField(6, 2, 2),) * 2)
    assert known["conv2"] == (AxisField(8, 2, 1), *(AxisField(6, 2, 2),) * 2)
    # Of a map's mean one says what the whole of it sees, padding included.
    assert known["flat1"][0] == AxisField(8, 2, 1)
    assert known["flat2"][0] == known["flat3"][0] == AxisField(18, None, None)
    seen = regions(network, "conv2", (0, 3, 4), channel=1)
    assert seen["pool1"] == (range(8), range(3), range(3, 4), range(4, 5))
    assert seen[INPUT_ID] == (range(3), range(7), range(4, 10), range(6, 12))


def test_a_single_moment_as_maps_and_back() -> None:
    """The axes of the picture keep their names where there is none for time."""
    network = NetworkSpec(input=InputSpec(height=12, width=10, frames=4))
    for layer in (
        Conv3d(id="conv1", out_channels=4, kernel_size=(4, 3, 3)),
        Reshape(id="maps", shape=(4, 10, 8)),
        Conv2d(id="conv2", kernel_size=(3, 1), stride=(2, 1)),
    ):
        network = network.inserted(len(network.layers), layer)
    known = fields(network)
    assert known["conv1"][1:] == (AxisField(3, 1, 0),) * 2
    assert known["conv2"] == (AxisField(4, None, None), AxisField(5, 2, 0), AxisField(3, 1, 0))
    seen = regions(network, "conv2", (1, 2))
    assert seen[INPUT_ID] == (range(3), range(4), range(2, 7), range(2, 5))


def test_the_whole_region_matters_where_every_weight_does() -> None:
    """Without rectifiers every pixel of the box is felt, so that it is not too large."""
    rng = np.random.default_rng(1)
    network = network_of(
        Conv2d(id="conv1", kernel_size=3, stride=2, padding=1),
        Conv2d(id="conv2", kernel_size=(2, 4), padding=(0, 3)),
        AvgPool2d(id="pool1", padding=1),
        side=14,
    )
    model = random_model(rng, network)
    x = rng.normal(0, 1, (1, 3, 14, 14)).astype(np.float32)
    changed = np.repeat(x, 14 * 14, axis=0)
    for place in range(14 * 14):
        changed[place, :, place // 14, place % 14] += 5
    before = model.activations(x, ["pool1"])["pool1"][0]
    after = model.activations(changed, ["pool1"])["pool1"].reshape(14, 14, *before.shape)
    for y, x_ in np.ndindex(*before.shape[1:]):
        matters = differs(after[:, :, :, y, x_], before[:, y, x_]).any(axis=2)
        rows, columns = np.flatnonzero(matters.any(1)), np.flatnonzero(matters.any(0))
        _, seen_rows, seen_columns = regions(network, "pool1", (y, x_))[INPUT_ID]
        assert (rows[0], rows[-1] + 1) == (seen_rows.start, seen_rows.stop)
        assert (columns[0], columns[-1] + 1) == (seen_columns.start, seen_columns.stop)


@pytest.mark.parametrize(
    ("height", "width", "layers"),
    [
        (8, 64, [AdaptiveAvgPool2d(id="a", output_size=(4096, 4096)), ReLU(id="b")]),
        (2048, 1, [Upsample(id="a", scale_factor=(2.0, 2.0)), Tanh(id="b")]),
        (4096, 1, [LayerNorm(id="a"), Softmax(id="b"), InstanceNorm2d(id="c")]),
        (8, 64, [Pad2d(id="a", padding=(2, 2000, 2, 2000), mode="replicate")]),
    ],
)
def test_of_the_largest_maps_fields_are_known_before_anybody_waits(
    height: int, width: int, layers: list[LayerSpec]
) -> None:
    network = NetworkSpec(input=InputSpec(height=height, width=width), layers=tuple(layers))
    assert infer(network).is_valid
    began = time.perf_counter()
    found = fields(network)
    assert time.perf_counter() - began < 3.0
    assert len(found) == len(layers) + 1
