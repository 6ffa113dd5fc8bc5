"""Where layers stand on the page of the whole network."""

from __future__ import annotations

from cnngui.formats.opening import open_network
from cnngui.gui.graph.layout import plan_graph
from cnngui.spec.blocks import blocks_of, folded_at_first
from cnngui.spec.layers import Add, BatchNorm2d, Conv2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec


def resnet(blocks: int, *, named: bool) -> NetworkSpec:
    layers: list[object] = [Conv2d(id="stem", padding=1)]
    before = "stem"
    for number in range(blocks):
        ids = [
            f"stage1_{number}_{part}" if named else f"{part}{number}"
            for part in ("conv", "bn", "relu", "add")
        ]
        layers += [
            Conv2d(id=ids[0], padding=1),
            BatchNorm2d(id=ids[1]),
            ReLU(id=ids[2]),
            Add(id=ids[3], inputs=(ids[2], before)),
        ]
        before = ids[3]
    return NetworkSpec(input=InputSpec(height=8, width=8), layers=tuple(layers))  # type: ignore[arg-type]


def test_a_row_of_layers_is_one_lane() -> None:
    layout = plan_graph(open_network("lenet-5").spec)
    assert [node.column for node in layout.nodes] == list(range(len(layout.nodes)))
    assert layout.lanes == (0, 0)
    assert not any(edge.is_skip for edge in layout.edges)


def test_a_skip_is_an_arc_and_a_branch_has_a_lane_of_its_own() -> None:
    layout = plan_graph(open_network("residual").spec)
    skips = [(edge.source, edge.target) for edge in layout.edges if edge.is_skip]
    assert ("relu1", "block1_add") in skips
    shortcut = layout.node_of("block2_shortcut")
    assert shortcut is not None
    assert shortcut.lane != 0
    places = [(node.column, node.lane) for node in layout.nodes]
    assert len(set(places)) == len(places)


def test_blocks_with_a_name_in_common_fold() -> None:
    network = resnet(4, named=True)
    blocks = blocks_of(network)
    assert [block.title for block in blocks] == [f"stage1_{number}" for number in range(4)]
    layout = plan_graph(network, {blocks[1].key})
    folded = layout.node_of("stage1_1_relu")
    assert folded is not None
    assert folded.block == blocks[1]
    assert len(layout.nodes) == 1 + 1 + 4 * 4 - 3
    assert any(
        edge.source == folded.key and edge.target == "stage1_2_conv" for edge in layout.edges
    )


def test_kinds_that_repeat_fold_without_a_name() -> None:
    (block,) = blocks_of(resnet(20, named=False))
    assert block.repeats == 20
    assert len(block.layer_ids) == 80
    layout = plan_graph(resnet(20, named=False), {block.key})
    assert [node.key for node in layout.nodes] == ["input", "stem", block.key]


def test_only_large_networks_are_folded_at_first() -> None:
    assert folded_at_first(resnet(4, named=True)) == frozenset()
    assert len(folded_at_first(resnet(40, named=True))) == 40


def test_no_layer_is_lost_whatever_is_folded() -> None:
    network = resnet(12, named=True)
    keys = [block.key for block in blocks_of(network)]
    for folded in ((), keys, keys[::2]):
        layout = plan_graph(network, folded)
        seen = [layer_id for node in layout.nodes for layer_id in node.layer_ids]
        assert sorted(seen) == sorted(["input", *(layer.id for layer in network.layers)])
