"""Several tensors into one."""

from __future__ import annotations

import itertools
from functools import partial
from typing import ClassVar

import numpy as np

from cnngui.engine.ops import Call, Calls
from cnngui.engine.ops.elementwise import bind, bind_copy
from cnngui.engine.ops.formula import Array, Arrays, Formula, Reads, Room, Seen, Wanted
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec


@formula(spec.Add)
class Add(Formula[spec.Add]):
    """The sum of two or more tensors; each receives the whole gradient."""

    is_place_by_place = True

    def forward(self, sources: Arrays, out: Array, rows: range, room: Room) -> Calls:
        first, second, *others = sources
        return [
            bind(np.add, first, second, out=out),
            *(bind(np.add, out, other, out=out) for other in others),
        ]

    def gradient(self, d_out: Array, d_sources: Wanted, seen: Seen, room: Room) -> Calls:
        return [_summed(d_out, d_source) for d_source in d_sources if d_source is not None]


@formula(spec.Multiply)
class Multiply(Formula[spec.Multiply]):
    """The product of two or more tensors; each receives the gradient times all others."""

    is_place_by_place = True
    reads: ClassVar[Reads] = "input"

    def forward(self, sources: Arrays, out: Array, rows: range, room: Room) -> Calls:
        first, second, *others = sources
        return [
            bind(np.multiply, first, second, out=out),
            *(bind(np.multiply, out, other, out=out) for other in others),
        ]

    def gradient(self, d_out: Array, d_sources: Wanted, seen: Seen, room: Room) -> Calls:
        product = room.like(d_out)
        calls: Calls = []
        for number, d_source in enumerate(d_sources):
            if d_source is not None:
                first, *others = (x for place, x in enumerate(seen.sources) if place != number)
                calls.append(bind(np.multiply, d_out, first, out=product))
                calls += [bind(np.multiply, product, x, out=product) for x in others]
                calls.append(_summed(product, d_source))
        return calls


def _summed(d_out: Array, d_source: Array) -> Call:
    """Bind the gradient of what is repeated along an axis where it has one value: the sum."""
    sides = enumerate(zip(d_source.shape, d_out.shape, strict=True))
    axes = tuple(axis for axis, (side, most) in sides if side < most)
    if not axes:
        return bind_copy(d_source, d_out)
    return partial(np.add.reduce, d_out, axis=axes, keepdims=True, out=d_source)


@formula(spec.Concat)
class Concat(Formula[spec.Concat]):
    """The channels of all tensors, one after the other; each receives its part of the gradient."""

    joins_channels = True

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
