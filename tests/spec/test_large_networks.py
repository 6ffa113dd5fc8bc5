"""Networks of the field, as they are measured, have the sizes that are published."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnngui.spec.codec import from_json, to_json
from cnngui.spec.cost import total_cost
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from tests import large_networks


@pytest.mark.parametrize(
    ("build", "layers", "parameters"),
    [
        (large_networks.resnet50, 176, 25_557_032),
        (large_networks.densenet121, 428, 7_978_856),
        (large_networks.resnet152, 516, 60_192_808),
        (large_networks.densenet201, 708, 20_013_928),
        (large_networks.vgg16, 40, 138_357_544),
    ],
)
def test_they_are_right(build: Callable[[], NetworkSpec], layers: int, parameters: int) -> None:
    network = build()
    assert infer(network).is_valid
    assert infer(network).shapes[network.last_id] == (1000,)
    assert (len(network.layers), total_cost(network).parameters) == (layers, parameters)


def test_a_file_may_hold_one_of_hundreds_of_layers() -> None:
    network = large_networks.densenet201()
    assert from_json(to_json(network), "net.json") == network
