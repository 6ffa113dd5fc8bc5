"""Derivatives of any number with respect to anything, beside PyTorch and beside differences."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnngui.engine.gradients.derivatives import Gradients, channel_sum, unit
from cnngui.engine.gradients.graph import graph_of
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.model import Model
from cnngui.engine.program import AbandonedError
from cnngui.errors import NetworkError
from cnngui.formats.opening import open_network
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.presets import PRESETS
from cnngui.spec.shapes import infer
from tests.engine.networks import networks, random_weights


def small_network(*layers: spec.LayerSpec, channels: int = 3) -> NetworkSpec:
    size = InputSpec(height=8, width=9).with_channels(channels)
    return NetworkSpec(input=size, layers=layers)


NETWORK = small_network(
    spec.Conv2d(id="conv1", out_channels=4, padding="same"),
    spec.BatchNorm2d(id="bn1"),
    spec.ReLU(id="relu1"),
    spec.MaxPool2d(id="pool1"),
    spec.Conv2d(id="conv2", out_channels=4, padding="same", frozen=True),
    spec.Add(id="add", inputs=("conv2", "pool1")),
    spec.SiLU(id="silu"),
    spec.Dropout(id="drop"),
    spec.Flatten(id="flatten"),
    spec.Linear(id="linear", out_features=3),
    spec.Softmax(id="softmax"),
)


def pictures(network: NetworkSpec, images: int = 2) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((images, *network.input.shape))


def torch_gradients(network, weights, target, seed, x, layers, parameters):
    """The same by PyTorch: (output, gradients by layer, gradients by layer and parameter)."""
    torch = pytest.importorskip("torch")
    from tests.torch_layers import apply, torch_module

    shapes = infer(network).shapes
    values = {"input": torch.tensor(x, requires_grad=True)}
    modules = {}
    for index, layer in enumerate(network.layers):
        names = network.inputs_of(index)
        if not layer.enabled:
            values[layer.id] = values[names[0]]
            continue
        module = torch_module(layer, [shapes[name] for name in names]).double().eval()
        state = {name: torch.tensor(a) for name, a in weights.get(layer.id, {}).items()}
        module.load_state_dict(state, strict=False)
        modules[layer.id] = module
        values[layer.id] = apply(layer, module, [values[name] for name in names])
        if values[layer.id].requires_grad:
            values[layer.id].retain_grad()
    out = values[target]
    out.backward(torch.tensor(seed(out.detach().numpy())))

    def gradient(tensor):
        return np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.numpy()

    by_parameter = {
        layer_id: {name: gradient(p) for name, p in modules[layer_id].named_parameters()}
        for layer_id in parameters
    }
    return out.detach().numpy(), {name: gradient(values[name]) for name in layers}, by_parameter


def assert_as_in_pytorch(network, target, seed, layers, parameters=()) -> None:
    weights, x = random_weights(network), pictures(network)
    found = Gradients(network, weights, dtype=np.float64).of(
        target, seed, x, layers=layers, parameters=parameters
    )
    expected = torch_gradients(network, weights, target, seed, x, layers, parameters)
    np.testing.assert_allclose(found.output, expected[0], atol=1e-9)
    assert list(found.layers) == list(layers)
    for name in layers:
        np.testing.assert_allclose(found.layers[name], expected[1][name], atol=1e-9)
    assert list(found.parameters) == list(parameters)
    for layer_id in parameters:
        assert set(found.parameters[layer_id]) == set(expected[2][layer_id])
        for name, array in expected[2][layer_id].items():
            np.testing.assert_allclose(found.parameters[layer_id][name], array, atol=1e-8)


@pytest.mark.parametrize(
    ("target", "seed"),
    [
        ("linear", unit(1)),
        ("softmax", unit(2)),
        ("conv2", unit(3, 1, 2)),
        ("add", channel_sum(0)),
        ("relu1", channel_sum(2)),
        ("pool1", lambda output: 2 * output),
    ],
    ids=["logit", "probability", "unit", "channel", "relu", "loss"],
)
def test_of_any_number_with_respect_to_anything(target, seed):
    before = [layer.id for layer in NETWORK.layers[: NETWORK.index_of(target) + 1]]
    trained = [name for name in before if isinstance(NETWORK.layer(name), spec.ParametricSpec)]
    assert_as_in_pytorch(NETWORK, target, seed, ["input", *before], trained)
    assert_as_in_pytorch(NETWORK, target, seed, ["input"])
    assert_as_in_pytorch(NETWORK, target, seed, [], trained[:1])
    assert_as_in_pytorch(NETWORK, target, seed, [target])


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_of_presets(preset):
    network = open_network(preset.key).spec
    small = replace(network, input=replace(network.input, height=24, width=24))
    network = small if infer(small).is_valid else network
    last = network.last_id
    shape = infer(network).shapes[last]
    seed = unit(*(side // 2 for side in shape))
    maps = [layer.id for layer in network.layers if len(infer(network).shapes[layer.id]) == 3]
    assert_as_in_pytorch(network, last, seed, ["input", *maps[-3:]])


@settings(max_examples=30, deadline=None)
@given(networks(), st.data())
def test_of_generated_networks(network, data):
    assume(network.layers)
    target = data.draw(st.sampled_from([layer.id for layer in network.layers]))
    asked = data.draw(
        st.lists(st.sampled_from(["input", *(layer.id for layer in network.layers)]), unique=True)
    )
    assert_as_in_pytorch(network, target, lambda output: np.cos(output), asked)


VIDEO = NetworkSpec(
    input=InputSpec(height=8, width=9, frames=6),
    layers=(
        spec.Conv2d(id="still", out_channels=4, padding="same"),
        spec.Conv3d(id="conv1", out_channels=4, kernel_size=3, padding=(0, 1, 1)),
        spec.BatchNorm3d(id="bn1"),
        spec.ReLU(id="relu1"),
        spec.MaxPool3d(id="pool1"),
        spec.Conv3d(id="conv2", out_channels=4, padding="same", groups=2),
        spec.Add(id="add", inputs=("conv2", "pool1")),
        spec.AvgPool3d(id="mean", inputs=("add",), kernel_size=(2, 1, 1), stride=1),
        spec.Multiply(id="times", inputs=("add", "mean")),
        spec.ConvTranspose3d(id="up", out_channels=3, kernel_size=2, stride=2),
        spec.GroupNorm(id="gn", num_groups=3),
        spec.Slice(id="newest", dim="time", start=-2),
        spec.Flatten(id="flatten"),
        spec.Linear(id="linear", out_features=3),
    ),
)


@pytest.mark.parametrize(
    ("target", "seed"),
    [
        ("linear", unit(1)),
        ("conv2", unit(3, 1, 2, 0)),
        ("times", channel_sum(0)),
        ("newest", lambda output: np.cos(output)),
    ],
    ids=["logit", "unit", "channel", "loss"],
)
def test_of_networks_with_time(target, seed):
    before = [layer.id for layer in VIDEO.layers[: VIDEO.index_of(target) + 1]]
    trained = [name for name in before if isinstance(VIDEO.layer(name), spec.ParametricSpec)]
    assert_as_in_pytorch(VIDEO, target, seed, ["input", *before], trained)
    assert_as_in_pytorch(VIDEO, target, seed, ["input"])


def test_neither_classes_nor_anything_to_train_are_needed():
    network = small_network(spec.MaxPool2d(id="pool"), spec.Tanh(id="tanh"))
    found = Gradients(network).of("tanh", channel_sum(1), pictures(network).astype(np.float32))
    assert found.layers["input"].shape == (2, 3, 8, 9)
    assert found.layers["input"].dtype == np.float32
    assert found.layers["input"][:, 1].any()
    assert not found.layers["input"][:, [0, 2]].any()


def test_of_the_input_itself():
    network = small_network(spec.ReLU(id="off", enabled=False))
    x = pictures(network)
    found = Gradients(network, dtype=np.float64).of("off", lambda output: 3 * output, x)
    np.testing.assert_array_equal(found.output, x)
    np.testing.assert_array_equal(found.layers["input"], 3 * x)


def test_a_bypassed_layer_has_the_gradient_of_what_it_passes():
    network = NETWORK.edited("bn1", enabled=False)
    found = Gradients(network, dtype=np.float64).of(
        "linear", unit(0), pictures(network), layers=["conv1", "bn1", "drop", "silu"]
    )
    np.testing.assert_array_equal(found.layers["bn1"], found.layers["conv1"])
    np.testing.assert_array_equal(found.layers["drop"], found.layers["silu"])
    assert found.layers["bn1"].any()


def test_layers_that_have_no_part_in_it_have_a_gradient_of_zero():
    found = Gradients(NETWORK).of(
        "relu1",
        channel_sum(0),
        pictures(NETWORK).astype(np.float32),
        layers=["conv2", "linear"],
        parameters=["conv2", "conv1"],
    )
    assert found.layers["conv2"].shape == (2, 4, 4, 4)
    assert not any(array.any() for array in found.layers.values())
    assert not any(array.any() for array in found.parameters["conv2"].values())
    assert found.parameters["conv1"]["weight"].any()


def test_where_nothing_reaches_a_gradient_is_zero_not_only_small():
    """Also where a network that learns would be computed by tiles."""
    wide = {"out_channels": 64, "padding": "same"}
    layers = (spec.Conv2d(id="conv1", **wide), spec.Conv2d(id="conv2", **wide))
    network = NetworkSpec(input=InputSpec(height=16, width=16), layers=layers)
    x = np.ones((16, 3, 16, 16), np.float32)
    found = Gradients(network).of("conv2", unit(0, 8, 9), x, layers=["conv1"]).layers["conv1"]
    assert np.count_nonzero(found) == np.count_nonzero(found[:, :, 7:10, 8:11]) > 0


def test_results_are_fresh():
    gradients, x = Gradients(NETWORK), pictures(NETWORK).astype(np.float32)
    first = gradients.of("linear", unit(0), x, layers=["input", "conv1"], parameters=["conv1"])
    kept = first.layers["conv1"].copy(), first.parameters["conv1"]["weight"].copy()
    gradients.of("linear", unit(1), x, layers=["input", "conv1"], parameters=["conv1"])
    np.testing.assert_array_equal(first.layers["conv1"], kept[0])
    np.testing.assert_array_equal(first.parameters["conv1"]["weight"], kept[1])


def test_statistics_stay_as_they_are():
    weights, x = random_weights(NETWORK), pictures(NETWORK).astype(np.float32)
    gradients = Gradients(NETWORK, weights)
    before = gradients.of("linear", unit(0), x).output
    np.testing.assert_array_equal(gradients.of("linear", unit(0), x).output, before)
    expected = Model(NETWORK, weights).activations(x, ["linear"])["linear"]
    np.testing.assert_allclose(before, expected, atol=1e-4)


def test_unknown_layers_are_refused():
    gradients, x = Gradients(NETWORK), pictures(NETWORK)
    for arguments in (("none", ["input"], []), ("linear", ["none"], []), ("linear", [], ["none"])):
        target, layers, parameters = arguments
        with pytest.raises(KeyError):
            gradients.of(target, unit(0), x, layers=layers, parameters=parameters)
    with pytest.raises(NetworkError):
        Gradients(NETWORK.edited("conv1", kernel_size=(99, 99), padding=(0, 0)))


def test_it_can_be_given_up():
    def give_up() -> None:
        raise AbandonedError

    gradients = Gradients(NETWORK, interruption=Interruption(lambda: True, give_up))
    with pytest.raises(AbandonedError):
        gradients.of("linear", unit(0), pictures(NETWORK).astype(np.float32))


def test_memory_is_what_was_reported():
    network = small_network(
        spec.Conv2d(id="conv1", out_channels=16, padding="same"),
        spec.SiLU(id="silu"),
        spec.Conv2d(id="conv2", out_channels=16, padding="same"),
    )
    network = replace(network, input=replace(network.input, height=96, width=96))
    gradients = Gradients(network)
    x = pictures(network, 8).astype(np.float32)
    reported = gradients.needed_bytes("conv2", 8)
    tracemalloc.start()
    try:
        gradients.of("conv2", unit(0, 5, 5), x)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.8 * reported < held < 1.2 * reported


def test_gradients_of_layers_that_nobody_asks_for_are_not_kept():
    """Three layers that change values in place: asking for one keeps that one alone."""
    network = small_network(
        spec.Conv2d(id="conv1", out_channels=8, padding="same"),
        spec.ReLU(id="relu1"),
        spec.Conv2d(id="conv2", out_channels=8, padding="same"),
        spec.ReLU(id="relu2"),
        spec.Conv2d(id="conv3", out_channels=8, padding="same"),
    )
    network = replace(network, input=replace(network.input, height=64, width=64))
    gradients = Gradients(network)
    names = [layer.id for layer in network.layers]
    few, all_ = (gradients.needed_bytes("conv3", 1, layers) for layers in (["input"], names))
    one_map = 4 * 8 * 64 * 64
    assert all_ - few >= 4 * one_map


def test_a_relu_is_done_by_its_pooling_unless_somebody_asks_for_it():
    steps = [step.layer.id for step in graph_of(NETWORK, "pool1", layers=["input"]).steps]
    assert steps == ["conv1", "bn1", "pool1"]
    steps = [step.layer.id for step in graph_of(NETWORK, "pool1", layers=["relu1"]).steps]
    assert steps == ["conv1", "bn1", "relu1", "pool1"]


TIES = np.array(
    [
        [[0, 1], [1, 0]],
        [[1, 1], [1, 1]],
        [[0, 0], [1, 1]],
        [[0, 2], [1, 2]],
        [[-1, -3], [-1, -1]],
    ],
    np.float64,
)


@pytest.mark.parametrize("kind", [spec.MaxPool2d, spec.GlobalMaxPool2d, spec.AdaptiveMaxPool2d])
def test_of_equal_values_the_first_row_by_row_has_the_gradient(kind):
    arguments = {"output_size": (1, 1)} if kind is spec.AdaptiveMaxPool2d else {}
    network = NetworkSpec(
        input=InputSpec(height=2, width=2).with_channels(1), layers=(kind(id="a", **arguments),)
    )
    x = TIES[:, None]
    found = Gradients(network, dtype=np.float64).of("a", unit(0, 0, 0), x).layers["input"]
    for picture, gradient in zip(x[:, 0], found[:, 0], strict=True):
        first = np.unravel_index(picture.argmax(), picture.shape)
        assert gradient[first] == gradient.sum() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"kernel_size": 3, "stride": 1, "padding": 1},
        {"kernel_size": (2, 3), "stride": (2, 1)},
        {"dilation": 2},
        {"kernel_size": 3, "stride": 3, "ceil_mode": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("after_relu", [False, True])
def test_ties_everywhere_as_in_pytorch(arguments, after_relu):
    layers = [spec.ReLU(id="relu")] * after_relu + [spec.MaxPool2d(id="pool", **arguments)]
    network = small_network(*layers)
    weights, rng = {}, np.random.default_rng(0)
    x = rng.integers(-2, 3, (3, *network.input.shape)).astype(np.float64)

    def seed(output):
        return np.random.default_rng(1).standard_normal(output.shape)

    found = Gradients(network, dtype=np.float64).of("pool", seed, x)
    _, expected, _ = torch_gradients(network, weights, "pool", seed, x, ["input"], [])
    np.testing.assert_allclose(found.layers["input"], expected["input"], atol=1e-12)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"kernel_size": 3, "stride": 1, "padding": 1},
        {"kernel_size": (2, 3, 1), "stride": (1, 2, 1)},
        {"kernel_size": (1, 2, 2), "stride": (1, 2, 2)},
        {"kernel_size": 3, "stride": 2, "ceil_mode": True},
        {"stride": 1, "dilation": (2, 1, 3)},
    ],
    ids=str,
)
@pytest.mark.parametrize("after_relu", [False, True])
def test_ties_everywhere_as_in_pytorch_with_time(arguments, after_relu):
    layers = [spec.ReLU(id="relu")] * after_relu + [spec.MaxPool3d(id="pool", **arguments)]
    size = InputSpec(height=6, width=7, frames=5).with_channels(1)
    network = NetworkSpec(input=size, layers=tuple(layers))
    rng = np.random.default_rng(0)
    x = rng.integers(-2, 3, (3, *network.input.shape)).astype(np.float64)

    def seed(output):
        return np.random.default_rng(1).standard_normal(output.shape)

    found = Gradients(network, dtype=np.float64).of("pool", seed, x)
    _, expected, _ = torch_gradients(network, {}, "pool", seed, x, ["input"], [])
    np.testing.assert_allclose(found.layers["input"], expected["input"], atol=1e-12)
