"""How work is cut into pieces, and what each piece waits for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngui.engine.model import Model
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.plan import Plan
from cnngui.engine.work import Piece, without_implied_needs
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec


@given(data=st.data())
def test_what_is_left_of_needs_implies_all_of_them(data):
    needs = [
        data.draw(st.sets(st.integers(0, number - 1), max_size=4)) if number else set()
        for number in range(data.draw(st.integers(0, 12)))
    ]
    pieces = [Piece((), tuple(sorted(some))) for some in needs]
    left = without_implied_needs(pieces)

    def reached(of):
        found = []
        for piece in of:
            found.append({*piece.needs}.union(*(found[need] for need in piece.needs)))
        return found

    assert reached(left) == reached(pieces)
    for piece in left:
        for need in piece.needs:
            others = {other for other in piece.needs if other != need}
            implied = set().union(*(reached(left)[other] for other in others))
            assert need not in implied


@pytest.mark.parametrize(
    "layer",
    [
        spec.MaxPool2d(id="last", kernel_size=3, stride=2),
        spec.AvgPool2d(id="last", kernel_size=3, stride=2),
        spec.GELU(id="last"),
    ],
)
def test_what_takes_long_without_multiplying_is_shared_out(layer):
    """Two threads would else wait for one: half a millisecond in SqueezeNet's first pooling."""
    network = NetworkSpec(name="one", input=InputSpec(height=333, width=333), layers=(layer,))
    nodes = Model(network)._nodes
    plan = Plan(nodes, network.input.shape, 1, ["last"])
    bands = Counter(step for piece in plan.pieces() for step, _ in piece.bands)
    assert bands["last",] >= 2


@pytest.mark.parametrize("count", [1, 3])
def test_depthwise_taps_lie_as_they_are_read(count):
    """Einsum takes ten times as long over taps whose channels do not follow each other."""
    weight = np.arange(5 * 9, dtype=np.float32).reshape(5, 1, 3, 3)
    taps = ConvWeights(weight, groups=5).repeated_taps(count)
    assert taps.flags.c_contiguous
    np.testing.assert_array_equal(taps[1, 2], np.tile(weight[:, 0, 1, 2], count))
