"""Where layers stand on the page of the whole network. Pure: no widgets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec

_FEWEST_FOLDED = 3
"""Repeats of one kind of block that are worth folding."""
_LONGEST_BLOCK = 24
_UNFOLDED_LAYERS = 40
"""A network of so many layers is seen whole without folding."""


@dataclass(frozen=True)
class Block:
    """Layers in a row that may stand as one.

    Attributes
    ----------
    title : what they have in common: the beginning of their ids, or the kinds that repeat.
    layer_ids : in order.
    repeats : how many times the same kinds of layers come one after the other; 1 for a block that
        has only a name in common.
    """

    title: str
    layer_ids: tuple[str, ...]
    repeats: int = 1

    @property
    def key(self) -> str:
        """What tells it apart: the first layer's id."""
        return self.layer_ids[0]


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

    def node_of(self, layer_id: str) -> Node | None:
        """Return the node that stands for a layer; None if there is none."""
        return next((node for node in self.nodes if layer_id in node.layer_ids), None)


def blocks_of(network: NetworkSpec) -> tuple[Block, ...]:
    """Return the blocks that can be folded: those with a name in common, else those that repeat.

    No two share a layer.
    """
    named = tuple(_named_blocks([layer.id for layer in network.layers]))
    taken = {layer_id for block in named for layer_id in block.layer_ids}
    repeated = _repeated_blocks(network, taken)
    order = {layer.id: place for place, layer in enumerate(network.layers)}
    return tuple(sorted((*named, *repeated), key=lambda block: order[block.key]))


def folded_at_first(network: NetworkSpec) -> frozenset[str]:
    """Return the keys of the blocks that are folded until somebody opens them."""
    if len(network.layers) <= _UNFOLDED_LAYERS:
        return frozenset()
    return frozenset(block.key for block in blocks_of(network))


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


def _named_blocks(ids: Sequence[str]) -> Iterator[Block]:
    """Cut the list where the beginning of the ids changes: ``layer1_0_conv1``, ``layer1_0_bn1``."""
    start = 0
    for place in range(1, len(ids) + 1):
        if place < len(ids) and _stem(ids[place]) == _stem(ids[start]):
            continue
        stem = _stem(ids[start])
        if stem and place - start >= _FEWEST_FOLDED:
            yield Block(stem, tuple(ids[start:place]))
        start = place


def _stem(layer_id: str) -> str:
    """Return an id without its last part, if what is left ends in a number: it names a block."""
    stem, _, last = layer_id.rpartition("_")
    if not last or not re.search(r"\d$", stem):
        return ""
    return stem


def _repeated_blocks(network: NetworkSpec, taken: Collection[str]) -> Iterator[Block]:
    kinds = [None if layer.id in taken else layer.type for layer in network.layers]
    place = 0
    while place < len(kinds):
        length, repeats = _longest_repeat(kinds, place)
        if not repeats:
            place += 1
            continue
        layers = network.layers[place : place + length * repeats]
        title = " ".join(layer.type for layer in layers[: min(length, 3)])
        yield Block(title, tuple(layer.id for layer in layers), repeats)
        place += length * repeats


def _longest_repeat(kinds: Sequence[str | None], place: int) -> tuple[int, int]:
    """Return (length, repeats) of the repeat from a place on that folds most; (0, 0) if none."""
    best = 0, 0
    for length in range(2, _LONGEST_BLOCK + 1):
        pattern = kinds[place : place + length]
        if len(pattern) < length or None in pattern or len(set(pattern)) == 1:
            continue
        repeats = 1
        while kinds[place + repeats * length : place + (repeats + 1) * length] == pattern:
            repeats += 1
        if repeats >= _FEWEST_FOLDED and length * repeats > best[0] * best[1]:
            best = length, repeats
    return best
