"""How many calls a frame takes. Each costs a microsecond; LeNet-5 has less arithmetic than that."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.engine.ops import families
from cnngui.engine.ops.live.layer import Layer
from cnngui.spec.network import NetworkSpec
from tests.benchmarks import subjects

FEWEST = {
    subjects.lenet: 27,
    subjects.tiny_vgg: 132,
    subjects.separable_stack: 154,
}
"""What was reached, without the copy of the input. Fewer are welcome: then write that here.

Depthwise layers go one way or another by what the processor can do, and the other takes fewer.
"""


def calls_of(network: NetworkSpec, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many calls all layers bind for one picture, its last layer asked for."""
    bound = []

    def counted(bind):
        def bind_and_count(*arguments):
            calls = bind(*arguments)
            bound.append(len(calls))
            return calls

        return bind_and_count

    def counting_layer(*arguments) -> Layer:
        layer = families.live_layer(*arguments)
        layer.bind = counted(layer.bind)
        return layer

    with monkeypatch.context() as patched:
        patched.setattr("cnngui.engine.model.live_layer", counting_layer)
        model = Model(network)
    x = np.zeros((1, *network.input.shape), np.float32)
    model.forward(x, {network.last_id: lambda view: None})
    return sum(bound)


@pytest.mark.parametrize("subject", FEWEST, ids=lambda subject: subject.__name__)
def test_no_network_gains_a_call(subject, monkeypatch, set_threads):
    set_threads(1)
    assert calls_of(subject(), monkeypatch) <= FEWEST[subject]
