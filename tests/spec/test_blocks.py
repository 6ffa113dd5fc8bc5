"""Which layers belong together."""

from __future__ import annotations

import pytest

from cnngui.spec.blocks import blocks_of, folded_at_first, is_large, stops_of
from cnngui.spec.layers import ReLU
from cnngui.spec.network import NetworkSpec
from tests.large_networks import densenet121, resnet50


def named(*ids: str) -> NetworkSpec:
    return NetworkSpec(layers=tuple(ReLU(id=name) for name in ids))


@pytest.mark.parametrize(
    ("ids", "titles"),
    [
        (("a1_x", "a1_y", "a1_z"), ["a1"]),
        (("a1-x", "a1-y", "a1-z"), ["a1"]),
        (("a1_x", "a1_y"), []),
        (("a_x", "a_y", "a_z"), []),
        (("a1", "a2", "a3"), []),
        (("a1_0_x", "a1_0_down_0", "a1_0_down_1", "a1_1_x"), ["a1_0"]),
        (("a1_x", "a1_y", "a1_z", "b", "a1_u", "a1_v", "a1_w"), ["a1", "a1"]),
    ],
)
def test_a_block_is_a_beginning_that_ends_in_a_number(
    ids: tuple[str, ...], titles: list[str]
) -> None:
    assert [block.title for block in blocks_of(named(*ids))] == titles


def test_networks_of_the_field_fold_into_their_blocks() -> None:
    assert len(blocks_of(resnet50())) == 3 + 4 + 6 + 3
    assert len(blocks_of(densenet121())) == 6 + 12 + 24 + 16 + 3
    assert len(stops_of(resnet50(), folded_at_first(resnet50()))) == 16 + 8


def test_a_folded_block_is_one_stop_where_its_last_layer_is_seen() -> None:
    network = named("in", "a1_x", "a1_y", "a1_z", "out")
    stops = stops_of(network, {"a1_x", "of another network"})
    assert [stop.layer_id for stop in stops] == ["in", "a1_z", "out"]
    assert stops[1].layer_ids == ("a1_x", "a1_y", "a1_z")
    assert [stop.block for stop in stops_of(network, ())] == [None] * 5
    assert not is_large(network)
