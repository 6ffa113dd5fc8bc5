"""Where layers stand on the page of the whole network. Pure: no widgets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cnngui.spec.blocks import Block, blocks_of
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec


@dataclass(frozen=True)
class Node:
    """One thing on the page: the input, a layer, or a folded block.

    Attributes
    ----------
    key : the layer's id, or the block's first.
    layer_ids : the layers that it stands for; of the input "input".
    block : the folded block; None for a single layer.
    column, lane : where it stands; lane 0 is the main way, others are beside it.
    """

    key: str
    layer_ids: tuple[str, ...]
    block: Block | None
    column: int
    lane: int


@dataclass(frozen=True)
class Edge:
    """What reads what.

    Attributes
    ----------
    source, target : keys of nodes.
    is_skip : whether it passes over nodes that lie between, and so is drawn as an arc.
    """

    source: str
    target: str
    is_skip: bool


@dataclass(frozen=True)
class GraphLayout:
    """All nodes in the order of the layers, and the edges between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max(node.column for node in self.nodes) + 1

    @property
    def lanes(self) -> tuple[int, int]:
        """The outermost lanes."""
        return min(node.lane for node in self.nodes), max(node.lane for node in self.nodes)

    @cached_property
    def _by_layer(self) -> Mapping[str, Node]:
        return {layer_id: node for node in self.nodes for layer_id in node.layer_ids}

    def node_of(self, layer_id: str) -> Node | None:
        """Return the node that stands for a layer; None if there is none."""
        return self._by_layer.get(layer_id)


def plan_graph(network: NetworkSpec, folded: Collection[str] = ()) -> GraphLayout:
    """Return where everything stands.

    Parameters
    ----------
    folded : the keys of the blocks that stand as one node.
    """
    block_of = {
        layer_id: block
        for block in blocks_of(network)
        if block.key in folded
        for layer_id in block.layer_ids
    }
    key_of = {INPUT_ID: INPUT_ID}
    members: dict[str, list[str]] = {INPUT_ID: [INPUT_ID]}
    reads: dict[str, list[str]] = {INPUT_ID: []}
    for index, layer in enumerate(network.layers):
        block = block_of.get(layer.id)
        key = key_of[layer.id] = block.key if block is not None else layer.id
        members.setdefault(key, []).append(layer.id)
        sources = reads.setdefault(key, [])
        for name in network.inputs_of(index):
            source = key_of.get(name)
            if source is not None and source != key and source not in sources:
                sources.append(source)
    columns: dict[str, int] = {}
    for key in members:
        columns[key] = max((columns[source] + 1 for source in reads[key]), default=0)
    lanes = _lanes(members, reads, columns)
    nodes = tuple(
        Node(key, tuple(ids), block_of.get(ids[0]), columns[key], lanes[key])
        for key, ids in members.items()
    )
    edges = tuple(
        Edge(source, key, columns[key] - columns[source] > 1 and lanes[source] == lanes[key])
        for key, sources in reads.items()
        for source in sources
    )
    return GraphLayout(nodes, edges)


def _lanes(
    members: Collection[str], reads: dict[str, list[str]], columns: dict[str, int]
) -> dict[str, int]:
    """Put every node on the lane of the first that it reads, or on the next one that is free.

    A lane is taken in a column by the node there, and in the columns that a node beside it is
    still to be read from.
    """
    lanes: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    for key in members:
        wanted = lanes[reads[key][0]] if reads[key] else 0
        # Where branches meet they come back to the main way.
        if len(reads[key]) > 1:
            wanted = min((lanes[source] for source in reads[key]), key=abs)
        lane = next(lane for lane in _around(wanted) if (columns[key], lane) not in taken)
        lanes[key] = lane
        taken.add((columns[key], lane))
    return lanes


def _around(lane: int) -> Iterator[int]:
    yield lane
    step = 1
    while True:
        yield lane + step
        yield lane - step
        step += 1
