from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.errors import NetworkError, NetworkFileError
from cnngui.spec.codec import MAX_TEXT_LENGTH, from_json, to_json
from cnngui.spec.layers import (
    ELU,
    LAYER_TYPES,
    Add,
    BatchNorm2d,
    Conv2d,
    Conv3d,
    MaxPool2d,
    Pad2d,
    ReLU,
    Reshape,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

from .strategies import networks

VALID = {
    "format": "cnngui-network",
    "version": 1,
    "name": "mine",
    "input": {"channels": 1, "height": 20, "width": 24},
    "classes": ["cat", "dog"],
    "layers": [{"id": "conv1", "type": "Conv2d"}, {"id": "relu1", "type": "ReLU"}],
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(networks())
def test_what_is_written_is_read_again(network):
    assert from_json(to_json(network)) == network


def test_every_layer_type_is_written_with_its_defaults():
    layers = tuple(kind(id=name) for name, kind in LAYER_TYPES.items())
    network = NetworkSpec(layers=layers)
    assert from_json(to_json(network)) == network


def test_the_file_is_made_for_people():
    network = NetworkSpec(
        name="网络",
        layers=(
            Conv2d(id="c", kernel_size=(3, 5), padding="same", weights_id="abc"),
            Add(id="a", inputs=("c", "input"), enabled=False),
        ),
        classes=("猫",),
    )
    text = to_json(network)
    assert '"name": "网络"' in text
    written = json.loads(text)["layers"]
    assert written[0]["kernel_size"] == [3, 5]
    assert written[0]["stride"] == 1
    assert "weights_id" not in written[0]
    assert "inputs" not in written[0]
    assert "enabled" not in written[0]
    assert "frozen" not in written[0]
    assert written[1] == {"id": "a", "type": "Add", "inputs": ["c", "input"], "enabled": False}


@pytest.mark.parametrize(
    ("layer", "version"),
    [
        (Conv2d(id="x", padding="same"), 1),
        (Conv2d(id="x", padding=(1, 2)), 1),
        (Conv2d(id="x", padding=(1, 2, 0, 0)), 2),
        (MaxPool2d(id="x"), 1),
        (MaxPool2d(id="x", dilation=2), 2),
        (ELU(id="x"), 2),
    ],
    ids=str,
)
def test_a_file_has_the_oldest_version_that_can_hold_its_network(layer, version):
    network = NetworkSpec(layers=(ReLU(id="r"), layer))
    assert json.loads(to_json(network))["version"] == version
    assert from_json(to_json(network)) == network
    assert "dilation" not in to_json(NetworkSpec(layers=(MaxPool2d(id="x"),)))


def test_only_a_pair_of_equal_numbers_is_written_as_one():
    network = NetworkSpec(
        layers=(
            Reshape(id="a", shape=(8, 8, 4)),
            Reshape(id="b", shape=(8, 8, 8)),
            Pad2d(id="c", padding=2),
            Conv2d(id="d", padding=(3, 3, 3, 3), stride=2),
        )
    )
    written = json.loads(to_json(network))["layers"]
    assert [entry["shape"] for entry in written[:2]] == [[8, 8, 4], [8, 8, 8]]
    assert written[2]["padding"] == [2, 2, 2, 2]
    assert (written[3]["padding"], written[3]["stride"]) == ([3, 3, 3, 3], 2)
    assert from_json(to_json(network)) == network


def test_arguments_left_out_have_their_defaults():
    network = from_json(json.dumps(VALID))
    assert network.input == InputSpec(channels=1, height=20, width=24, mean=(0.0,), std=(1.0,))
    assert network.layers == (Conv2d(id="conv1"), ReLU(id="relu1"))
    assert network.classes == ("cat", "dog")


def test_a_frozen_layer_stays_so():
    network = NetworkSpec(layers=(Conv2d(id="c", frozen=True), ReLU(id="r")))
    assert json.loads(to_json(network))["layers"][0]["frozen"] is True
    assert from_json(to_json(network)) == network
    assert not from_json(json.dumps(VALID)).layer("conv1").frozen


def test_an_unfinished_network_can_be_kept():
    unfinished = NetworkSpec(
        layers=(
            Conv2d(id="c", kernel_size=500),
            Add(id="a", inputs=("c", "gone")),
            ReLU(id="r", inputs=("late",)),
            ReLU(id="late", inputs=("r",)),
        )
    )
    again = from_json(to_json(unfinished))
    assert again == unfinished
    assert [problem.layer_id for problem in infer(again).problems] == ["c", "a", "r"]


def changed(path: str, value: object) -> str:
    """VALID with the value at a dotted path replaced."""
    entry = json.loads(json.dumps(VALID))
    *way, last = path.split(".")
    place = entry
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[int(last) if isinstance(place, list) else last] = value
    return json.dumps(entry)


HOSTILE = [
    ("", "net.json: must be JSON, got no value at line 1, column 1"),
    ("\ufeff{}", "net.json: must be JSON"),
    ("{", "net.json: must be JSON"),
    ("[" * 100_000, "net.json: must not be nested that deeply"),
    ('{"a":' * 100_000, "net.json: must not be nested that deeply"),
    (" " * (MAX_TEXT_LENGTH + 1), "net.json: must be at most"),
    ("1" * 10_000, "net.json: must be JSON, got a number of more digits than can be read"),
    ("null", "net.json: must be a JSON object, got null"),
    ("[]", "net.json: must be a JSON object"),
    ('{"format": "a", "format": "b"}', "net.json: must not repeat a key, got format"),
    ('{"version": NaN}', "net.json: must hold only finite numbers, got NaN"),
    ('{"version": -Infinity}', "net.json: must hold only finite numbers, got -Infinity"),
    ("{}", 'net.json: format: must be "cnngui-network", got null'),
    (changed("format", []), 'net.json: format: must be "cnngui-network"'),
    (changed("version", 4), "net.json: version: must be at most 3, the newest"),
    (changed("version", 0), "net.json: version: must be a whole number"),
    (changed("version", True), "net.json: version: must be a whole number"),
    (changed("version", "1"), "net.json: version: must be a whole number"),
    (changed("extra", 1), "net.json: must have no keys but format, version"),
    (changed("name", 5), "net.json: name: must be a text, got 5"),
    (changed("name", ""), "net.json: network.name: must be a text of 1 to 200"),
    (changed("name", "\ud800"), "net.json: network.name: must be a text of 1 to 200"),
    (changed("name", "x" * 10_000), "net.json: network.name: must be a text of 1 to 200"),
    (changed("input", None), "net.json: input: must be a JSON object, got null"),
    (changed("input.depth", 1), "net.json: input: must have no keys but channels"),
    (changed("input.channels", 2), "net.json: input.channels: must be 3 (RGB) or 1 (grey), got 2"),
    (changed("input.channels", True), "net.json: input.channels: must be 3"),
    (changed("input.height", 10**400), "net.json: input.height: must be a whole number from 1"),
    (changed("input.height", -5), "net.json: input.height: must be a whole number from 1"),
    (changed("input.height", 20.0), "net.json: input.height: must be a whole number from 1"),
    (changed("input.height", {"a": []}), "net.json: input.height: must be a whole number from 1"),
    (changed("input.fit", ["crop"]), "net.json: input.fit: must be one of stretch, crop"),
    (changed("input.mean", 0), "net.json: input.mean: must be a list, got 0"),
    (changed("input.mean", [0, 0, 0]), "net.json: input.mean: must be one number per channel"),
    (changed("input.mean", [[0]]), "net.json: input.mean: must be a number"),
    (changed("input.std", [0]), "net.json: input.std: must be a number from 1e-06"),
    (changed("input.std", [10**400]), "net.json: input.std: must be a number from 1e-06"),
    (changed("classes", "cat"), "net.json: classes: must be a list, got cat"),
    (changed("classes", ["cat", 5]), "net.json: network.classes: each must be a text"),
    (changed("classes", ["a"] * 10_001), "net.json: network.classes: must be at most 10000 names"),
    (changed("layers", {}), "net.json: layers: must be a list"),
    (changed("layers", [{}] * 4097), "net.json: layers: must be at most 4096, got 4097"),
    (changed("layers.1", "ReLU"), "net.json: layers[1]: must be a JSON object, got ReLU"),
    (changed("layers.1.id", None), "net.json: layers[1].id: must be a text, got null"),
    (changed("layers.1.id", "conv1"), "net.json: conv1.id: must differ from every other"),
    (changed("layers.1.id", "a/b"), "net.json: a/b.id: must be 1 to 64 letters"),
    (changed("layers.1.id", "\ud800"), "net.json: \ufffd.id: must be 1 to 64 letters"),
    (
        changed("layers.1.type", "Relu"),
        "layers[1] relu1.type: must be a type of layer, such as ReLU",
    ),
    (changed("layers.1.type", []), "net.json: layers[1] relu1.type: must be a text"),
    (changed("layers.1.weights_id", "x"), "net.json: layers[1] relu1: must have no keys but id"),
    (changed("layers.1.kernel_size", 3), "net.json: layers[1] relu1: must have no keys but id"),
    (changed("layers.1.enabled", 1), "net.json: layers[1] relu1.enabled: must be true or false"),
    (changed("layers.1.inputs", "conv1"), "net.json: layers[1] relu1.inputs: must be a list"),
    (changed("layers.1.inputs", [1]), "net.json: layers[1] relu1.inputs: must be a list of ids"),
    (changed("layers.1.inputs", ["\ud800"]), "relu1.inputs: must be a list of ids, got \ufffd"),
    (changed("layers.0.out_channels", 10**9), "net.json: conv1.out_channels: must be a whole"),
    (changed("layers.0.out_channels", -1), "net.json: conv1.out_channels: must be a whole number"),
    (changed("layers.0.out_channels", None), "net.json: conv1.out_channels: must be a whole"),
    (changed("layers.0.kernel_size", [3, 3, 3]), "net.json: conv1.kernel_size: must be a whole"),
    (changed("layers.0.kernel_size", [3, "3"]), "net.json: conv1.kernel_size: must be a whole"),
    (changed("layers.0.kernel_size", []), "net.json: conv1.kernel_size: must be a whole number"),
    (changed("layers.0.padding", "full"), "net.json: conv1.padding: must be a whole number"),
    (changed("layers.0.bias", "yes"), "net.json: conv1.bias: must be true or false, got yes"),
    (changed("layers.0.initializer", {}), "net.json: conv1.initializer: must be one of he"),
    (
        changed("layers.1", {"id": "b", "type": "BatchNorm2d", "eps": 1}).replace("1}", "1e999}"),
        "net.json: b.eps: must be a number from",
    ),
]


@pytest.mark.parametrize(("text", "message"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_in_words(text, message):
    with pytest.raises(NetworkFileError) as caught:
        from_json(text, "net.json")
    said = str(caught.value)
    assert message in said
    assert len(said) < 400
    said.encode()


def paths_of(value: object, before: str = "") -> list[str]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, inner in items:
        found.append(f"{before}{key}")
        if isinstance(inner, (dict, list)):
            found += paths_of(inner, f"{before}{key}.")
    return found


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(paths_of(VALID)), json_values)
def test_any_value_anywhere_gives_a_network_or_a_message(path, value):
    try:
        network = from_json(changed(path, value))
    except NetworkFileError:
        return
    assert from_json(to_json(network)) == network


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_damage_to_the_text_gives_a_network_or_a_message(data):
    text = json.dumps(VALID)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    damaged = text[:start] + data.draw(st.text(max_size=6)) + text[end:]
    with suppress(NetworkFileError):
        from_json(damaged)


def test_a_network_without_layers_is_one_that_was_just_begun():
    empty = NetworkSpec(name="begun")
    assert from_json(to_json(empty)) == empty


@pytest.mark.parametrize(
    "network",
    [
        NetworkSpec(layers=(Conv2d(id="c", out_channels=0),)),
        NetworkSpec(layers=(BatchNorm2d(id="b", eps=float("nan")),)),
        NetworkSpec(layers=(ReLU(id="r"), ReLU(id="r"))),
        NetworkSpec(layers=(ReLU(id="r"),), name="\ud800"),
    ],
)
def test_nothing_is_written_that_could_not_be_read(network):
    with pytest.raises(NetworkError):
        to_json(network)


def test_names_of_channels_and_work_by_hand_survive():
    spec = NetworkSpec(
        layers=(
            Conv2d(id="conv1", channel_names=("blur", "", "Sobel x"), by_hand=True),
            ReLU(id="relu1", channel_names=("眼",)),
        )
    )
    written = to_json(spec)
    assert '"version": 2' in written
    assert from_json(written) == spec


@pytest.mark.parametrize("names", [["a\nb"], ["\ud800"], [3], "abc", ["x" * 500], ["a"] * 20_000])
def test_names_that_are_none_are_refused(names):
    layer = {"id": "conv1", "type": "Conv2d", "channel_names": names}
    head = {"format": "cnngui-network", "version": 2, "input": {}, "layers": [layer]}
    with pytest.raises(NetworkFileError, match="channel_names"):
        from_json(json.dumps(head))


def test_only_what_speaks_of_time_makes_a_file_of_version_three():
    still = NetworkSpec(layers=(ReLU(id="r"),))
    assert "frames" not in to_json(still)
    assert json.loads(to_json(still))["version"] == 2 - (ReLU.since == 1)
    moving = replace(still, input=InputSpec(frames=8, frame_step=3, frame_rate=25.0))
    assert moving.input.shape == (3, 8, 120, 160)
    assert moving.input.span == 22
    written = json.loads(to_json(moving))
    assert written["version"] == 3
    assert written["input"]["frames"] == 8
    assert from_json(to_json(moving)) == moving
    assert '"kernel_size": 3' in to_json(NetworkSpec(layers=(Conv3d(id="c", kernel_size=3),)))
    assert json.loads(to_json(NetworkSpec(layers=(Conv3d(id="c"),))))["version"] == 3
