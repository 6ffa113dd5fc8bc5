"""Every type of layer: what is computed live and in learning, beside loops, onnxruntime, PyTorch.

The examples are those of ``tests.layer_table``; a type without a naive twin fails here.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from cnngui.engine import plan
from cnngui.engine.model import Model
from cnngui.engine.ops import families, run
from cnngui.engine.ops.live.layer import LiveRoom
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.registry import LEARNING, LIVE
from cnngui.spec import layers as spec
from cnngui.spec.layers import LAYER_TYPES
from cnngui.spec.layers.norm import BatchNorm
from cnngui.spec.layers.resize import Upsampling
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from tests.engine import naive_layers, onnx_oracle
from tests.engine.gradients.workbench import (
    Bench,
    apart,
    numerical_gradient,
    relative_error,
)
from tests.layer_table import Example, computable, compute, network_of, random_parameters

every_example = pytest.mark.parametrize("example", computable(), ids=str)
every_type = pytest.mark.parametrize("kind", LAYER_TYPES.values(), ids=LAYER_TYPES)


def tensors_of(example: Example, images: int = 2) -> list[np.ndarray]:
    """Values of which no two are close, some of them where curves bend and saturate."""
    return [
        3 * apart((images, *shape), seed).astype(np.float64)
        for seed, shape in enumerate(example.sources)
    ]


def assert_close(found, expected, tolerance: float) -> None:
    assert found.shape == expected.shape
    scale = max(np.abs(expected).max(initial=0), 1e-3)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


@every_type
def test_every_type_is_computed_live_and_in_learning(kind):
    assert kind in LIVE
    assert kind in LEARNING
    assert kind.__name__ in {**naive_layers.CURVES, **naive_layers.LAYERS}


@every_example
def test_live_as_in_loops(example):
    tensors, parameters = tensors_of(example), random_parameters(example)
    expected = naive_layers.compute(example.layer, tensors, parameters)
    narrow = [tensor.astype(np.float32) for tensor in tensors]
    assert_close(compute(example, narrow, parameters), expected, 2e-5)


def is_in_onnx(layer: spec.LayerSpec) -> bool:
    """ONNX has no pooling into so many windows, and its Softplus no threshold that one notices."""
    return not isinstance(layer, onnx_oracle.NOT_IN_ONNX) and getattr(layer, "threshold", 20) >= 20


@pytest.mark.parametrize("example", [e for e in computable() if is_in_onnx(e.layer)], ids=str)
def test_live_as_in_onnxruntime(example):
    network = network_of(example)
    weights = {
        layer.id: arrays
        for layer in network.layers
        if (arrays := dict(Model(network).weights().get(layer.id, {})))
    }
    weights[example.layer.id] = random_parameters(example)
    x = np.random.default_rng(1).standard_normal((2, *network.input.shape), np.float32) * 2
    expected = onnx_oracle.compute(network, weights, x)[example.layer.id]
    found = Model(network, weights).activations(x)[example.layer.id]
    assert_close(found, expected, 1e-4)


def grown_network(example: Example) -> NetworkSpec | None:
    """Return a network of larger maps: a convolution for each source, the layer, and some more.

    None where the layer reads flat tensors, or holds parameters for one size of maps.
    """
    rank = len(example.sources[0]) - 1
    if rank == 0 or isinstance(example.layer, spec.Reshape):
        return None
    sides = (25, 17) if rank == 2 else (4, 13, 9)
    frames = 1 if rank == 2 else sides[0]
    network = NetworkSpec(input=InputSpec(height=sides[-2], width=sides[-1], frames=frames))
    names = []
    _, *largest = map(max, zip(*example.sources, strict=True))
    for number, (channels, *own) in enumerate(example.sources):
        name = f"source{number}"
        network = network.inserted(
            len(network.layers),
            spec.Conv2d(id=name, out_channels=channels, padding="same", inputs=("input",)),
        )
        if own != largest:
            window = tuple(
                side if mine < most else 1
                for side, mine, most in zip(sides, own, largest, strict=True)
            )
            name = f"pooled{number}"
            kind = spec.AvgPool2d if rank == 2 else spec.AvgPool3d
            pool = kind(id=name, kernel_size=window, stride=1)
            network = network.inserted(len(network.layers), pool)
        names.append(name)
    layer = replace(example.layer, inputs=tuple(names))
    network = network.inserted(len(network.layers), layer)
    for follower in (spec.LeakyReLU(id="after"), spec.MaxPool2d(id="pool")):
        longer = network.inserted(len(network.layers), follower)
        network = longer if infer(longer).is_valid else network
    return network if infer(network).is_valid else None


@pytest.mark.parametrize("example", [e for e in computable() if grown_network(e)], ids=str)
@pytest.mark.parametrize("threads", [1, 3])
def test_bands_are_cut_without_a_seam(example, threads, set_threads, monkeypatch):
    """A large picture in many small bands, and as a whole, through the layer and what follows."""
    set_threads(threads)
    grown = grown_network(example)
    weights = Model(grown).weights()
    x = np.random.default_rng(0).standard_normal((2, *grown.input.shape), np.float32)
    whole = Model(grown, weights).activations(x)
    monkeypatch.setattr(plan, "_BAND_BYTES", 2_000)
    model = Model(grown, weights)
    cut = model.activations(x)
    last = grown.last_id
    alone = model.activations(x, [last])[last]
    for name, array in whole.items():
        assert_close(cut[name], array, 1e-5)
    assert_close(alone, whole[last], 1e-5)


ALWAYS_ALIKE = [e for e in computable() if not isinstance(e.layer, spec.Dropout | BatchNorm)]
"""Those that compute the same while they learn. For the others there are tests of their own."""


@pytest.mark.parametrize("example", ALWAYS_ALIKE, ids=str)
def test_learning_as_in_loops(example):
    bench = Bench(example.layer, *tensors_of(example))
    expected = naive_layers.compute(example.layer, tensors_of(example), bench.parameters)
    assert_close(bench.result(), expected, exactness(example))


def exactness(example: Example) -> float:
    """Places between values are found in float32, as in PyTorch, whose sixth is float32, too."""
    return 1e-6 if isinstance(example.layer, Upsampling | spec.Hardsigmoid) else 1e-9


@every_example
def test_gradients_beside_numerical_ones(example):
    bench = Bench(example.layer, *tensors_of(example))
    bench.differentiate()
    found = [array.copy() for array in (*bench.d_sources, *bench.gradients.values())]
    trained = [bench.parameters[name] for name in bench.gradients]
    for variable, gradient in zip((*bench.sources, *trained), found, strict=True):
        assert relative_error(gradient, numerical_gradient(bench, variable)) < 1e-6


@pytest.mark.parametrize(
    "example", [e for e in computable() if not isinstance(e.layer, spec.Dropout)], ids=str
)
def test_gradients_as_in_pytorch(example):
    torch = pytest.importorskip("torch")
    from tests.torch_layers import apply, torch_module

    bench = Bench(example.layer, *tensors_of(example))
    bench.differentiate()
    module = torch_module(example.layer, example.sources).double()
    state = {name: torch.tensor(array) for name, array in bench.parameters.items()}
    module.load_state_dict(state, strict=False)
    tensors = [torch.tensor(tensor, requires_grad=True) for tensor in tensors_of(example)]
    out = apply(example.layer, module, tensors)
    d_out, d_sources = bench.seen()
    out.backward(torch.tensor(d_out.copy()))
    for found, tensor in zip(d_sources, tensors, strict=True):
        assert_close(found, tensor.grad.numpy(), exactness(example))
    for name, parameter in module.named_parameters():
        assert_close(bench.gradients[name], parameter.grad.numpy(), 1e-9)


# What the planner of bands believes of a layer. Where that is wrong, nothing fails but the numbers.


def layer_of(example: Example):
    shape = example.layer.output_shape(example.sources)
    return families.live_layer(example.layer, random_parameters(example), example.sources, shape)


def formula_result(layer, x: np.ndarray) -> np.ndarray:
    """What a layer that works value by value makes of float32 values, by its own calls."""
    x = x.astype(np.float32)
    out = np.empty_like(x)
    formula = layer.formula_type(layer.description, layer.parameters)
    run(formula.forward([x], out, range(x.shape[2]), LiveRoom(Scratch())))
    return out


@every_example
def test_who_keeps_zeros_does(example):
    layer = layer_of(example)
    zeros = [np.zeros((1, *shape), np.float32) for shape in example.sources]
    if layer.is_elementwise:
        made = compute(example, zeros, random_parameters(example))
        assert layer.keeps_zeros == (not made.any() and not has_bias(example))
    else:
        assert not layer.keeps_zeros


def has_bias(example: Example) -> bool:
    return "bias" in random_parameters(example)


@every_example
def test_who_commutes_with_maxima_does_to_the_last_digit(example):
    layer = layer_of(example)
    if not layer.commutes_with_maxima:
        return
    assert layer.is_elementwise
    rng = np.random.default_rng(5)
    values = np.concatenate(
        [
            rng.standard_normal(3000) * 4,
            # Neighbours among floats, and where curves bend.
            *(np.float32(b) + np.arange(-40, 40) * np.spacing(np.float32(1)) for b in range(-7, 8)),
        ]
    ).astype(np.float32)
    one, other = (rng.permutation(values).reshape(1, 4, 1, -1) for _ in range(2))
    larger = np.maximum(one, other)
    made = [formula_result(layer, x) for x in (one, other, larger)]
    np.testing.assert_array_equal(made[2], np.maximum(made[0], made[1]))


@every_example
def test_who_takes_maxima_does(example):
    layer = layer_of(example)
    if layer.takes_maxima:
        tensors = tensors_of(example)
        made = compute(example, [t.astype(np.float32) for t in tensors], {})
        assert np.isin(made, tensors[0].astype(np.float32)).all()


@every_example
def test_rows_that_a_band_goes_on_with_are_those_that_change_it(example):
    """Only what continues a band is given rows by ``rows_read``; it may read no others."""
    layer = layer_of(example)
    if not layer.continues_band or len(example.sources[0]) == 1:
        return
    tensors = [tensor.astype(np.float32) for tensor in tensors_of(example, 1)]
    parameters = random_parameters(example)
    before = compute(example, tensors, parameters)
    height, out_height = example.sources[0][-2], before.shape[-2]
    for row in range(height):
        changed = [tensors[0].copy()]
        changed[0][..., row, :] += 100
        lower = [tensors[0].copy()]
        lower[0][..., row, :] -= 100
        change = sum(np.abs(compute(example, t, parameters) - before) for t in (changed, lower))
        for out_row in np.flatnonzero(np.moveaxis(change, -2, 0).reshape(out_height, -1).sum(1)):
            assert row in layer.rows_read(range(out_row, out_row + 1))
    # Neighbours read neighbours, without a gap.
    reads = [layer.rows_read(range(row, row + 1)) for row in range(out_height)]
    for first, second in itertools.pairwise(reads):
        assert first.stop == second.start
    assert layer.rows_read(range(out_height)) == range(reads[0].start, reads[-1].stop)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_number_for_each_unit_of_a_layer_that_is_split_by_units(threads, set_threads):
    set_threads(threads)
    network = NetworkSpec(
        input=InputSpec(height=24, width=40),
        layers=(
            spec.Flatten(id="flatten"),
            spec.Linear(id="linear", out_features=7001),
            spec.PReLU(id="prelu", num_parameters=7001),
        ),
    )
    weights = dict(Model(network).weights())
    slopes = np.linspace(-1, 1, 7001, dtype=np.float32)
    weights["prelu"] = {"weight": slopes}
    x = np.random.default_rng(0).standard_normal((1, 3, 24, 40), np.float32)
    linear = x.reshape(1, -1) @ weights["linear"]["weight"].T
    found = Model(network, weights).activations(x, ["prelu"])["prelu"]
    np.testing.assert_allclose(found, np.where(linear > 0, linear, slopes * linear), atol=1e-4)
