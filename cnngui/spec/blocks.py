"""Layers in a row that belong together, and may stand as one where there are many of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cnngui.spec.network import NetworkSpec
from cnngui.spec.remembering import remembered

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


@remembered
def blocks_of(network: NetworkSpec) -> tuple[Block, ...]:
    """Return the blocks that can be folded: those with a name in common, else those that repeat.

    No two share a layer.
    """
    named = tuple(_named_blocks([layer.id for layer in network.layers]))
    taken = {layer_id for block in named for layer_id in block.layer_ids}
    repeated = _repeated_blocks(network, taken)
    order = {layer.id: place for place, layer in enumerate(network.layers)}
    return tuple(sorted((*named, *repeated), key=lambda block: order[block.key]))


@dataclass(frozen=True)
class Stop:
    """What is stepped to when a network is walked through: a layer, or a folded block.

    Attributes
    ----------
    layer_ids : of the layer alone, or of all in the block.
    block : None for a layer.
    """

    layer_ids: tuple[str, ...]
    block: Block | None = None

    @property
    def layer_id(self) -> str:
        """The layer that is seen of it: of a block the last, which gives what the block gives."""
        return self.layer_ids[-1]


def stops_of(network: NetworkSpec, folded: Collection[str]) -> tuple[Stop, ...]:
    """Return the layers in order, those of a folded block as one.

    ``folded`` holds keys of blocks; one that the network has not makes no difference.
    """
    block_of = {block.key: block for block in blocks_of(network) if block.key in folded}
    stops, place = [], 0
    while place < len(network.layers):
        block = block_of.get(network.layers[place].id)
        ids = (network.layers[place].id,) if block is None else block.layer_ids
        stops.append(Stop(ids, block))
        place += len(ids)
    return tuple(stops)


def is_large(network: NetworkSpec) -> bool:
    """Whether it has so many layers that they are hard to overlook."""
    return len(network.layers) > _UNFOLDED_LAYERS


def folded_at_first(network: NetworkSpec) -> frozenset[str]:
    """Return the keys of the blocks that are folded until somebody opens them."""
    return frozenset(block.key for block in blocks_of(network) if is_large(network))


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
    """Return the longest beginning of an id, of whole parts, that ends in a number.

    So ``layer1_0`` is the block of ``layer1_0_conv1`` and of ``layer1_0_downsample_0``. The last
    part is the layer's own; without a number in what is left there is no block.
    """
    stem = layer_id
    while True:
        stem = _PART.sub("", stem, count=1)
        if not stem or _NUMBERED.search(stem):
            return stem


_PART = re.compile(r"(^|[_-]+)[^_-]*$")
_NUMBERED = re.compile(r"[0-9]$")


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
