"""Weights come back for layers that are described as before, as far as memory goes."""

from __future__ import annotations

import numpy as np

from cnngui.pipeline.attic import Attic
from cnngui.spec import limits
from cnngui.spec.layers import Conv2d
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights


def network(*weights_ids: str) -> NetworkSpec:
    layers = tuple(
        Conv2d(id=f"conv{number}", out_channels=3, bias=False, padding="same", weights_id=name)
        for number, name in enumerate(weights_ids)
    )
    return NetworkSpec(input=InputSpec(height=8, width=8), layers=layers)


def weights(*values: float) -> Weights:
    return {
        f"conv{number}": {"weight": np.full((3, 3, 3, 3), value, np.float32)}
        for number, value in enumerate(values)
    }


BYTES_PER_LAYER = 81 * 4


def test_what_was_kept_comes_back_under_another_id() -> None:
    attic = Attic()
    attic.keep(network("a", "b"), weights(1, 2))
    recalled = attic.recall(network("b"))
    assert recalled["conv0"]["weight"].mean() == 2


def test_another_shape_is_not_confused() -> None:
    attic = Attic()
    attic.keep(network("a"), weights(1))
    assert attic.recall(network("a").edited("conv0", kernel_size=(5, 5))) == {}


def test_drawn_weights_are_not_kept() -> None:
    attic = Attic()
    attic.keep(network("", "b"), weights(1, 2))
    assert set(attic.recall(network("", "b"))) == {"conv1"}


def test_the_least_recently_used_go_first() -> None:
    attic = Attic(capacity_bytes=2 * BYTES_PER_LAYER)
    attic.keep(network("a"), weights(1))
    attic.keep(network("b"), weights(2))
    attic.recall(network("a"))
    attic.keep(network("c"), weights(3))
    assert len(attic) == 2
    assert attic.recall(network("a"))
    assert not attic.recall(network("b"))


def test_keeping_the_same_again_takes_no_more_room() -> None:
    attic = Attic(capacity_bytes=2 * BYTES_PER_LAYER)
    attic.keep(network("a"), weights(1))
    for _ in range(10):
        attic.keep(network("b"), weights(2))
    assert attic.recall(network("a"))


def test_the_largest_network_that_may_run_is_kept() -> None:
    before = limits.most_bytes()
    # Twice its weights, and its maps.
    limits.allow(2 * 2 * BYTES_PER_LAYER + 2 * 3 * 64 * 4)
    try:
        assert infer(network("a", "b")).is_valid
        attic = Attic()
        attic.keep(network("a", "b"), weights(1, 2))
        assert set(attic.recall(network("a", "b"))) == {"conv0", "conv1"}
        limits.allow(limits.most_bytes() - 1)
        assert not infer(network("a", "b")).is_valid
    finally:
        limits.allow(before)
