"""Which moments of a layer are equal to moments of the window before, found without computing.

Each moment of the input is given a name, and each moment of a layer one for what it is made of: the
layer's recipe and the names of the moments that it reads. Equal names are equal values. So padding
in time, strides, slices and joins need no rules of their own: what touches a border that moves on
gets another name, and a stride of two finds its moments again in the window before the last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from cnngui.engine.plan import Plan
from cnngui.spec.layers import INPUT_ID

_LONGEST_PERIOD = 8
"""Windows. After eight strides of two hardly any window has moments left to find again."""

Names = Mapping[str, Sequence[int]]
"""By tensor, a number for each moment of a window; equal numbers are equal values."""


class Pace(NamedTuple):
    """How a tensor moves on while the input's window moves on by one moment at a time.

    Attributes
    ----------
    period : after so many windows its moments are found again.
    step : by how many moments earlier they then are. 0 where it does not move.
    fresh : the moments that are not found, and must be computed.
    """

    period: int
    step: int
    fresh: tuple[int, ...]


def paces_of(plan: Plan) -> dict[str, Pace]:
    """Return the pace of each tensor that is computed, and of the input."""
    naming = _Naming(plan)
    paces = {name: _pace(naming, name) for name in plan.moments}
    for name, node in plan.nodes.items():
        splits = not node.layer.looks_across or node.layer.splits_moments
        if paces[name].fresh and not splits:
            paces[name] = Pace(1, 0, tuple(range(plan.moments[name])))
    return paces


def _pace(naming: _Naming, tensor: str) -> Pace:
    first = naming.window(0)[tensor]
    places = defaultdict(list)
    for place, name in enumerate(first):
        places[name].append(place)
    best = Pace(1, 0, tuple(range(len(first))))
    for period in range(1, _LONGEST_PERIOD + 1):
        later = naming.window(period)[tensor]
        moves = Counter(
            before - now
            for now, name in enumerate(later)
            for before in places.get(name, ())
            if before >= now
        )
        if not moves:
            continue
        step, found = max(moves.items(), key=lambda item: (item[1], -item[0]))
        if len(later) - found < len(best.fresh):
            fresh = (
                now
                for now, name in enumerate(later)
                if now + step >= len(first) or first[now + step] != name
            )
            best = Pace(period, step, tuple(fresh))
        if len(best.fresh) <= best.step:
            break
    return best


class _Naming:
    """The names of windows, each begun one moment of the input later than the one before."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._numbers: dict[Hashable, int] = {}
        self._windows: dict[int, Names] = {}
        inner = {INPUT_ID: plan.input_shape} | {
            name: node.shape for name, node in plan.nodes.items()
        }
        self._recipes = {
            name: [
                node.layer.recipe(
                    moment, [inner[source] for source in plan.sources(name)], node.shape
                )
                for moment in range(plan.moments[name])
            ]
            for name, node in plan.nodes.items()
        }

    def window(self, begin: int) -> Names:
        """Return the names of the window that begins with that moment of the input."""
        if begin not in self._windows:
            frames = range(begin, begin + self._plan.moments[INPUT_ID])
            names = {INPUT_ID: [self._number((INPUT_ID, frame)) for frame in frames]}
            for layer, recipes in self._recipes.items():
                sources = [names[source] for source in self._plan.sources(layer)]
                names[layer] = [
                    self._number(
                        (layer, how, tuple((source, sources[source][at]) for source, at in made))
                    )
                    for how, made in recipes
                ]
            self._windows[begin] = names
        return self._windows[begin]

    def _number(self, what: Hashable) -> int:
        return self._numbers.setdefault(what, len(self._numbers))
