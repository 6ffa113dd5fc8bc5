"""The lens through which one number is seen with what makes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnngui.capture.frame import Frame
from cnngui.engine.preprocess import normalise
from cnngui.pipeline import looking
from cnngui.pipeline.lenses.memory import Memory
from cnngui.pipeline.lenses.number import MOST_PICTURES, NumberLens, NumberResult
from cnngui.pipeline.messages import NumberRequest, ViewRequest
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec.layers import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec

SPEC = NetworkSpec(
    input=InputSpec(height=12, width=16),
    layers=(
        Conv2d(id="conv1", out_channels=20, padding=1),
        BatchNorm2d(id="bn1"),
        ReLU(id="relu1"),
        MaxPool2d(id="pool1"),
        Conv2d(id="conv2", out_channels=4),
        Flatten(id="flatten1"),
        Linear(id="linear1", out_features=3),
    ),
)
VIEW = ViewRequest(layer_id="conv1", channel=3, number=NumberRequest(at=(0, 5)))


@pytest.fixture
def network() -> RunningNetwork:
    return RunningNetwork(SPEC)


def frame() -> Frame:
    pixels = np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8)
    return Frame(0, 1.0, pixels, 0)


def seen(network: RunningNetwork, view: ViewRequest) -> NumberResult:
    part = looking.look(network, frame(), view, Memory()).part(NumberResult)
    assert part is not None
    return part


def outputs(network: RunningNetwork) -> dict[str, Any]:
    found: dict[str, Any] = {}
    x = network.seen(frame())
    names = ["input", *(layer.id for layer in SPEC.layers)]

    def keep(name: str) -> Any:
        return lambda view: found.__setitem__(name, view[0].copy())

    network.run(x, {name: keep(name) for name in names})
    np.testing.assert_allclose(found["input"], normalise(x, (0,) * 3, (1,) * 3)[0], atol=1e-6)
    return found


def test_who_does_not_look_asks_for_nothing(network: RunningNetwork) -> None:
    result = looking.look(network, frame(), replace(VIEW, number=None), Memory())
    assert result.part(NumberResult) is None
    assert (
        looking.look(network, frame(), replace(VIEW, layer_id="input"), Memory()).part(NumberResult)
        is None
    )


def test_the_number_is_the_engines_and_its_terms_give_it(network: RunningNetwork) -> None:
    part, all_ = seen(network, VIEW), outputs(network)
    assert part.number.value == all_["conv1"][3, 0, 5]
    assert part.number.sum + (part.number.bias or 0) == pytest.approx(part.number.value, abs=1e-5)
    assert len(part.number.inputs) == 27
    assert set(part.sources) == {(0, 0, 0), (0, 1, 0), (0, 2, 0)}
    assert part.output is not None
    assert part.output.codes.shape == (12, 16)
    np.testing.assert_array_equal(part.output_values, all_["conv1"][3])


def test_the_chain_after_it(network: RunningNetwork) -> None:
    part, all_ = seen(network, VIEW), outputs(network)
    assert [number.question.layer.id for number in part.chain] == ["bn1", "relu1"]
    for number in part.chain:
        assert number.value == pytest.approx(all_[number.question.layer.id][3, 0, 5], abs=1e-5)


def test_of_many_channels_the_strongest_and_the_chosen_are_drawn(network: RunningNetwork) -> None:
    view = replace(VIEW, layer_id="conv2", channel=1)
    part = seen(network, view)
    sums = {(0, part_.channel): abs(part_.value) for part_ in part.number.subtotals}
    strongest = sorted(sums, key=lambda key: -sums[key])[:MOST_PICTURES]
    assert {key[:2] for key in part.sources} == set(strongest)
    weakest = min(sums, key=lambda key: sums[key])
    chosen = replace(view, number=NumberRequest(at=(0, 0), term=weakest))
    assert (*weakest, 0) in seen(network, chosen).sources


def test_flat_layers_and_places_that_are_gone(network: RunningNetwork) -> None:
    flat = seen(network, replace(VIEW, layer_id="linear1", channel=9))
    assert flat.number.question.channel == 2
    assert (flat.output, flat.number.question.at, len(flat.number.inputs)) == (None, (), 96)
    far = seen(network, replace(VIEW, layer_id="pool1", number=NumberRequest(at=(99, 0))))
    assert far.number.question.at == (5, 0)
    unsaid = seen(network, replace(VIEW, layer_id="pool1", number=NumberRequest()))
    assert unsaid.number.question.at == (3, 4)


def test_moving_the_place_makes_no_new_program(network: RunningNetwork) -> None:
    """A program for each place would take large networks a fifth of a second."""
    requests = [
        frozenset(
            NumberLens(
                looking.Scene(network, replace(VIEW, number=NumberRequest(at)), Memory())
            ).observers()
        )
        for at in ((0, 0), (3, 4), (11, 15))
    ]
    assert len(set(requests)) == 1
