"""How many calls a frame takes. Each costs a microsecond; LeNet-5 has less arithmetic than that."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.engine.ops import families
from cnngui.engine.ops.live import conv_weights, multiply
from cnngui.engine.ops.live.layer import Layer
from cnngui.spec.network import NetworkSpec
from tests.benchmarks import subjects

FEWEST = {
    (subjects.lenet, False): 27,
    (subjects.lenet, True): 27,
    (subjects.tiny_vgg, False): 132,
    (subjects.tiny_vgg, True): 132,
    (subjects.separable_stack, False): 150,
    (subjects.separable_stack, True): 182,
}
"""What was reached, without the copy of the input. Fewer are welcome: then write that here.

Depthwise layers go one way or another by whether the processor multiplies where matrices lie.
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
        patched.setattr("cnngui.engine.preparing.live_layer", counting_layer)
        model = Model(network)
    x = np.zeros((1, *network.input.shape), np.float32)
    model.forward(x, {network.last_id: lambda view: None})
    return sum(bound)


@pytest.mark.parametrize(("subject", "where_they_lie"), FEWEST)
def test_no_network_gains_a_call(subject, where_they_lie, monkeypatch, set_threads):
    set_threads(1)
    for module in (conv_weights, multiply):
        monkeypatch.setattr(module, "multiplies_where_they_lie", lambda: where_they_lie)
    assert calls_of(subject(), monkeypatch) <= FEWEST[subject, where_they_lie]
