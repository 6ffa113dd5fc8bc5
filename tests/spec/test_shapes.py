from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from cnngui.errors import NetworkError
from cnngui.spec import limits
from cnngui.spec.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    LayerSpec,
    Linear,
    MaxPool2d,
    ReLU,
    Softmax,
    same_padding,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

from .strategies import networks

sides = st.integers(1, 24)
pairs = st.tuples(st.integers(1, 6), st.integers(1, 6))
pads = st.tuples(st.integers(0, 3), st.integers(0, 3))


def network(*layers: LayerSpec, channels: int = 3, height: int = 20, width: int = 24):
    described = InputSpec(height=height, width=width).with_channels(channels)
    return NetworkSpec(input=described, layers=layers)


def shape_after(*layers: LayerSpec, **size: int) -> tuple[int, ...]:
    report = infer(network(*layers, **size))
    assert report.is_valid, report.problems
    return report.shapes[layers[-1].id]


def messages(*layers: LayerSpec, **size: int) -> list[str]:
    return [str(problem) for problem in infer(network(*layers, **size)).problems]


def counted_windows(side, size, step, pad, dilation=1, *, ceil_mode=False) -> int:
    """Counts by walking: a window is whole, or (ceil mode) one that takes in what is left."""
    start, count, end = -pad, 0, side + pad
    while start + dilation * (size - 1) + 1 <= end:
        count, start = count + 1, start + step
    covered = start - step + size if count else -pad
    if ceil_mode and covered < end and start < side:
        # Without a whole window, PyTorch takes a part of one only if it lacks less than a step.
        count += bool(count) or size - (side + 2 * pad) < step
    return count


@settings(deadline=None, max_examples=300)
@given(sides, sides, pairs, pairs, pads, pairs)
def test_conv_shape_is_the_number_of_places_of_its_kernel(
    height, width, kernel, stride, padding, dilation
):
    layer = Conv2d(
        id="c",
        out_channels=5,
        kernel_size=kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    expected = tuple(
        counted_windows(*numbers)
        for numbers in zip((height, width), kernel, stride, padding, dilation, strict=True)
    )
    report = infer(network(layer, height=height, width=width))
    if min(expected) < 1:
        assert [problem.field for problem in report.problems] == ["kernel_size"]
    else:
        assert report.shapes["c"] == (5, *expected)


@settings(deadline=None, max_examples=300)
@given(sides, sides, pairs, pairs, pads, st.booleans(), st.sampled_from((MaxPool2d, AvgPool2d)))
def test_pool_shape_is_the_number_of_its_windows(
    height, width, kernel, stride, padding, ceil_mode, kind
):
    assume(all(2 * pad <= size for pad, size in zip(padding, kernel, strict=True)))
    layer = kind(id="p", kernel_size=kernel, stride=stride, padding=padding, ceil_mode=ceil_mode)
    expected = tuple(
        counted_windows(*numbers, ceil_mode=ceil_mode)
        for numbers in zip((height, width), kernel, stride, padding, strict=True)
    )
    report = infer(network(layer, height=height, width=width))
    if min(expected) < 1:
        assert [problem.field for problem in report.problems] == ["kernel_size"]
    else:
        assert report.shapes["p"] == (3, *expected)


@settings(deadline=None, max_examples=60)
@given(sides, sides, pairs, pairs, pads, st.booleans())
def test_pool_shape_is_onnxruntimes(height, width, kernel, stride, padding, ceil_mode):
    assume(all(2 * pad <= size for pad, size in zip(padding, kernel, strict=True)))
    layer = MaxPool2d(
        id="p", kernel_size=kernel, stride=stride, padding=padding, ceil_mode=ceil_mode
    )
    report = infer(network(layer, height=height, width=width))
    assume(report.is_valid)
    options = {"kernel_shape": kernel, "strides": stride, "pads": padding * 2}
    node = helper.make_node("MaxPool", ["x"], ["y"], ceil_mode=int(ceil_mode), **options)
    assert onnxruntime_shape(node, (3, height, width)) == report.shapes["p"]


@settings(deadline=None, max_examples=60)
@given(sides, sides, pairs, pairs)
def test_same_padding_keeps_the_size_in_onnxruntime_too(height, width, kernel, dilation):
    layer = Conv2d(id="c", out_channels=1, kernel_size=kernel, padding="same", dilation=dilation)
    assert shape_after(layer, height=height, width=width) == (1, height, width)
    (top, bottom), (left, right) = same_padding(kernel, dilation)
    assert 0 <= bottom - top <= 1
    assert 0 <= right - left <= 1
    weight = helper.make_tensor("w", TensorProto.FLOAT, (1, 3, *kernel), np.ones((1, 3, *kernel)))
    node = helper.make_node(
        "Conv", ["x", "w"], ["y"], pads=(top, left, bottom, right), dilations=dilation
    )
    assert onnxruntime_shape(node, (3, height, width), weight) == (1, height, width)


def onnxruntime_shape(node: onnx.NodeProto, shape: tuple[int, ...], *weights) -> tuple[int, ...]:
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, *shape))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"x": np.zeros((1, *shape), np.float32)})[0].shape[1:]


def test_valid_padding_is_none():
    assert Conv2d(id="c", padding="valid").pads == ((0, 0), (0, 0))
    assert Conv2d(id="c", padding=(1, 2)).pads == ((1, 1), (2, 2))
    assert Conv2d(id="c", kernel_size=4, padding="same").pads == ((1, 2), (1, 2))


def test_shapes_of_the_other_layers():
    assert shape_after(GlobalAvgPool2d(id="g")) == (3, 1, 1)
    assert shape_after(Flatten(id="f")) == (3 * 20 * 24,)
    assert shape_after(Flatten(id="f"), Flatten(id="f2")) == (3 * 20 * 24,)
    assert shape_after(Flatten(id="f"), Linear(id="l", out_features=7)) == (7,)
    assert shape_after(Flatten(id="f"), Softmax(id="s")) == (3 * 20 * 24,)
    assert shape_after(ReLU(id="a"), Add(id="s", inputs=("a", "input"))) == (3, 20, 24)
    assert shape_after(ReLU(id="a"), Concat(id="s", inputs=("a", "input", "a"))) == (9, 20, 24)
    assert shape_after(Dropout(id="d"), BatchNorm2d(id="b")) == (3, 20, 24)
    flat = (Flatten(id="f"), Linear(id="l", out_features=4))
    assert shape_after(*flat, Concat(id="c", inputs=("f", "l"))) == (3 * 20 * 24 + 4,)


def test_parameters_have_pytorchs_names_and_shapes():
    report = infer(
        network(
            Conv2d(id="c", out_channels=6, kernel_size=(3, 5), groups=3),
            BatchNorm2d(id="b"),
            Flatten(id="f"),
            Linear(id="l", out_features=4, bias=False),
        )
    )
    assert report.parameters == {
        "c": {"weight": (6, 1, 3, 5), "bias": (6,)},
        "b": {"weight": (6,), "bias": (6,), "running_mean": (6,), "running_var": (6,)},
        "f": {},
        "l": {"weight": (4, 6 * 18 * 20)},
    }


def test_a_bypassed_layer_passes_its_first_input_and_asks_for_nothing():
    broken = Conv2d(id="c", kernel_size=99, enabled=False)
    report = infer(network(ReLU(id="a"), broken, Add(id="s", inputs=("input",), enabled=False)))
    assert report.is_valid
    assert report.shapes["c"] == report.shapes["s"] == (3, 20, 24)
    assert report.parameters["c"] == {}


MISFITS = [
    (
        (Conv2d(id="conv3", kernel_size=7),),
        {"height": 5, "width": 5},
        "conv3.kernel_size: must not be larger than its padded input 5x5, got 7x7",
    ),
    (
        (Conv2d(id="c", kernel_size=3, dilation=4, padding=1),),
        {"height": 5, "width": 5},
        "c.kernel_size: must not be larger than its padded input 7x7, got 3x3 dilated to 9x9",
    ),
    (
        (MaxPool2d(id="p", kernel_size=(2, 9)),),
        {"height": 8, "width": 8},
        "p.kernel_size: must not be larger than its padded input 8x8, got 2x9",
    ),
    (
        (AvgPool2d(id="p", kernel_size=3, padding=2),),
        {},
        "p.padding: must be at most half the kernel 3x3, got 2x2",
    ),
    (
        (Conv2d(id="c", padding="same", stride=2),),
        {},
        "c.padding: same needs a stride of 1, got 2x2",
    ),
    (
        (Conv2d(id="c", out_channels=8, groups=2),),
        {},
        "c.groups: must divide the 3 channels it reads, got 2",
    ),
    (
        (Conv2d(id="c", out_channels=8, groups=3),),
        {},
        "c.groups: must divide the 8 out_channels, got 3",
    ),
    (
        (Linear(id="l"),),
        {},
        "l: must read a flat tensor: add a Flatten before it, got maps 3x20x24",
    ),
    (
        (Flatten(id="f"), MaxPool2d(id="p")),
        {},
        "p: MaxPool2d must read maps, got a flat tensor of 1440",
    ),
    (
        (Conv2d(id="c"), Add(id="s", inputs=("c", "input"))),
        {},
        "s.inputs: must all have as many channels, got 8x18x22 and 3x20x24",
    ),
    (
        (MaxPool2d(id="p"), Add(id="s", inputs=("p", "input"))),
        {},
        "s.inputs: must all have one height and width, or 1 there, got 3x10x12 and 3x20x24",
    ),
    (
        (MaxPool2d(id="p", dilation=20, padding=1),),
        {"height": 19, "width": 24},
        "p.dilation: must leave each window a value beside the padding, got 20x20",
    ),
    (
        (Conv2d(id="c"), Concat(id="s", inputs=("c", "input"))),
        {},
        "s.inputs: must all have one height and width, got 8x18x22 and 3x20x24",
    ),
    (
        (Flatten(id="f"), Concat(id="s", inputs=("f", "input"))),
        {},
        "s.inputs: must all have one height and width, got 1440 and 3x20x24",
    ),
]


@pytest.mark.parametrize(("layers", "size", "message"), MISFITS)
def test_what_does_not_fit_is_said_at_its_field(layers, size, message):
    assert messages(*layers, **size) == [message]


BEFORE = "must name layers that come before it"


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (ReLU(id="r", inputs=("nobody",)), f"r.inputs: {BEFORE}, got nobody, which does not exist"),
        (ReLU(id="r", inputs=("r",)), f"r.inputs: {BEFORE}, got r itself"),
        (ReLU(id="r", inputs=("last",)), f"r.inputs: {BEFORE}, got last, which comes after it"),
        (ReLU(id="r", inputs=("input", "input")), "r.inputs: must read one layer, got 2"),
        (Add(id="r"), "r.inputs: must read 2 to 16 layers, got 1"),
        (Add(id="r", inputs=("input",) * 17), "r.inputs: must read 2 to 16 layers, got 17"),
    ],
)
def test_wrong_inputs_are_refused_and_so_no_cycle_is_possible(layer, message):
    assert messages(layer, ReLU(id="last")) == [message]


def test_layers_behind_a_problem_have_no_problem_of_their_own():
    report = infer(
        network(
            Conv2d(id="c", kernel_size=99),
            MaxPool2d(id="p"),
            Linear(id="l"),
            Add(id="s", inputs=("c", "input")),
            ReLU(id="r", inputs=("input",)),
        )
    )
    assert [problem.layer_id for problem in report.problems] == ["c"]
    assert set(report.shapes) == {"input", "r"}
    assert report.problems_of("c") == report.problems
    assert report.problems_of("p") == ()


@pytest.mark.parametrize(
    "layer_id",
    ["", "-a", "a b", "a/b", "..", "ä", "a.b", "x" * 65, "a\n", "aux", "CON", "lpt1"],
)
def test_ids_that_cannot_name_files_are_refused(layer_id):
    problems = infer(network(ReLU(id=layer_id))).problems
    assert [(problem.layer_id, problem.field) for problem in problems] == [(layer_id, "id")]


def test_an_id_is_not_given_twice_nor_the_inputs():
    twice = messages(ReLU(id="a"), ReLU(id="A"))
    assert twice == [
        "A.id: must differ from every other layer's, not only in capital letters, got A again"
    ]
    assert "the name of what the network reads" in messages(ReLU(id="Input"))[0]
    same = infer(network(ReLU(id="a"), ReLU(id="a"), ReLU(id="b")))
    assert [problem.field for problem in same.problems] == ["id"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"out_channels": 10**9}, "out_channels"),
        ({"out_channels": 0}, "out_channels"),
        ({"out_channels": -1}, "out_channels"),
        ({"out_channels": True}, "out_channels"),
        ({"out_channels": 8.0}, "out_channels"),
        ({"kernel_size": 0}, "kernel_size"),
        ({"kernel_size": (3, 3, 3)}, "kernel_size"),
        ({"kernel_size": "3"}, "kernel_size"),
        ({"stride": (1, 10**9)}, "stride"),
        ({"padding": -1}, "padding"),
        ({"padding": "wrong"}, "padding"),
        ({"bias": 1}, "bias"),
        ({"initializer": "magic"}, "initializer"),
        ({"seed": 2**31}, "seed"),
    ],
)
def test_arguments_out_of_range_are_refused_at_their_field(arguments, field):
    problems = infer(network(Conv2d(id="unique", **arguments))).problems
    assert [problem.field for problem in problems] == [field]
    assert str(problems[0].rule).startswith("must be")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 10**400, "1", None])
def test_floats_out_of_range_are_refused(value):
    problems = infer(network(BatchNorm2d(id="b", eps=value))).problems
    assert [problem.field for problem in problems] == ["eps"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channels": 2}, "channels"),
        ({"height": 0}, "height"),
        ({"width": 4097}, "width"),
        ({"width": 10.5}, "width"),
        ({"fit": "tile"}, "fit"),
        ({"mean": (0.0,)}, "mean"),
        ({"mean": (0.0, float("nan"), 0.0)}, "mean"),
        ({"std": (1.0, 0.0, 1.0)}, "std"),
        ({"std": (1.0, float("inf"), 1.0)}, "std"),
    ],
)
def test_a_wrong_input_is_refused_at_its_field(change, field):
    described = replace(InputSpec(), **change)
    report = infer(NetworkSpec(input=described, layers=(ReLU(id="r"),)))
    assert [(problem.layer_id, problem.field) for problem in report.problems] == [("input", field)]


def test_name_classes_and_number_of_layers_are_checked():
    layers = (ReLU(id="r"),)
    assert infer(NetworkSpec(layers=())).is_valid
    many = tuple(ReLU(id=f"r{index}") for index in range(4097))
    problems = infer(NetworkSpec(layers=many, input=InputSpec(height=4, width=4))).problems
    assert [problem.field for problem in problems] == ["layers"]
    for name in ("", "two\nlines", "\ud800", "x" * 201):
        assert infer(NetworkSpec(layers=layers, name=name)).problems_of("input")[0].field == "name"
        report = infer(NetworkSpec(layers=layers, classes=("cat", name)))
        assert report.problems_of("input")[0].field == "classes"
        assert "r" in report.shapes
    assert infer(NetworkSpec(layers=layers, classes=("one", "too many"))).is_valid


@pytest.fixture
def two_gigabytes():
    before = limits.most_bytes()
    limits.allow(2_000_000_000)
    yield
    limits.allow(before)


@pytest.mark.usefixtures("two_gigabytes")
def test_what_does_not_fit_into_memory_is_refused():
    size = {"height": 4096, "width": 4096}
    assert messages(Conv2d(id="c", out_channels=1000, padding="same"), **size) == [
        "c.out_channels: must give at most 500,000,000 values, for which there is memory, "
        "got 16,777,216,000 (1000x4096x4096)"
    ]
    flat = (Flatten(id="f"), Linear(id="l", out_features=1_000_000))
    assert messages(*flat, **size) == [
        "l.out_features: maps and weights (twice) of all layers must fit into 2,000 MB, which is "
        "what the free memory allows, got 402,653,398 MB up to here"
    ]
    wide = [Conv2d(id="a", out_channels=4), Conv2d(id="c", padding=4096, stride=4096)]
    assert "padded input" in messages(*wide, **size)[0]
    many = [Conv2d(id=f"c{index}", kernel_size=1) for index in range(10)]
    assert messages(*many, **size) == [
        "c3: maps and weights (twice) of all layers must fit into 2,000 MB, which is what the "
        "free memory allows, got 2,148 MB up to here"
    ]


@pytest.mark.usefixtures("two_gigabytes")
def test_with_more_memory_larger_networks_are_right():
    network = NetworkSpec(
        input=InputSpec(height=64, width=64),
        layers=(Flatten(id="f"), Linear(id="l", out_features=30_000)),
    )
    assert infer(network).problems[0].thing == "l.out_features"
    limits.allow(4_000_000_000)
    assert infer(network).is_valid


def test_the_first_problem_is_raised():
    with pytest.raises(NetworkError, match=r"^c.kernel_size: must not be larger .* got 99x99$"):
        infer(network(Conv2d(id="c", kernel_size=99), Add(id="a"))).raise_if_invalid()
    infer(network(ReLU(id="r"))).raise_if_invalid()


@settings(deadline=None, max_examples=200)
@given(networks())
def test_any_network_is_answered_and_every_layer_is_accounted_for(described):
    report = infer(described)
    for layer in described.layers:
        if report.is_valid:
            assert layer.id in report.shapes
    for shape in report.shapes.values():
        assert len(shape) in (1, 3, 4)
        assert min(shape) >= 1


def test_a_window_of_frames_has_a_limit_of_memory():
    long = NetworkSpec(input=InputSpec(height=1000, width=1000, frames=64, frame_step=64))
    assert [problem.field for problem in infer(long).problems] == ["frame_step"]
    assert "MB of frames" in str(infer(long).problems[0].message)
    large = NetworkSpec(input=InputSpec(height=4096, width=4096, frames=64))
    assert [problem.field for problem in infer(large).problems] == ["frames"]
    assert infer(NetworkSpec(input=InputSpec(frames=16, frame_step=3, frame_rate=25.0))).is_valid
