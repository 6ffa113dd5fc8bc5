"""What a model promises beside right numbers: weights kept, work spared, memory flat."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from cnngui.engine import model as model_module
from cnngui.engine import preparing
from cnngui.engine.glimpse import Glimpse
from cnngui.engine.initializers import draw, weights_key
from cnngui.engine.model import Model
from cnngui.engine.program import AbandonedError
from cnngui.errors import NetworkError
from cnngui.spec.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.weights import seal
from tests.engine.networks import random_weights


def network(*layers, height=24, width=40) -> NetworkSpec:
    return NetworkSpec(input=InputSpec(height=height, width=width), layers=layers)


def picture(spec: NetworkSpec, images: int = 1, seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((images, *spec.input.shape), np.float32)


BRANCHED = network(
    Conv2d(id="conv1", out_channels=4, kernel_size=3, padding="same"),
    ReLU(id="relu1"),
    Conv2d(id="conv2", out_channels=4, kernel_size=3, padding="same"),
    Add(id="add", inputs=("conv2", "conv1")),
    ReLU(id="relu2"),
    MaxPool2d(id="pool"),
    Conv2d(id="side", out_channels=2, kernel_size=1, inputs=("relu1",)),
    Flatten(id="flatten", inputs=("pool",)),
    Linear(id="linear", out_features=5),
)


def test_only_what_is_observed_is_computed():
    model = Model(BRANCHED)
    model.forward(picture(BRANCHED), {"relu1": lambda view: None})
    assert list(model.layer_seconds) == ["conv1", "relu1"]
    model.forward(picture(BRANCHED), {"side": lambda view: None})
    assert list(model.layer_seconds) == ["conv1", "relu1", "side"]
    assert all(seconds > 0 for seconds in model.layer_seconds.values())
    model.forward(picture(BRANCHED), {"input": lambda view: None})
    assert model.layer_seconds == {}
    model.forward(picture(BRANCHED), {})
    assert model.layer_seconds == {}


def test_what_observers_take_is_not_told_of_the_layers():
    model, x = Model(BRANCHED), picture(BRANCHED)
    model.forward(x, {"relu1": lambda view: None})

    def look_long(view):
        end = perf_counter() + 0.2
        while perf_counter() < end:
            pass

    model.forward(x, {"conv1": look_long, "relu1": lambda view: None})
    assert sum(model.layer_seconds.values()) < 0.1


def test_an_observer_may_compute(set_threads):
    set_threads(2)
    spec = network(Conv2d(id="conv", padding="same"), ReLU(id="relu"), height=240, width=320)
    model, other, x = Model(spec), Model(spec), picture(spec)
    found = []
    model.forward(x, {"conv": lambda view: found.append(other.activations(x, ["relu"]))})
    assert found[0]["relu"].any()


def test_observers_are_called_in_order_with_read_only_views():
    model, x = Model(BRANCHED), picture(BRANCHED, 2)
    seen = {}

    def observer(name):
        def observe(view):
            assert not view.flags.writeable
            with pytest.raises(ValueError, match="read-only"):
                view[...] = 0
            seen[name] = view.copy()

        return observe

    names = ["linear", "input", "pool", "conv1", "flatten"]
    model.forward(x, {name: observer(name) for name in names})
    assert list(seen) == ["input", "conv1", "pool", "flatten", "linear"]
    np.testing.assert_array_equal(seen["input"], x)
    assert seen["pool"].shape == (2, 4, 12, 20)
    assert seen["linear"].shape == (2, 5)
    np.testing.assert_array_equal(seen["flatten"], seen["pool"].reshape(2, -1))


@pytest.mark.parametrize("wanted", [["conv1"], ["conv1", "relu1"], ["conv2", "linear"], ["relu2"]])
def test_what_is_asked_for_changes_no_number(wanted):
    x, model = picture(BRANCHED), Model(BRANCHED, random_weights(BRANCHED))
    everything = model.activations(x)
    some = model.activations(x, wanted)
    assert list(some) == wanted
    for name in wanted:
        np.testing.assert_array_equal(some[name], everything[name])


def test_values_computed_in_place_leave_alone_what_others_read():
    spec = network(
        Conv2d(id="conv", out_channels=4, kernel_size=3),
        ReLU(id="relu"),
        Sigmoid(id="sigmoid"),
        Add(id="sum", inputs=("conv", "relu", "sigmoid")),
        Concat(id="both", inputs=("input", "input")),
    )
    model, x = Model(spec, random_weights(spec)), picture(spec)
    found = model.activations(x, ["conv", "sum", "both"])
    relu = np.maximum(found["conv"], 0)
    np.testing.assert_allclose(
        found["sum"], found["conv"] + relu + 1 / (1 + np.exp(-relu)), rtol=1e-5
    )
    np.testing.assert_array_equal(found["both"], np.concatenate([x, x], axis=1))


def test_bypassed_layers_pass_their_first_input():
    spec = network(
        Conv2d(id="conv", out_channels=3, kernel_size=5, enabled=False),
        ReLU(id="relu"),
        Add(id="add", inputs=("relu", "input"), enabled=False),
        Dropout(id="dropout"),
    )
    model, x = Model(spec), picture(spec)
    found = model.activations(x)
    np.testing.assert_array_equal(found["conv"], x)
    np.testing.assert_array_equal(found["add"], np.maximum(x, 0))
    np.testing.assert_array_equal(found["dropout"], found["add"])
    assert list(model.weights()) == ["conv"]


def test_a_bypassed_layer_keeps_its_weights():
    spec = network(Conv2d(id="conv", out_channels=3, padding="same", weights_id="learned"))
    learned = {
        "conv": {
            name: array + 1
            for name, array in Model(spec.edited("conv", weights_id="")).weights()["conv"].items()
        }
    }
    model = Model(spec, learned)
    bypassed = Model(spec.edited("conv", enabled=False), previous=model)
    back = Model(spec, previous=bypassed)
    np.testing.assert_array_equal(back.weights()["conv"]["weight"], learned["conv"]["weight"])


def test_odd_sizes_leave_rows_that_no_window_reaches():
    spec = network(
        Conv2d(id="conv", out_channels=16, kernel_size=3, padding=1),
        AvgPool2d(id="pool", kernel_size=2, stride=5),
        height=243,
        width=321,
    )
    model, x = Model(spec, random_weights(spec)), picture(spec)
    found = model.activations(x)
    expected = found["conv"][:, :, :240, :320].reshape(1, 16, 48, 5, 64, 5)[:, :, :, :2, :, :2]
    np.testing.assert_allclose(found["pool"][:, :, :48, :64], expected.mean(axis=(3, 5)), atol=1e-6)
    np.testing.assert_array_equal(model.activations(x, ["pool"])["pool"], found["pool"])


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_number(set_threads, threads):
    spec = network(
        Conv2d(id="conv1", out_channels=16, kernel_size=3, padding="same"),
        ReLU(id="relu1"),
        MaxPool2d(id="pool1"),
        Conv2d(id="conv2", out_channels=32, kernel_size=3, padding="same"),
        height=240,
        width=320,
    )
    model, x = Model(spec, random_weights(spec)), picture(spec)
    set_threads(1)
    alone = model.activations(x)
    set_threads(threads)
    for _ in range(3):
        for name, array in model.activations(x).items():
            np.testing.assert_array_equal(array, alone[name])


NORMALISED = network(
    Conv2d(id="conv1", out_channels=16, kernel_size=3, padding="same", bias=False),
    BatchNorm2d(id="norm1"),
    Dropout(id="dropout"),
    BatchNorm2d(id="norm2"),
    ReLU(id="relu1"),
    MaxPool2d(id="pool1"),
    Conv2d(id="conv2", out_channels=16, kernel_size=3, groups=16),
    BatchNorm2d(id="norm3"),
    Conv2d(id="side", out_channels=4, inputs=("conv2",)),
)


@pytest.mark.parametrize(
    ("wanted", "computed"),
    [
        (["relu1"], ["conv1", "relu1"]),
        (["norm2"], ["conv1"]),
        (["conv1", "norm2"], ["conv1", "norm1", "norm2"]),
        (["dropout", "relu1"], ["conv1", "norm2", "relu1"]),
        ([Glimpse("conv1", 2), "norm1"], ["conv1", "norm1"]),
        (["norm3"], ["conv1", "relu1", "pool1", "conv2"]),
        (["norm3", "side"], ["conv1", "relu1", "pool1", "conv2", "norm3", "side"]),
    ],
)
def test_normalisation_goes_into_the_weights_unless_somebody_looks(wanted, computed):
    model, x = Model(NORMALISED, random_weights(NORMALISED)), picture(NORMALISED)
    everything = model.activations(x)
    assert list(model.layer_seconds) == [
        layer.id for layer in NORMALISED.layers if layer.id != "dropout"
    ]
    found = {}

    def keep_as(request):
        return lambda view: found.update({request: view.copy()})

    model.forward(x, {request: keep_as(request) for request in wanted})
    assert list(model.layer_seconds) == computed
    for request, array in found.items():
        if isinstance(request, str):
            scale = np.abs(array).max()
            np.testing.assert_allclose(array, everything[request], atol=1e-5 * scale)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("images", [1, 3])
def test_large_linear_layers_are_split_by_units(set_threads, threads, images):
    spec = network(
        Flatten(id="flatten"),
        Linear(id="linear", out_features=7001),
        Sigmoid(id="sigmoid"),
        ReLU(id="relu"),
    )
    model, x = Model(spec), picture(spec, images)
    set_threads(threads)
    weight, bias = model.weights()["linear"]["weight"], model.weights()["linear"]["bias"]
    expected = x.reshape(images, -1) @ weight.T + bias
    units = Glimpse("linear", 5)
    found = {}
    model.forward(x, {units: lambda view: found.update(units=view.copy())})
    np.testing.assert_allclose(found["units"], expected[:, :5], atol=1e-4)
    relu = model.activations(x, ["relu"])["relu"]
    np.testing.assert_allclose(relu, 1 / (1 + np.exp(-expected)), atol=1e-4)
    linear = model.activations(x, ["linear"])["linear"]
    np.testing.assert_allclose(linear, expected, atol=1e-4)


def test_steady_state_takes_no_memory(set_threads):
    set_threads(1)  # which of several threads meets which band, and makes ready for it, is chance
    spec = network(
        Conv2d(id="conv", out_channels=16, kernel_size=3, padding="same"),
        ReLU(id="relu"),
        MaxPool2d(id="pool"),
        height=240,
        width=320,
    )
    model, x = Model(spec), picture(spec)
    observers = {"relu": lambda view: None, "pool": lambda view: None}
    model.forward(x, observers)
    tracemalloc.start()
    try:
        for _ in range(3):
            model.forward(x, observers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The smallest tensor here has 1.2 million bytes; NumPy's own conversions take a little.
    assert peak < 300_000


def test_memory_of_earlier_requests_is_given_back(set_threads):
    set_threads(1)
    spec = network(
        Conv2d(id="conv1", out_channels=16, kernel_size=3, padding="same"),
        ReLU(id="relu1"),
        MaxPool2d(id="pool1"),
        Conv2d(id="conv2", out_channels=32, kernel_size=3, padding="same"),
        ReLU(id="relu2"),
        MaxPool2d(id="pool2"),
        Conv2d(id="conv3", out_channels=64, kernel_size=3, padding="same"),
        ReLU(id="relu3"),
        MaxPool2d(id="pool3"),
        height=480,
        width=640,
    )
    model, x = Model(spec), picture(spec)
    names = [layer.id for layer in spec.layers]
    strip = [Glimpse(name, 4, 6, 6) for name in names]
    tracemalloc.start()
    try:
        for shown in names:
            model.forward(x, dict.fromkeys([*strip, shown], lambda view: None))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # One and a half times what onnxruntime takes for it.
    assert peak < 70_000_000


def test_what_was_looked_at_lately_is_ready():
    model, x = Model(BRANCHED), picture(BRANCHED)
    views = {"conv1": [], "pool": []}
    for _ in range(3):
        for name, seen in views.items():
            model.forward(x, {name: seen.append})
    for seen in views.values():
        assert seen[0] is seen[1] is seen[2]


def test_weights_stay_where_id_and_shapes_stay():
    first = Model(BRANCHED)
    edited = BRANCHED.edited("conv1", out_channels=5).edited("linear", bias=False)
    second = Model(edited.removed("add").edited("relu2", inputs=("conv2",)), previous=first)
    before, after = first.weights(), second.weights()
    assert after["conv1"]["weight"].shape[0] == 5
    assert after["conv2"]["weight"].shape == (4, 5, 3, 3)
    moved = Model(
        BRANCHED.edited("conv2", dilation=(1, 1)).edited("pool", kernel_size=(1, 1), stride=(2, 2)),
        previous=first,
    )
    for layer_id, parameters in moved.weights().items():
        for name, array in parameters.items():
            np.testing.assert_array_equal(array, before[layer_id][name])


def _normalised(name: str, *sources: str):
    return (
        Conv2d(id=f"{name}_conv", out_channels=16, kernel_size=3, padding=1, inputs=sources),
        BatchNorm2d(id=f"{name}_norm"),
        ReLU(id=f"{name}_relu"),
    )


_BLOCKS = network(
    *_normalised("first"),
    *_normalised("second"),
    *_normalised("third"),
    Add(id="add", inputs=("third_relu", "first_relu")),
    AvgPool2d(id="pool"),
    Flatten(id="flatten"),
    Linear(id="linear", out_features=5),
)


def _prepared_anew(model: Model, *others: Model) -> set[str]:
    """Return the layers that a model has not taken over from one of the others."""
    had = {id(node.layer) for other in others for node in other._nodes.values()}
    return {name for name, node in model._nodes.items() if id(node.layer) not in had}


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (lambda spec: spec.edited("second_conv", seed=3), {"second_conv"}),
        (lambda spec: spec.edited("second_norm", eps=0.1), {"second_norm"}),
        (lambda spec: spec.removed("second_relu"), set()),
        (lambda spec: spec.inserted(6, Sigmoid(id="new")), {"new"}),
        (
            lambda spec: spec.edited("second_conv", out_channels=20),
            {"second_conv", "second_norm", "second_relu", "third_conv"},
        ),
    ],
    ids=["weights", "argument", "removed", "inserted", "channels"],
)
def test_an_edit_prepares_only_what_it_changes(edit, changed):
    weights = random_weights(_BLOCKS)
    before, x = Model(_BLOCKS, weights), picture(_BLOCKS)
    before.activations(x, ["linear"])
    spec = edit(_BLOCKS)
    after = Model(spec, previous=before)
    assert _prepared_anew(after, before) == changed
    fresh = Model(spec, after.weights())
    np.testing.assert_array_equal(
        after.activations(x, ["linear"])["linear"], fresh.activations(x, ["linear"])["linear"]
    )
    # What was taken over is as it was.
    np.testing.assert_array_equal(
        before.activations(x, ["linear"])["linear"],
        Model(_BLOCKS, weights).activations(x, ["linear"])["linear"],
    )


def test_a_large_networks_weights_made_ready_take_a_third_more_than_the_weights(monkeypatch):
    """What is faster and takes more is done where it saves most for its memory."""
    monkeypatch.setattr(preparing, "LARGE_BYTES", 1_000_000)
    wide = {"kernel_size": 3, "padding": 1, "bias": False}
    spec = network(
        Conv2d(id="early", out_channels=64, **wide),
        Conv2d(id="wide", out_channels=512, **wide),
        MaxPool2d(id="pool"),
        *(Conv2d(id=f"conv{number}", out_channels=512, **wide) for number in range(5)),
        Flatten(id="flatten"),
        Linear(id="linear", out_features=16),
        height=32,
        width=32,
    )
    weights = seal(random_weights(spec))
    held = sum(array.nbytes for own in weights.values() for array in own.values())
    x = picture(spec)
    tracemalloc.start()
    try:
        model = Model(spec, weights)
        model.activations(x, ["linear"])
        model._programs.clear()
        model._last_program = None
        ready = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.5 * held < ready < 1.4 * held
    hasty = [name for name, node in model._nodes.items() if node.layer.is_hasty]
    assert "wide" in hasty
    assert not any(name.startswith("conv") for name in hasty)


def test_a_small_networks_layers_are_all_as_fast_as_they_can_be():
    wide = Conv2d(id="wide", out_channels=512, kernel_size=3, padding=1)
    spec = network(replace(wide, id="first"), wide, height=32, width=32)
    assert all(node.layer.is_hasty for node in Model(spec)._nodes.values())


def test_what_was_made_ready_to_look_at_something_else_is_let_go(monkeypatch):
    """To look at what a normalisation reads takes weights without its factors."""
    monkeypatch.setattr(model_module, "LARGE_BYTES", 0)
    convs = [f"conv{number}" for number in range(4)]
    layers = [
        layer
        for name in convs
        for layer in (
            Conv2d(id=name, out_channels=256, kernel_size=3, padding=1),
            BatchNorm2d(id=f"{name}_norm"),
        )
    ]
    spec = network(*layers, height=4, width=4)
    model, x = Model(spec), picture(spec)
    weights = sum(array.nbytes for own in model.weights().values() for array in own.values())
    tracemalloc.start()
    try:
        for name in (*convs, spec.last_id):
            expected = Model(spec, model.weights()).activations(x, [name])[name]
            np.testing.assert_array_equal(model.activations(x, [name])[name], expected)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 1.2 * weights
    finally:
        tracemalloc.stop()


def test_what_another_model_has_prepared_is_taken_from_it():
    """A kernel changed by hand is shown before its network is described anew."""
    weights = random_weights(_BLOCKS)
    before = Model(_BLOCKS, weights)
    own = {"weight": before.weights()["third_conv"]["weight"] + 1}
    own["bias"] = before.weights()["third_conv"]["bias"]
    shown = Model(_BLOCKS, {"third_conv": own}, before)
    named = _BLOCKS.edited("third_conv", weights_id="hand", by_hand=True)
    after = Model(named, {"third_conv": shown.weights()["third_conv"]}, before, ready=shown)
    assert _prepared_anew(after, shown) == set()


def test_given_weights_survive_edits_and_a_new_seed_draws_anew():
    weights = random_weights(BRANCHED)
    named = BRANCHED.edited("conv1", weights_id="from a file")
    first = Model(named, weights)
    np.testing.assert_array_equal(first.weights()["conv1"]["weight"], weights["conv1"]["weight"])
    kept = Model(named.edited("conv1", stride=(1, 1)), previous=first)
    np.testing.assert_array_equal(kept.weights()["conv1"]["weight"], weights["conv1"]["weight"])
    drawn = Model(named.redrawn(7), previous=first)
    assert not np.array_equal(drawn.weights()["conv1"]["weight"], weights["conv1"]["weight"])
    again = Model(named.redrawn(7))
    np.testing.assert_array_equal(
        drawn.weights()["conv1"]["weight"], again.weights()["conv1"]["weight"]
    )


def test_weights_can_be_kept_but_not_changed():
    model = Model(BRANCHED)
    weight = model.weights()["conv1"]["weight"]
    with pytest.raises(ValueError, match="read-only"):
        weight[...] = 0
    model.weights().clear()
    assert list(model.weights()) == list(Model(BRANCHED).weights())


def test_sealed_weights_are_shared_and_others_copied():
    sealed = Model(BRANCHED).weights()
    assert Model(BRANCHED, sealed).weights()["conv1"]["weight"] is sealed["conv1"]["weight"]
    memory = random_weights(BRANCHED)["conv1"]["weight"].copy()
    view = memory[...]
    view.flags.writeable = False
    for given in (memory, view, memory.astype(np.float64)):
        others = {**sealed, "conv1": {**sealed["conv1"], "weight": given}}
        taken = Model(BRANCHED, others).weights()["conv1"]["weight"]
        assert taken.dtype == np.float32
        assert not np.shares_memory(taken, memory)


def test_wrong_input_and_unknown_layers_are_refused():
    model = Model(BRANCHED)
    with pytest.raises(ValueError, match="got"):
        model.forward(np.zeros((1, 3, 24, 41), np.float32), {})
    with pytest.raises(KeyError):
        model.forward(picture(BRANCHED), {"nothing": lambda view: None})
    with pytest.raises(NetworkError):
        Model(BRANCHED.edited("linear", inputs=("conv1",)))


def test_an_observer_that_fails_does_not_spoil_the_model():
    model, x = Model(BRANCHED), picture(BRANCHED)

    def fail(view):
        raise RuntimeError("observer")

    with pytest.raises(RuntimeError, match="observer"):
        model.forward(x, {"conv2": fail})
    assert model.activations(x, ["conv2"])["conv2"].any()


def test_initializers():
    shapes = {"weight": (64, 32, 3, 3), "bias": (64,)}
    he = draw(Conv2d(id="a", initializer="he"), shapes)["weight"]
    assert he.std() == pytest.approx(np.sqrt(2 / (32 * 9)), rel=0.05)
    xavier = draw(Conv2d(id="a", initializer="xavier"), shapes)["weight"]
    assert np.abs(xavier).max() == pytest.approx(np.sqrt(6 / (96 * 9)), rel=0.01)
    zeros = draw(Conv2d(id="a", initializer="zeros"), shapes)
    assert not zeros["weight"].any()
    assert not zeros["bias"].any()
    other = draw(Conv2d(id="b", initializer="he"), shapes)["weight"]
    assert not np.array_equal(he, other)
    neutral = draw(
        BatchNorm2d(id="bn", initializer="zeros"), {"weight": (3,), "running_mean": (3,)}
    )
    np.testing.assert_array_equal(neutral["weight"], [1, 1, 1])
    np.testing.assert_array_equal(neutral["running_mean"], [0, 0, 0])


def test_weights_key_tells_what_weights_depend_on():
    shapes = {"weight": (2, 3)}
    layer = Linear(id="linear")
    for same in (Linear(id="linear", bias=True), Linear(id="linear", frozen=True)):
        assert weights_key(layer, shapes) == weights_key(same, shapes)
    for other in (
        Linear(id="other"),
        Linear(id="linear", seed=1),
        Linear(id="linear", weights_id="x"),
    ):
        assert weights_key(layer, shapes) != weights_key(other, shapes)
    assert weights_key(layer, shapes) != weights_key(layer, {"weight": (3, 3)})
    assert weights_key(Linear(id="a", weights_id="x"), shapes) == weights_key(
        Linear(id="b", weights_id="x"), shapes
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_numbers_that_overflow_are_shown_not_warned_about(set_threads, threads):
    set_threads(threads)
    spec = network(
        Conv2d(id="conv", out_channels=16, kernel_size=5, padding="same"),
        Sigmoid(id="sigmoid"),
        height=240,
        width=320,
    )
    weights = {
        "conv": {
            "weight": np.full((16, 3, 5, 5), 3e38, np.float32),
            "bias": np.zeros(16, np.float32),
        }
    }
    model = Model(spec, weights)
    found = model.activations(picture(spec))
    assert not np.isfinite(found["conv"]).all()


def test_a_forward_that_nobody_wants_any_more_ends():
    convolutions = (Conv2d(id=name, padding="same") for name in ("conv1", "conv2"))
    spec = network(*convolutions, height=240, width=320)
    model, x = Model(spec), picture(spec)
    whole = model.activations(x)
    answers = iter([False, True])
    with pytest.raises(AbandonedError):
        model.forward(x, {"conv2": lambda _: pytest.fail("complete")}, lambda: next(answers, True))
    np.testing.assert_array_equal(model.activations(x)["conv2"], whole["conv2"])
