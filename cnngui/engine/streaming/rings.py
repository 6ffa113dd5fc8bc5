"""Memory through which a window of moments moves on, without a copy of what it holds.

A ring has a slot for each moment of the window and some more; the window is always a piece of it
without a gap, so that whoever reads sees an ordinary tensor. What lies at the end, where the window
will begin anew, is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.glimpse import Glimpse
from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind_copy
from cnngui.engine.ops.live.layer import Shape4
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.plan import Plan
from cnngui.engine.streaming.paces import Pace

Array = NDArray[np.float32]


def round_of(plan: Plan, paces: Mapping[str, Pace]) -> int:
    """Return after how many windows all rings are at their beginnings together."""
    moving = {name: pace for name, pace in paces.items() if pace.step}
    unit = lcm(*(pace.period for pace in moving.values()))
    most = max(ceil(plan.moments[name] * pace.period / pace.step) for name, pace in moving.items())
    return ceil(most / unit) * unit


class Rings:
    """All that is kept of interleaved windows of one source of frames.

    A tensor whose period is two has two rings, for every other window each.
    """

    def __init__(self, plan: Plan, paces: Mapping[str, Pace], round_: int) -> None:
        self._plan, self._paces, self._round = plan, paces, round_
        self._tensors = {
            name: [self._tensor_ring(name) for _ in range(paces[name].period)] for name in plan.kept
        }
        self._glimpses = {
            glimpse: [self._glimpse_ring(glimpse) for _ in range(paces[name].period)]
            for glimpse in plan.glimpses
            for name in [plan.origins[glimpse.layer_id]]
        }

    @staticmethod
    def bytes_of(plan: Plan, paces: Mapping[str, Pace], round_: int) -> int:
        """Return about how much memory they take."""
        return sum(
            paces[name].period * _slots(plan, paces, round_, name) * channels * height * width * 4
            for name in plan.kept
            for _, channels, height, width in [plan.shapes[name]]
        )

    @property
    def nbytes(self) -> int:
        """The memory that is taken."""
        tensors = sum(ring.memory.nbytes for rings in self._tensors.values() for ring in rings)
        return tensors + sum(ring.nbytes for rings in self._glimpses.values() for ring in rings)

    def _tensor_ring(self, name: str) -> Tensor:
        shape = self._shape(name)
        pixels = name in self._plan.with_pixels_outermost
        return Tensor.whole(shape, self._plan.margins[name], pixels)

    def _glimpse_ring(self, glimpse: Glimpse) -> Array:
        return glimpse.empty(self._shape(self._plan.origins[glimpse.layer_id]))

    def _shape(self, name: str) -> Shape4:
        _, channels, height, width = self._plan.shapes[name]
        return _slots(self._plan, self._paces, self._round, name), channels, height, width

    def at(self, window: int) -> RingPlaces:
        """Return where the moments of a window lie, counted from the first one."""
        tensors, glimpses, turns = {}, {}, {}
        for name in {*self._tensors, *(self._plan.origins[g.layer_id] for g in self._glimpses)}:
            pace, moments = self._paces[name], self._plan.moments[name]
            length = _length(self._plan, self._paces, self._round, name)
            origin = window // pace.period * pace.step % length
            turns[name] = _Turn(window % pace.period, slice(origin, origin + moments), length)
        for name, rings in self._tensors.items():
            phase, slots, _ = turns[name]
            ring = rings[phase]
            shape = self._plan.shapes[name]
            first = 0, ring.first_row, ring.first_column
            tensors[name] = Tensor(shape, ring.memory[slots], *first, self._plan.moments[name])
        for glimpse, rooms in self._glimpses.items():
            phase, slots, _ = turns[self._plan.origins[glimpse.layer_id]]
            glimpses[glimpse] = rooms[phase][slots]
        return RingPlaces(tensors, glimpses, self, turns)

    def twins(self, request: str | Glimpse, part: Part, turns: Mapping[str, _Turn]) -> Calls:
        """Bind the second writing of what lies at the end of a ring."""
        name = self._plan.origins[request.layer_id if isinstance(request, Glimpse) else request]
        phase, slots, length = turns[name]
        first, last = (slots.start + image for image in (part.images.start, part.images.stop))
        first = max(first, length)
        if first >= last:
            return []
        images, before = range(first, last), range(first - length, last - length)
        if isinstance(request, Glimpse):
            rows = request.rows_within(part.rows)
            room = self._glimpses[request][phase][:, :, rows.start : rows.stop]
            return [bind_copy(room[before.start : before.stop], room[images.start : images.stop])]
        ring = self._tensors[request][phase]
        to, of = (ring.view(Part(some, part.rows, part.units)) for some in (before, images))
        return [bind_copy(to, of)]


class _Turn(NamedTuple):
    """Which ring of a tensor, which of its slots, and how long the ring is."""

    phase: int
    slots: slice
    length: int


@dataclass(frozen=True)
class RingPlaces:
    """Where the moments of one window lie."""

    tensors: Mapping[str, Tensor]
    glimpses: Mapping[Glimpse, Array]
    _rings: Rings
    _turns: Mapping[str, _Turn]

    def twins(self, request: str | Glimpse, part: Part) -> Calls:
        """Return the second writing of what lies at the end of a ring."""
        return self._rings.twins(request, part, self._turns)


def _length(plan: Plan, paces: Mapping[str, Pace], round_: int, name: str) -> int:
    """Return after how many slots a ring begins anew."""
    pace = paces[name]
    return round_ * pace.step // pace.period if pace.step else plan.moments[name]


def _slots(plan: Plan, paces: Mapping[str, Pace], round_: int, name: str) -> int:
    moving = paces[name].step > 0
    moments = plan.moments[name]
    return _length(plan, paces, round_, name) + moments - 1 if moving else moments
