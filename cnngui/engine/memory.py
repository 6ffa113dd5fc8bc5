"""Which tensors lie in the same memory, one after the other.

What has been read for the last time leaves room for the next tensor of the same shape and margins:
those of a network's many alike blocks. It is then often still in a cache, and zeros around maps
stay where they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sharing:
    """Where tensors lie.

    Attributes
    ----------
    place_of : for each tensor the one in whose memory it lies: itself, or one that came before.
    freed_by : for each step those after which memory that it writes to is no longer needed.
    """

    place_of: Mapping[str, str]
    freed_by: Mapping[int, Collection[int]]


def share(
    written: Sequence[Collection[str]],
    read: Sequence[Collection[str]],
    kinds: Mapping[str, Hashable],
) -> Sharing:
    """Find places for tensors.

    Parameters
    ----------
    written, read : by step, in their order, the tensors that it writes and reads.
    kinds : tensors that may share memory with others, namely those of the same kind.
    """
    lives: dict[str, list[int]] = defaultdict(list)  # the steps that write or read it, in order
    for step, names in enumerate(written):
        for name in {*names, *read[step]}:
            lives[name].append(step)
    place_of: dict[str, str] = {}
    freed_by: dict[int, set[int]] = defaultdict(set)
    lying: dict[Hashable, list[str]] = defaultdict(list)  # the last tensor of each place
    for step, names in enumerate(written):
        for name in names:
            if name not in kinds:
                place_of[name] = name
                continue
            there = lying[kinds[name]]
            free = [other for other in there if lives[other][-1] < step]
            if free:
                # The one that has been free for the longest: threads rarely wait for it.
                oldest = min(free, key=lambda other: lives[other][-1])
                there.remove(oldest)
                place_of[name] = place_of[oldest]
                freed_by[step].update(lives[oldest])
            else:
                place_of[name] = name
            there.append(name)
    return Sharing(place_of, freed_by)
