"""A network that sees one window of frames after the other, and computes what is new in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.plan import Plan
from cnngui.engine.program import Observers, Program
from cnngui.engine.streaming.paces import Pace, paces_of
from cnngui.engine.streaming.rings import Rings, round_of
from cnngui.engine.work import Node
from cnngui.spec.layers import INPUT_ID

Array = NDArray[np.float32]
Keys = tuple[int, ...]

_MOST_CHAINS = 16
_MOST_BYTES = 512_000_000
"""For all that is kept. A network of which not even one chain fits is computed anew each time."""
_MOST_PROGRAMS = 256
"""Calls are bound for each place in a ring, some hundred kilobytes of them. So many are kept."""
_VALUE_WORTH = 10
"""Multiply-adds: so long takes what layers do to a value beside multiplying."""
_WORTH_KEEPING = 0.9
"""Of the work for a whole window: if nearly all is new each time, keeping it is for nothing."""


class _Chain:
    """Windows of which each goes on where the one before was.

    Attributes
    ----------
    keys : of the window that all rings hold; None where they hold nothing.
    window : its number, counted from the last one that was computed whole.
    """

    def __init__(self, rings: Rings) -> None:
        self.rings = rings
        self.keys: Keys | None = None
        self.window = 0
        self.programs: dict[tuple[int, bool], Program] = {}
        """By the window's number, begun anew where all rings are, and whether there is any work."""


class Stream:
    """What runs for windows that overlap; made by ``of``."""

    def __init__(
        self,
        plan: Plan,
        paces: Mapping[str, Pace],
        nodes: Mapping[str, Node],
        pixels_to_values: tuple[Array, Array],
    ) -> None:
        self._plan, self._paces, self._nodes = plan, paces, nodes
        self._pixels_to_values = pixels_to_values
        self._round = round_of(plan, paces)
        self._longest = max(pace.period for pace in paces.values())
        self._scratches = [Scratch() for _ in range(parallel.thread_count())]
        self._chains: list[_Chain] = []
        """The one that was used last is the last."""
        each = Rings.bytes_of(plan, paces, self._round)
        self._most_chains = max(1, min(_MOST_CHAINS, _MOST_BYTES // max(each, 1)))
        self._last: Program | None = None

    @staticmethod
    def of(
        plan: Plan, nodes: Mapping[str, Node], pixels_to_values: tuple[Array, Array]
    ) -> Stream | None:
        """Return a stream; None where it would save nothing, or take too much memory."""
        paces = paces_of(plan)
        new, whole = works(plan, paces)
        if new > _WORTH_KEEPING * whole:
            return None
        if Rings.bytes_of(plan, paces, round_of(plan, paces)) > _MOST_BYTES:
            return None
        return Stream(plan, paces, nodes, pixels_to_values)

    @property
    def nbytes(self) -> int:
        """Memory for values that are kept from window to window."""
        return sum(chain.rings.nbytes for chain in self._chains)

    def layer_seconds(self) -> dict[str, float]:
        """Return what each layer took for the newest moment."""
        return {} if self._last is None else self._last.layer_seconds()

    def run(
        self, x: NDArray, keys: Keys, observers: Observers, is_abandoned: Callable[[], bool]
    ) -> None:
        """Compute what is new in a window, or all of it.

        Parameters
        ----------
        x : ``(1, C, T, H, W)``.
        keys : what each frame is, equal for equal frames alone, and larger for newer ones.
        """
        chain, moved = self._find(keys)
        self._chains.remove(chain)
        self._chains.append(chain)
        chain.keys = None  # in case that it is given up on the way
        if moved is None or not self._pays(moved):
            chain.window = 0
            self._compute(chain, x, observers, is_abandoned)
        elif moved == 0:
            self._program(chain, has_work=False).run(x, observers, is_abandoned)
        else:
            for back in reversed(range(moved)):
                chain.window += 1
                self._compute(chain, x, {} if back else observers, is_abandoned, back)
        chain.keys = keys

    def _find(self, keys: Keys) -> tuple[_Chain, int | None]:
        """Return the chain that goes on with these frames, and by how many they have moved on.

        None where no window is known that has frames in common.
        """
        found = [
            (moved, chain)
            for chain in self._chains
            if (moved := _moved(chain.keys, keys)) is not None
        ]
        if found:
            moved, chain = min(found, key=lambda pair: pair[0])
            return chain, moved
        ended = [chain for chain in self._chains if _has_ended(chain.keys, keys)]
        if not ended and len(self._chains) < self._most_chains:
            ended.append(_Chain(Rings(self._plan, self._paces, self._round)))
            self._chains += ended
        return (ended or self._chains)[0], None

    def _pays(self, moved: int) -> bool:
        new, whole = works(self._plan, self._paces)
        return moved * new < whole

    def _compute(
        self,
        chain: _Chain,
        x: NDArray,
        observers: Observers,
        is_abandoned: Callable[[], bool],
        back: int = 0,
    ) -> None:
        self._last = program = self._program(chain, has_work=True)
        program.run(x, observers, is_abandoned, back)

    def _program(self, chain: _Chain, *, has_work: bool) -> Program:
        """Return what computes a chain's window, given the one before, or only shows it."""
        number = chain.window
        if number >= self._longest:
            number = self._longest + (number - self._longest) % self._round
        key = number, has_work
        if key not in chain.programs:
            if sum(len(each.programs) for each in self._chains) >= _MOST_PROGRAMS:
                longest = max(self._chains, key=lambda each: len(each.programs))
                del longest.programs[next(iter(longest.programs))]
            chain.programs[key] = Program(
                self._plan,
                chain.rings.at(chain.window),
                self._nodes,
                self._plan.pieces(self._images(chain.window) if has_work else {}),
                self._scratches,
                self._pixels_to_values,
            )
        return chain.programs[key]

    def _images(self, window: int) -> dict[str, list[range]]:
        """Return the moments of each tensor that are new in a window."""
        return {
            name: [*_ranges(pace.fresh)]
            if window >= pace.period
            else [range(self._plan.moments[name])]
            for name, pace in self._paces.items()
        }


def _moved(before: Keys | None, now: Keys) -> int | None:
    """Return by how many frames a window has moved on; None if not one frame is the same."""
    if before is None:
        return None
    return next(
        (moved for moved in range(len(now)) if before[moved:] == now[: len(now) - moved]), None
    )


def _has_ended(before: Keys | None, now: Keys) -> bool:
    """Tell whether all of a window's frames are older than those that are seen now."""
    return before is None or max(before) < min(now)


def _ranges(places: Sequence[int]) -> Iterator[range]:
    """Gather neighbours."""
    first = 0
    for number in range(1, len(places) + 1):
        if number == len(places) or places[number] != places[number - 1] + 1:
            yield range(places[first], places[number - 1] + 1)
            first = number


def works(plan: Plan, paces: Mapping[str, Pace]) -> tuple[float, float]:
    """Return about how much work a window is after the one before, and a whole one.

    In multiply-adds.
    """
    new = whole = 0.0
    for name, pace in paces.items():
        work = _VALUE_WORTH * prod(plan.shapes[name])
        if name != INPUT_ID:
            work += plan.nodes[name].multiply_adds
        whole += work
        new += work * len(pace.fresh) / plan.moments[name]
    return new, whole
