"""Networks that are being worked at: out of range, but of the right kinds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cnngui.errors import NetworkError, NetworkFileError
from cnngui.spec.codec import from_json, to_json
from cnngui.spec.layers import LAYER_TYPES, Argument, Conv2d, arguments_of
from cnngui.spec.network import InputSpec, NetworkSpec

NUMBERS = [
    (name, field, argument)
    for name, layer_type in LAYER_TYPES.items()
    for field, argument in arguments_of(layer_type).items()
    if argument.kind not in ("bool", "choice")
]


def beyond(argument: Argument) -> object:
    """A value that can be typed and is out of range."""
    number = argument.maximum + 1 if argument.maximum < 2**31 - 1 else argument.minimum - 1
    number = number if argument.kind in ("float", "factors") else int(number)
    return (number,) * argument.counts[-1] if argument.counts else number


@pytest.mark.parametrize(
    ("name", "field", "argument"), NUMBERS, ids=[f"{name}.{field}" for name, field, _ in NUMBERS]
)
def test_a_number_out_of_range_comes_back_from_a_draft_alone(
    name: str, field: str, argument: Argument
) -> None:
    layer = replace(LAYER_TYPES[name](id="one"), **{field: beyond(argument)})
    network = NetworkSpec(layers=(layer,))
    with pytest.raises(NetworkError):
        to_json(network)
    written = to_json(network, is_draft=True)
    assert from_json(written, is_draft=True) == network
    with pytest.raises(NetworkFileError):
        from_json(written)


@pytest.mark.parametrize(
    "network",
    [
        NetworkSpec(name=""),
        NetworkSpec(input=InputSpec(height=0)),
        NetworkSpec(input=InputSpec(std=(0.0, 1.0, 1.0))),
    ],
)
def test_name_and_input_come_back_from_a_draft(network: NetworkSpec) -> None:
    assert from_json(to_json(network, is_draft=True), is_draft=True) == network


@pytest.mark.parametrize("wrong", ["8", None, [1, 2, 3], 1.5, {"a": 1}, True, 10**12])
def test_a_draft_trusts_no_kind(wrong: object) -> None:
    entry = json.loads(to_json(NetworkSpec(layers=(Conv2d(id="one"),))))
    entry["layers"][0]["out_channels"] = wrong
    with pytest.raises(NetworkFileError):
        from_json(json.dumps(entry), is_draft=True)
