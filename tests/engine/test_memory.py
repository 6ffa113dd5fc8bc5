"""Tensors that lie in the same memory are never needed at the same time."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.engine.memory import share
from cnngui.engine.model import Model
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.engine import onnx_oracle
from tests.engine.networks import random_weights


@settings(deadline=None)
@given(data=st.data())
def test_who_takes_a_place_waits_for_all_who_need_what_lies_there(data):
    count = data.draw(st.integers(1, 12))
    written = [[f"t{step}"] for step in range(count)]
    read = [
        {f"t{data.draw(st.integers(0, step - 1))}" for _ in range(2)} if step else set()
        for step in range(count)
    ]
    kinds = {f"t{step}": data.draw(st.sampled_from("ab")) for step in range(1, count)}
    sharing = share(written, read, kinds)
    needed_by = {
        name: {step for step in range(count) if name in (*written[step], *read[step])}
        for (name,) in written
    }
    for step, (name,) in enumerate(written):
        before = [f"t{other}" for other in range(step)]
        alike = [other for other in before if sharing.place_of[other] == sharing.place_of[name]]
        for other in alike:
            assert kinds[other] == kinds[name]
            assert max(needed_by[other]) < step
        if alike:
            assert needed_by[alike[-1]] <= set(sharing.freed_by[step])


def test_a_chain_of_alike_blocks_takes_the_memory_of_two(set_threads):
    """And computes the same, on two threads as on one."""
    layers = []
    for number in range(6):
        layers += [
            spec.Conv2d(id=f"conv{number}", out_channels=16, kernel_size=3, padding=1),
            spec.ReLU(id=f"relu{number}"),
        ]
    network = NetworkSpec(input=InputSpec(height=64, width=64), layers=tuple(layers))
    weights = random_weights(network)
    x = np.random.default_rng(0).random((1, 3, 64, 64), np.float32)
    found = []
    for threads in (1, 2):
        set_threads(threads)
        model = Model(network, weights)
        found.append(model.activations(x, ["relu5"])["relu5"])
        padded = 16 * 66 * 66 * 4
        # The input, the last layer, and two in turns.
        assert model._last_program.nbytes <= 4 * padded
    np.testing.assert_array_equal(*found)
    expected = onnx_oracle.compute(network, weights, x)["relu5"]
    np.testing.assert_allclose(found[0], expected, atol=1e-4 * np.abs(expected).max())
