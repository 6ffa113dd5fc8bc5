from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from cnngui.engine.learning.losses import CrossEntropy, MeanSquaredError
from cnngui.engine.learning.network import TrainableNetwork, training_bytes
from cnngui.engine.learning.optimizers import SGD, Adam
from cnngui.engine.model import Model
from cnngui.errors import NetworkError, TrainingError
from cnngui.formats.network_file import read_network
from cnngui.resources import resource_path
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.presets import PRESETS
from cnngui.spec.shapes import infer
from tests.engine.networks import networks, random_weights

LOSS = CrossEntropy()


@pytest.fixture
def many_bands(monkeypatch):
    """Let small batches be divided, too."""
    monkeypatch.setattr("cnngui.engine.gradients.program._LEAST_MULTIPLY_ADDS", 1)


def small_network(*layers: spec.LayerSpec, channels: int = 1) -> NetworkSpec:
    """Those layers over 8x9 pixels, then three units."""
    end = (spec.Flatten(id="flatten"), spec.Linear(id="linear", out_features=3))
    size = InputSpec(height=8, width=9).with_channels(channels)
    return NetworkSpec(input=size, layers=(*layers, *end))


def conv_network() -> NetworkSpec:
    return small_network(
        spec.Conv2d(id="conv1", out_channels=4, padding="same"),
        spec.BatchNorm2d(id="bn1"),
        spec.ReLU(id="relu1"),
        spec.MaxPool2d(id="pool1"),
        spec.Dropout(id="drop1", p=0.3),
    )


def a_batch(network: NetworkSpec, images: int = 6, dtype=np.float32, classes: int = 3):
    rng = np.random.default_rng(2)
    x = rng.standard_normal((images, *network.input.shape)).astype(dtype)
    return x, rng.integers(0, classes, images)


def train(network: TrainableNetwork, batches, optimizer=None) -> None:
    optimizer = optimizer or Adam(1e-2)
    for x, labels in batches:
        network.gradients_of(x, labels, LOSS)
        optimizer.step(network.parameters, network.gradients)


def check_some_gradients(network: NetworkSpec, images: int, layers: int = 100) -> None:
    """Compare one value of every array of gradients with central differences, in float64.

    ``layers`` : of how many, those that come first.
    """
    weights = random_weights(network)
    trained = TrainableNetwork(network, weights, dtype=np.float64)
    x, labels = a_batch(network, images, np.float64, classes=2)
    trained.gradients_of(x, labels, LOSS)
    rng = np.random.default_rng(3)
    for layer_id, gradients in list(trained.gradients.items())[:layers]:
        for name, gradient in gradients.items():
            place = tuple(rng.integers(0, size) for size in gradient.shape)
            losses = []
            for step in (1e-6, -1e-6):
                # Made anew, so that dropout drops the same.
                shifted = TrainableNetwork(network, weights, dtype=np.float64)
                shifted.parameters[layer_id][name][place] += step
                losses.append(shifted.gradients_of(x, labels, LOSS).loss)
            expected = (losses[0] - losses[1]) / 2e-6
            tolerance = 1e-5 * max(np.abs(gradient).max(), 1e-4)
            assert gradient[place] == pytest.approx(expected, abs=tolerance), (layer_id, name)


def flat_at_the_end(network: NetworkSpec) -> NetworkSpec:
    ends = (
        spec.GlobalAvgPool2d(id="end_pool"),
        spec.Flatten(id="end_flatten"),
        spec.Linear(id="end_linear", out_features=3),
    )
    if len(infer(network).shapes[network.layers[-1].id]) == 1:
        return network
    return replace(network, layers=(*network.layers, *ends), classes=())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_gradients_of_presets(preset):
    network = read_network(resource_path(f"networks/{preset.file}")).spec
    for side in (20, 24, 16, 40):
        small = replace(network, input=replace(network.input, height=side, width=side))
        if infer(small).is_valid:
            network = small
            break
    check_some_gradients(flat_at_the_end(network), images=2, layers=5)


def test_gradients_of_a_graph_whose_outputs_are_read_by_several():
    network = small_network(
        spec.Conv2d(id="conv1", out_channels=4, padding="same"),
        spec.ReLU(id="relu1"),
        spec.Conv2d(id="conv2", out_channels=4, padding="same"),
        spec.BatchNorm2d(id="bn2", enabled=False),
        spec.Add(id="add", inputs=("bn2", "relu1", "bn2")),
        spec.Tanh(id="unread"),
        spec.MaxPool2d(id="pool", inputs=("add",)),
        spec.SiLU(id="silu"),
        spec.Softmax(id="softmax", inputs=("pool",)),
        spec.Concat(id="cat", inputs=("silu", "softmax", "silu")),
        spec.Dropout(id="drop", p=0.3),
    )
    check_some_gradients(network, images=3)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(networks())
def test_gradients_of_generated_networks(network):
    network = flat_at_the_end(network) if network.layers else small_network()
    try:
        check_some_gradients(network, images=2, layers=3)
    except (NetworkError, TrainingError):
        assume(False)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_predicts_as_the_engine_computes(preset):
    network = flat_at_the_end(read_network(resource_path(f"networks/{preset.file}")).spec)
    if isinstance(network.layers[-1], spec.Softmax):
        network = network.removed(network.layers[-1].id)
    weights = random_weights(network)
    x, _ = a_batch(network, 3)
    expected = Model(network, weights).activations(x)[network.layers[-1].id]
    found = TrainableNetwork(network, weights).predict(x)
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def test_a_final_softmax_is_left_to_the_loss():
    plain = conv_network()
    with_softmax = plain.inserted(len(plain.layers), spec.Softmax(id="softmax"))
    x, labels = a_batch(plain)
    found, expected = (
        TrainableNetwork(network).gradients_of(x, labels, LOSS) for network in (with_softmax, plain)
    )
    assert found.loss == expected.loss
    np.testing.assert_array_equal(found.probabilities, expected.probabilities)


def test_draws_its_weights_as_the_engine_does():
    network = conv_network()
    drawn = Model(network).weights()
    found = TrainableNetwork(network).weights()
    assert found.keys() == drawn.keys()
    for layer_id, arrays in drawn.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[layer_id][name], array)
            assert found[layer_id][name].dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_learns_what_can_be_learned(dtype):
    network = TrainableNetwork(conv_network(), dtype=dtype)
    x, labels = a_batch(conv_network(), 12, dtype)
    before = network.gradients_of(x, labels, LOSS).loss
    train(network, [(x, labels)] * 60)
    assert network.gradients_of(x, labels, LOSS).loss < before / 5
    assert (network.predict(x).argmax(axis=1) == labels).mean() > 0.9
    assert network.predict(x).dtype == dtype


def test_running_statistics_are_pytorchs():
    network = small_network(spec.BatchNorm2d(id="bn", momentum=0.25), channels=3)
    trained = TrainableNetwork(network)
    x, labels = a_batch(network)
    trained.gradients_of(x, labels, LOSS)
    running = trained.weights()["bn"]
    np.testing.assert_allclose(running["running_mean"], 0.25 * x.mean((0, 2, 3)), rtol=1e-4)
    expected = 0.75 + 0.25 * x.var((0, 2, 3), ddof=1)
    np.testing.assert_allclose(running["running_var"], expected, rtol=1e-5)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_same_seed_gives_the_same_weights_to_the_last_bit(set_threads, threads, many_bands):
    set_threads(threads)
    x, labels = a_batch(conv_network(), 22)
    batches = [(x[:8], labels[:8]), (x[8:16], labels[8:16]), (x[16:], labels[16:])] * 3

    def run(seed: int):
        network = TrainableNetwork(conv_network(), seed=seed)
        train(network, batches)
        return network.weights()

    first, again, other = run(5), run(5), run(6)
    for layer_id, arrays in first.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, again[layer_id][name])
    assert any(not np.array_equal(first["conv1"][n], other["conv1"][n]) for n in first["conv1"])


def test_the_number_of_threads_hardly_matters(set_threads, many_bands):
    network = conv_network().edited("drop1", enabled=False)
    x, labels = a_batch(network, 7, np.float64)
    found = []
    for threads in (1, 3):
        set_threads(threads)
        trained = TrainableNetwork(network, dtype=np.float64)
        trained.gradients_of(x, labels, LOSS)
        found.append(trained.gradients)
    for layer_id, gradients in found[0].items():
        for name, gradient in gradients.items():
            np.testing.assert_allclose(found[1][layer_id][name], gradient, atol=1e-12)


def test_batches_of_changing_size_do_not_disturb_each_other():
    network = conv_network().edited("drop1", enabled=False)
    x, labels = a_batch(network, 9)
    used, fresh = TrainableNetwork(network), TrainableNetwork(network)
    for images in (9, 2, 5, 1, 9):
        used.gradients_of(x[:images], labels[:images], LOSS)
        used.predict(x[: images + 1])
    used.restore(fresh.weights())
    found = used.gradients_of(x[:4], labels[:4], LOSS)
    expected = fresh.gradients_of(x[:4], labels[:4], LOSS)
    assert found.loss == expected.loss
    for layer_id, gradients in fresh.gradients.items():
        for name, gradient in gradients.items():
            np.testing.assert_array_equal(used.gradients[layer_id][name], gradient)


def test_frozen_layers_keep_their_weights():
    network = conv_network().edited("conv1", frozen=True).edited("bn1", frozen=True)
    trained = TrainableNetwork(network)
    before = trained.weights()
    x, labels = a_batch(network)
    train(trained, [(x, labels)] * 3, SGD(0.1, weight_decay=0.1))
    after = trained.weights()
    assert set(trained.parameters) == set(trained.gradients) == {"linear"}
    for layer_id in ("conv1", "bn1"):
        for name, array in before[layer_id].items():
            np.testing.assert_array_equal(after[layer_id][name], array)
    assert not np.array_equal(after["linear"]["weight"], before["linear"]["weight"])


def test_a_frozen_layer_passes_gradients_on():
    network = small_network(
        spec.Conv2d(id="conv1", out_channels=4),
        spec.BatchNorm2d(id="bn1", frozen=True),
        spec.Conv2d(id="conv2", out_channels=4, stride=2, frozen=True),
    ).edited("linear", frozen=True)
    assert set(TrainableNetwork(network).parameters) == {"conv1"}
    check_some_gradients(network, images=2)


def test_bypassed_and_unread_layers_are_kept_but_not_trained():
    network = small_network(
        spec.Conv2d(id="off", out_channels=1, kernel_size=1, enabled=False),
        spec.Conv2d(id="unread", out_channels=2),
    ).edited("flatten", inputs=("off",))
    trained = TrainableNetwork(network)
    assert set(trained.parameters) == {"linear"}
    assert set(trained.weights()) == {"off", "unread", "linear"}


def test_optimizers_write_into_the_network():
    network = TrainableNetwork(conv_network())
    x, _ = a_batch(conv_network())
    before = network.predict(x)
    network.parameters["linear"]["bias"] += 1
    np.testing.assert_allclose(network.predict(x), before + 1, rtol=1e-4, atol=1e-5)


def test_restores_all_weights():
    network = TrainableNetwork(conv_network())
    x, labels = a_batch(conv_network())
    before, answers = network.weights(), network.predict(x)
    train(network, [(x, labels)] * 2)
    assert not np.array_equal(network.predict(x), answers)
    network.restore(before)
    np.testing.assert_array_equal(network.predict(x), answers)


@pytest.mark.parametrize("loss", [CrossEntropy(), MeanSquaredError()])
@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e38])
def test_what_is_not_finite_is_the_callers_to_judge(loss, bad, many_bands):
    network = TrainableNetwork(conv_network())
    x, labels = a_batch(conv_network())
    x[1, 0, 3, 3] = bad
    result = network.gradients_of(x, labels, loss)  # a RuntimeWarning would be an error
    network.predict(x)
    if not np.isfinite(bad):
        assert not np.isfinite(result.loss)
        assert not np.isfinite(network.gradients["linear"]["weight"]).all()


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (NetworkSpec(), "one number per class"),
        (conv_network().removed("linear").removed("flatten"), "one number per class"),
        (NetworkSpec(layers=(spec.Flatten(id="flatten"),)), "not frozen"),
        (small_network().edited("linear", frozen=True), "not frozen"),
        (small_network().edited("linear", enabled=False), "not frozen"),
    ],
)
def test_a_network_that_cannot_be_trained_is_refused(network, words):
    for refused in (lambda: TrainableNetwork(network), lambda: training_bytes(network, 4)):
        with pytest.raises(TrainingError, match=words):
            refused()


def test_an_invalid_network_is_refused():
    with pytest.raises(NetworkError):
        TrainableNetwork(small_network(spec.Conv2d(id="conv", kernel_size=99)))


def test_memory_is_what_was_reported(many_bands):
    network = small_network(
        spec.Conv2d(id="conv1", out_channels=16, padding="same"),
        spec.BatchNorm2d(id="bn1"),
        spec.ReLU(id="relu1"),
        spec.Conv2d(id="conv2", out_channels=16, padding=1, stride=2),
        spec.SiLU(id="silu"),
        channels=3,
    )
    network = replace(network, input=replace(network.input, height=48, width=48))
    x, labels = a_batch(network, 32)
    tracemalloc.start()
    try:
        trained = TrainableNetwork(network)
        trained.gradients_of(x, labels, LOSS)
        trained.gradients_of(x[:9], labels[:9], LOSS)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    reported = training_bytes(network, 32)
    assert reported == trained.training_bytes(32)
    assert 0.9 * reported < held < 1.1 * reported
    assert most < 1.2 * reported
    assert training_bytes(network, 64) > 1.8 * reported


def test_a_batch_that_does_not_fit_in_memory_is_refused(monkeypatch):
    network = TrainableNetwork(conv_network())
    x, labels = a_batch(conv_network())
    network.gradients_of(x, labels, LOSS)

    def no_memory(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("cnngui.engine.gradients.workspace.np.empty", no_memory)
        x_large, labels_large = np.repeat(x, 10, axis=0), np.repeat(labels, 10)
        with pytest.raises(TrainingError, match=r"a batch of 60: .* smaller batch, got 0\.\d+ GB"):
            network.gradients_of(x_large, labels_large, LOSS)
    network.gradients_of(x, labels, LOSS)
