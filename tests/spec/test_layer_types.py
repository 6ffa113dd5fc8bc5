"""What every type of layer says of itself, held against what it does."""

from __future__ import annotations

import ast
from functools import cache
from inspect import signature
from itertools import groupby
from math import prod
from pathlib import Path

import numpy as np
import pytest

from cnngui.spec import layers
from cnngui.spec.codec import from_json, to_json
from cnngui.spec.layers import (
    LAYER_TYPES,
    LayerSpec,
    ParametricSpec,
    Upsample,
    arguments_of,
    whole,
)
from cnngui.spec.layers.activation import Activation
from cnngui.spec.shapes import infer
from tests.layer_table import (
    EXAMPLES,
    Example,
    computable,
    compute,
    examples,
    network_of,
    random_parameters,
)

EVERY = examples(LAYER_TYPES.values())

every_example = pytest.mark.parametrize("example", EVERY, ids=str)
every_computable = pytest.mark.parametrize("example", computable(), ids=str)


def output_shape(example: Example) -> tuple[int, ...]:
    return example.layer.output_shape(example.sources)


def random_tensors(example: Example, seed: int = 1, *, signed: bool = True) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    tensors = [rng.standard_normal((1, *shape)).astype(np.float32) for shape in example.sources]
    return tensors if signed else list(map(np.abs, tensors))


def test_every_type_has_examples():
    assert set(EXAMPLES) == set(LAYER_TYPES.values())


def test_every_argument_that_affects_a_shape_is_given_in_some_example():
    for kind in LAYER_TYPES.values():
        for name, argument in arguments_of(kind).items():
            if argument.affects_shape and name not in ("num_groups",):
                values = {getattr(example.layer, name) for example in EXAMPLES[kind]}
                assert len(values) > 1, f"{kind.__name__}.{name}"


MAY_NAME_TYPES = (
    "spec/layers/",
    "engine/ops/",
    "gui/words/layers.py",
    "explain/values.py",  # where the terms of a number stand, type by type
    "explain/windows.py",
    "spec/mending.py",  # the layers that it adds at the end
)


@cache
def names_in(source: Path) -> set[str]:
    """Return all names and texts of a file, not its comments."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.add(name)
            case ast.Constant(value=str() as text):
                found.add(text)
    return found


def test_nothing_else_in_the_program_knows_a_type_by_name():
    program = Path(layers.__file__).parents[2]
    sources = {path: path.relative_to(program).as_posix() for path in program.rglob("*.py")}
    for path, name in sources.items():
        if not name.startswith(MAY_NAME_TYPES):
            assert not names_in(path) & set(LAYER_TYPES), name


@pytest.mark.parametrize(
    "kind", [kind for kind in LAYER_TYPES.values() if issubclass(kind, Activation)]
)
def test_an_elementwise_type_is_in_four_files(kind):
    program = Path(layers.__file__).parents[2]
    naming = [path for path in program.rglob("*.py") if kind.__name__ in names_in(path)]
    assert len(naming) <= 4


def test_arguments_stand_in_pytorchs_order():
    torch = pytest.importorskip("torch")
    for kind in LAYER_TYPES.values():
        module = getattr(torch.nn, kind.__name__, None)
        if module is not None:
            ours = list(arguments_of(kind))
            theirs = [name for name in signature(module.__init__).parameters if name in ours]
            assert [name for name in ours if name in theirs] == theirs, kind.__name__


def test_types_of_one_group_stand_together():
    groups = [group for group, _ in groupby(LAYER_TYPES.values(), lambda kind: kind.menu_group)]
    assert len(groups) == len(set(groups))


def test_a_type_that_leaves_something_unsaid_is_refused():
    class Half(LayerSpec):
        def output_shape(self, sources):
            return sources[0]

    with pytest.raises(TypeError, match="abstract"):
        Half(id="h")


@every_computable
def test_what_is_said_of_shapes_is_what_is_computed(example):
    made = compute(example, random_tensors(example), random_parameters(example))
    assert made.shape[1:] == output_shape(example)
    assert np.isfinite(made).all()


@every_computable
def test_it_is_written_and_read_again(example):
    network = network_of(example)
    again = from_json(to_json(network))
    assert again == network
    assert infer(again).is_valid


@every_computable
@pytest.mark.parametrize("signed", [False, True])
def test_it_says_whether_it_gives_values_below_zero(example, signed):
    lowest = 0.0
    for seed in range(4):
        tensors = random_tensors(example, seed, signed=signed)
        lower = [-np.abs(tensor) for tensor in tensors] if signed else tensors
        for given in (tensors, lower):
            made = compute(example, given, random_parameters(example, seed))
            lowest = min(lowest, float(made.min()))
    said = example.layer.gives_negative([signed] * len(example.sources))
    assert said == (lowest < 0)


def channel_changes(example: Example, channel: int) -> np.ndarray:
    """How much each output channel changes with one channel of all that is read."""
    rng = np.random.default_rng(channel)
    tensors = random_tensors(example)
    before = compute(example, tensors)
    for tensor in tensors:
        tensor[:, channel] += rng.standard_normal(tensor[:, channel].shape)
    change = np.abs(compute(example, tensors) - before)[0]
    return change.reshape(len(change), -1).sum(axis=1)


@every_computable
def test_channels_that_are_kept_are_made_of_themselves(example):
    count = output_shape(example)[0]
    if not example.layer.keeps_channels or any(shape[0] != count for shape in example.sources):
        return
    mixes = example.layer.arithmetic in ("softmax", "normalise")
    for channel in range(count):
        changes = channel_changes(example, channel)
        if mixes:  # one value may well change the share of another more than its own
            assert changes[channel] > 1e-5
            continue
        assert changes.argmax() == channel
        assert (np.delete(changes, channel) < 1e-5).all()


def test_channels_that_are_not_kept_are_made_of_others_or_counted_anew():
    for kind in LAYER_TYPES.values():
        if not kind.keeps_channels:
            assert any(
                output_shape(example)[0] != example.sources[0][0]
                or (np.delete(channel_changes(example, 0), 0) > 1e-5).any()
                for example in EXAMPLES[kind]
            )


def changes_of(example: Example, source: int) -> np.ndarray:
    """Return which values of a source change which of the output, found by changing each.

    Returns
    -------
    bool ``(values of the source, *shape of the output)``.
    """
    tensors = random_tensors(example)
    parameters = random_parameters(example)
    shape = example.sources[source]
    count = prod(shape)
    steps = 100 * np.eye(count, dtype=np.float32).reshape(count, *shape)
    given = [np.repeat(tensor, 2 * count, axis=0) for tensor in tensors]
    given[source] = given[source] + np.concatenate([steps, -steps])
    before = compute(example, tensors, parameters)
    change = np.abs(compute(example, given, parameters) - before) > 2e-3
    return change[:count] | change[count:]


def parts_of(shape: tuple[int, ...], seed: int) -> list[tuple[range, ...]]:
    """Return all of a tensor, single values at its ends, and parts in between."""
    rng = np.random.default_rng(seed)
    found = [
        whole(shape),
        tuple(range(1) for _ in shape),
        tuple(range(side - 1, side) for side in shape),
    ]
    for _ in range(4):
        bounds = [sorted(rng.integers(0, side + 1, 2)) for side in shape]
        found.append(tuple(range(int(a), int(b)) for a, b in bounds))
    return [part for part in found if all(part)]


@every_computable
def test_what_an_output_reaches_is_what_changes_it(example):
    shape = output_shape(example)
    is_exact = type(example.layer).__name__ not in ("Reshape", "ConvTranspose2d")
    is_exact &= set(getattr(example.layer, "dilation", ())) <= {1}
    changes = [changes_of(example, source) for source in range(len(example.sources))]
    for part in parts_of(shape, 3):
        reached = example.layer.reach(part, example.sources, shape)
        assert len(reached) == len(example.sources)
        place = tuple(slice(along.start, along.stop) for along in part)
        for source, box in enumerate(reached):
            changed = changes[source][(slice(None), *place)]
            changed = changed.any(axis=tuple(range(1, changed.ndim)))
            found = np.argwhere(changed.reshape(example.sources[source]))
            assert all(
                0 <= along.start <= along.stop <= side
                for along, side in zip(box, example.sources[source], strict=True)
            )
            if len(found) == 0:
                assert not is_exact or not all(box)
                continue
            first, last = found.min(axis=0).tolist(), found.max(axis=0).tolist()
            hull = tuple(range(a, b + 1) for a, b in zip(first, last, strict=True))
            assert all(
                along.start <= a.start and a.stop <= along.stop
                for along, a in zip(box, hull, strict=True)
            )
            assert not is_exact or box == hull


@every_example
def test_parameters_that_begin_as_constants_are_its_own(example):
    layer = example.layer
    if not isinstance(layer, ParametricSpec):
        return
    shapes = layer.parameter_shapes(example.sources)
    assert set(layer.measured) <= set(shapes)
    for name, shape in shapes.items():
        if name not in layer.constants:
            assert "seed" in layer.first_weights
            assert min(layer.fans(shape)) >= 1
    is_drawn = any(name not in layer.constants for name in shapes)
    assert is_drawn == ("seed" in layer.first_weights) or not shapes
    for name in layer.first_weights:
        assert name in arguments_of(type(layer))


@every_example
def test_pytorch_gives_the_same_shapes(example):
    pytest.importorskip("torch")
    from tests.torch_layers import torch_result

    shape, parameters = torch_result(example.layer, example.sources)
    assert output_shape(example) == shape
    assert example.layer.multiply_adds(example.sources, shape) >= 0
    if isinstance(example.layer, ParametricSpec):
        assert example.layer.parameter_shapes(example.sources) == parameters


@pytest.mark.parametrize(
    "example",
    [example for example in computable() if isinstance(example.layer, Activation)],
    ids=str,
)
def test_curves_are_what_is_computed(example):
    curve = example.layer.curve
    (shape,) = example.sources
    values = np.linspace(-9, 9, prod(shape), dtype=np.float32).reshape(1, *shape)
    parameters = random_parameters(example)
    facts = {name: getattr(example.layer, name) for name in curve.facts}
    weight = np.broadcast_to(parameters.get("weight", np.zeros(1)), shape[0])
    expected = [
        curve.value(float(value), {**facts, "weight": float(weight[place[1]])})
        for place, value in np.ndenumerate(values)
    ]
    made = compute(example, [values], parameters)
    np.testing.assert_allclose(made.reshape(-1), expected, rtol=1e-5, atol=1e-5)
    assert all(name in curve.formula for name in (*curve.facts, *curve.parameters)[:1])


def test_size_and_scale_factor_take_each_others_place():
    layer = Upsample(id="u")
    sized = layer.edited(size=(5, 6))
    assert (sized.size, sized.scale_factor) == ((5, 6), None)
    assert sized.edited(scale_factor=3.0).size is None
    assert sized.edited(size=None).scale_factor == (2.0, 2.0)
    aligned = layer.edited(mode="bilinear").edited(align_corners=True)
    assert aligned.align_corners
    assert not aligned.edited(mode="nearest").align_corners
