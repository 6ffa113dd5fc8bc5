"""Whatever a network is made of, mending it and asking what its training needs is safe."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.errors import UserError
from cnngui.pipeline.training.requirements import affordable_bytes, refuse_misfit
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.trainer import Trainer
from cnngui.spec.codec import from_json, to_json
from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, Argument, LayerSpec, arguments_of
from cnngui.spec.mending import fits_classes, mended_for_classes
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

from .samples import bars

CLASSES = ("upper", "lower", "all")
BYPASSED_PAIR = (
    '{"format":"cnngui-network","version":1,"name":"b","input":{"height":16,"width":16},'
    '"layers":[{"id":"f","type":"Flatten"},'
    '{"id":"s","type":"Softmax","inputs":["f","f"],"enabled":false}]}'
)


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    parallel.configure(1)
    yield
    parallel.shutdown()


def small_value(draw: st.DrawFn, argument: Argument) -> object:
    low = int(max(argument.minimum, 1))
    whole = st.integers(low, max(low, 3))
    match argument.kind:
        case "int":
            return draw(whole)
        case "float":
            return draw(st.floats(max(argument.minimum, 0.1), max(min(argument.maximum, 0.9), 0.1)))
        case "bool":
            return draw(st.booleans())
        case "choice":
            return draw(st.sampled_from(argument.choices))
    return argument.default


@st.composite
def chains(draw: st.DrawFn) -> NetworkSpec:
    """Valid networks of any layers in which every second one is bypassed and may read several."""
    network = NetworkSpec(
        input=InputSpec(channels=1, height=8, width=8, mean=(0.0,), std=(1.0,)),
    )
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(sorted(LAYER_TYPES)))
        ids = [INPUT_ID, *(layer.id for layer in network.layers)]
        layer: LayerSpec = LAYER_TYPES[kind](
            id=f"layer{number}",
            inputs=tuple(draw(st.lists(st.sampled_from(ids[-3:]), max_size=3))),
            enabled=draw(st.booleans()),
            **{
                name: small_value(draw, argument)
                for name, argument in arguments_of(LAYER_TYPES[kind]).items()
                if draw(st.booleans())
            },
        )
        grown = network.inserted(number, layer)
        if infer(grown).is_valid:
            network = grown
    return network


def test_a_bypassed_layer_that_reads_two_is_no_softmax() -> None:
    mended = mended_for_classes(from_json(BYPASSED_PAIR), CLASSES)
    assert fits_classes(mended, 3)
    assert [layer.type for layer in mended.layers] == ["Flatten", "Softmax", "Linear", "Softmax"]
    assert not mended.layer("s").enabled
    assert mended.layer("s").inputs == ("f", "f")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(chains())
def test_any_network_can_be_mended_and_trained_or_says_why_not(network: NetworkSpec) -> None:
    assert from_json(to_json(network)) == network
    mended = mended_for_classes(network, CLASSES)
    assert fits_classes(mended, 3)
    refuse_misfit(mended, 3)
    affordable_bytes(mended, 4)
    with suppress(UserError):
        training = Trainer(mended, None, bars(12), TrainingSettings(epochs=1, batch_size=4))
        while not training.is_done:
            training.step()


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(chains())
def test_any_network_runs(network: NetworkSpec) -> None:
    seen = {}
    ids = [layer.id for layer in network.layers]
    Model(network).forward(
        np.zeros((1, 1, 8, 8), np.float32),
        {name: (lambda maps, name=name: seen.update({name: maps.shape})) for name in ids},
    )
    shapes = infer(network).shapes
    assert seen == {name: (1, *shapes[name]) for name in ids}
