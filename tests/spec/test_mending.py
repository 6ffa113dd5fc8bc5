import pytest
from hypothesis import given, settings

from cnngui.errors import NetworkError
from cnngui.spec.checks import MAX_LAYERS
from cnngui.spec.layers import (
    Add,
    Conv2d,
    Conv3d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ReLU,
    Slice,
    Softmax,
)
from cnngui.spec.mending import fits_classes, mended_for_classes, remedy_of
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

from .strategies import networks

CLASSES = ("cat", "dog", "fish")
BODY = (Conv2d(id="conv1", weights_id="kept"), ReLU(id="relu1"))
SMALL = InputSpec(height=12, width=12)


def network(*layers, described=SMALL):
    return NetworkSpec(layers=(*BODY, *layers), input=described)


def kinds(spec):
    return [layer.type for layer in spec.layers[len(BODY) :]]


@pytest.mark.parametrize(
    "tail",
    [
        (),
        (Softmax(id="softmax1"),),
        (Dropout(id="drop"), Softmax(id="softmax1")),
        (Softmax(id="softmax1", inputs=("l",)),),
    ],
)
def test_the_last_linear_gets_as_many_units_as_there_are_classes(tail):
    linear = Linear(id="l", out_features=10, weights_id="old", frozen=True)
    spec = network(Flatten(id="flatten1"), linear, *tail)
    mended = mended_for_classes(spec, CLASSES)
    assert mended.layer("l") == Linear(id="l", out_features=3)
    assert mended.removed("l").layers == spec.removed("l").layers
    assert mended.classes == CLASSES
    assert fits_classes(mended, 3)
    assert not fits_classes(spec, 3)


def test_a_network_that_fits_gets_the_names_alone():
    spec = network(Flatten(id="flatten1"), Linear(id="l", out_features=3, weights_id="kept"))
    mended = mended_for_classes(spec, CLASSES)
    assert mended.layers == spec.layers
    assert mended.classes == CLASSES


@pytest.mark.parametrize(
    ("tail", "described", "added"),
    [
        ((), SMALL, ["Flatten", "Linear", "Softmax"]),
        ((), InputSpec(), ["GlobalAvgPool2d", "Flatten", "Linear", "Softmax"]),
        ((Flatten(id="flatten1"),), SMALL, ["Flatten", "Linear", "Softmax"]),
        (
            (GlobalAvgPool2d(id="pool1"), Flatten(id="flatten1")),
            SMALL,
            ["GlobalAvgPool2d", "Flatten", "Linear", "Softmax"],
        ),
        ((Softmax(id="softmax1"),), SMALL, ["Flatten", "Linear", "Softmax"]),
        ((Dropout(id="drop"),), SMALL, ["Dropout", "Flatten", "Linear", "Softmax"]),
        (
            (Flatten(id="f"), Linear(id="l"), LeakyReLU(id="leaky")),
            SMALL,
            ["Flatten", "Linear", "LeakyReLU", "Linear", "Softmax"],
        ),
    ],
)
def test_elsewhere_a_linear_is_added(tail, described, added):
    mended = mended_for_classes(network(*tail, described=described), CLASSES)
    assert kinds(mended) == added
    assert mended.layers[: len(BODY)] == BODY
    assert fits_classes(mended, 3)


def test_a_softmax_that_reads_by_name_reads_the_new_linear():
    spec = network(
        Conv2d(id="conv2", padding="same"),
        Add(id="add1", inputs=("conv2", "relu1")),
        MaxPool2d(id="pool9"),
        Softmax(id="softmax1", inputs=("add1",)),
    )
    mended = mended_for_classes(spec, CLASSES)
    assert mended.layer("flatten1").inputs == ("add1",)
    assert mended.layer("softmax1").inputs == ()
    assert fits_classes(mended, 3)


def test_even_an_empty_network_can_be_mended():
    assert fits_classes(mended_for_classes(NetworkSpec(input=SMALL), CLASSES), 3)


def test_a_network_with_problems_is_refused():
    with pytest.raises(NetworkError, match="conv1"):
        mended_for_classes(NetworkSpec(layers=(Conv2d(id="conv1", kernel_size=999),)), CLASSES)


def test_a_network_that_has_room_for_no_more_is_refused():
    layers = tuple(ReLU(id=f"relu{number}") for number in range(MAX_LAYERS))
    with pytest.raises(NetworkError, match=f"must be at most {MAX_LAYERS} layers"):
        mended_for_classes(NetworkSpec(layers=layers, input=SMALL), CLASSES)


@pytest.mark.parametrize("last", [Softmax(id="l"), Linear(id="l", out_features=768)])
def test_what_other_layers_read_is_not_changed(last):
    spec = NetworkSpec(
        input=InputSpec(height=16, width=16),
        layers=(
            Flatten(id="flatten1"),
            last,
            Add(id="add1", inputs=("flatten1", "l")),
            Dropout(id="drop", inputs=("l",)),
        ),
    )
    mended = mended_for_classes(spec, CLASSES)
    assert mended.layers[:4] == spec.layers
    assert [layer.type for layer in mended.layers[4:]] == ["Linear", "Softmax"]
    assert fits_classes(mended, 3)


@settings(deadline=None, max_examples=60)
@given(networks())
def test_what_is_mended_fits(spec):
    if infer(spec).is_valid:
        assert fits_classes(mended_for_classes(spec, CLASSES), 3)
    else:
        assert not fits_classes(spec, 3)


@pytest.mark.parametrize(
    ("layer", "frames"),
    [
        (Conv3d(id="x"), 8),
        (Conv3d(id="x", kernel_size=(12, 3, 3)), 16),
        (Slice(id="x", dim="time", start=-1), 8),
        (Slice(id="x", dim="time", start=40, stop=41), 64),
    ],
)
def test_what_needs_time_is_offered_frames(layer, frames):
    spec = network(layer)
    remedy = remedy_of(spec, "x")
    assert str(remedy.words) == f"Give the input {frames} frames"
    assert remedy.spec.input.frames == frames
    assert infer(remedy.spec).is_valid
    assert remedy_of(remedy.spec, "x") is None


def test_a_dense_layer_is_offered_a_flatten():
    spec = network(ReLU(id="relu2"), Linear(id="x", inputs=("conv1",)))
    remedy = remedy_of(spec, "x")
    assert str(remedy.words) == "Add a Flatten before it"
    assert infer(remedy.spec).is_valid
    assert remedy.spec.layer("flatten1").inputs == ("conv1",)
    assert remedy.spec.layer("x").inputs == ()


def test_nothing_is_offered_that_does_not_help_or_harms():
    assert remedy_of(network(), "relu1") is None
    assert remedy_of(network(), "nobody") is None
    assert remedy_of(network(Conv2d(id="x", kernel_size=99)), "x") is None
    # A kernel that is too large in the picture stays so, however many frames there are.
    assert remedy_of(network(Conv3d(id="x", kernel_size=99)), "x") is None
    # The Linear reads as many numbers as there are now.
    flat = (Flatten(id="flat"), Linear(id="dense"), Conv3d(id="x", inputs=("conv1",)))
    assert remedy_of(network(*flat), "x").spec.input.frames == 8


@given(networks())
@settings(max_examples=60, deadline=None)
def test_what_is_offered_ends_the_problem(spec):
    report = infer(spec)
    for problem in report.problems:
        remedy = remedy_of(spec, problem.layer_id)
        if remedy is not None:
            mended = infer(remedy.spec)
            assert not mended.problems_of(problem.layer_id)
            assert not {one.layer_id for one in mended.problems} & set(report.shapes)
