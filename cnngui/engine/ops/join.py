"""Several tensors into one."""

from __future__ import annotations

import itertools

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind, bind_copy
from cnngui.engine.ops.formula import Array, Arrays, Formula, Room, Seen, Wanted
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec


@formula(spec.Add)
class Add(Formula[spec.Add]):
    """The sum of two or more tensors of one shape; each receives the whole gradient."""

    def forward(self, sources: Arrays, out: Array, rows: range, room: Room) -> Calls:
        first, second, *others = sources
        return [
            bind(np.add, first, second, out=out),
            *(bind(np.add, out, other, out=out) for other in others),
        ]

    def gradient(self, d_out: Array, d_sources: Wanted, seen: Seen, room: Room) -> Calls:
        return [bind_copy(d_source, d_out) for d_source in d_sources if d_source is not None]


@formula(spec.Concat)
class Concat(Formula[spec.Concat]):
    """The channels of all tensors, one after the other; each receives its part of the gradient."""

    def forward(self, sources: Arrays, out: Array, rows: range, room: Room) -> Calls:
        parts = _parts(out, sources)
        return [bind_copy(part, x) for part, x in zip(parts, sources, strict=True)]

    def gradient(self, d_out: Array, d_sources: Wanted, seen: Seen, room: Room) -> Calls:
        parts = zip(d_sources, _parts(d_out, seen.sources), strict=True)
        return [bind_copy(d_source, part) for d_source, part in parts if d_source is not None]


def _parts(joined: Array, sources: Arrays) -> list[Array]:
    """Return the channels of each source."""
    ends = [0, *itertools.accumulate(x.shape[1] for x in sources)]
    return [joined[:, first:last] for first, last in itertools.pairwise(ends)]
