"""A number made ready to be drawn: its terms in groups, and all of it in print."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnngui.explain.decimals import PrintedGroups, added, printed_groups
from cnngui.explain.number import Number
from cnngui.gui.number.groups import Group, by_map
from cnngui.pipeline.lenses.number import MOST_PICTURES, NumberResult

_MOST_SUMMANDS = 6
_MOST_GROUPS = 3 * MOST_PICTURES
"""Of more groups than that the cells of only one map are drawn."""


@dataclass(frozen=True)
class Summands:
    """A sum in print.

    Attributes
    ----------
    texts : the subtotals.
    groups : a group that each is of; -1 for all the others together.
    by_moment : whether each is of one moment of a map, and not of a whole map.
    bias, rounding : "" where there is none.
    total : the result.
    """

    texts: tuple[str, ...]
    groups: tuple[int, ...]
    by_moment: bool
    bias: str
    rounding: str
    total: str


@dataclass(frozen=True, eq=False)
class Shown:
    """A number and its groups."""

    result: NumberResult
    groups: tuple[Group, ...]

    @property
    def number(self) -> Number:
        """The number itself."""
        return self.result.number

    @cached_property
    def maps(self) -> tuple[tuple[int, ...], ...]:
        """The groups of each map that is read: several where it is read at several moments."""
        return by_map(self.groups)

    def map_of(self, group: int) -> int:
        """Return which map a group is of, by its place among ``maps``."""
        return next(place for place, of_map in enumerate(self.maps) if group in of_map)

    @cached_property
    def _printed(self) -> PrintedGroups:
        products = self.number.products
        terms = [products[group.terms].tolist() for group in self.groups]
        return printed_groups(terms, self.number.bias, self.number.value)

    @cached_property
    def _printed_maps(self) -> dict[int, PrintedGroups]:
        return {}

    def _printed_with(self, place: int) -> tuple[PrintedGroups, int]:
        """Return the print that a group is part of, and its place there."""
        if not self.lists:
            return self._printed, place
        # Of many maps only one is seen in cells: its groups add up among themselves.
        of_map = self.map_of(place)
        if of_map not in self._printed_maps:
            products = self.number.products
            terms = [products[self.groups[part].terms].tolist() for part in self.maps[of_map]]
            self._printed_maps[of_map] = printed_groups(terms, None, self.map_sums[of_map])
        return self._printed_maps[of_map], self.maps[of_map].index(place)

    def products_text(self, place: int) -> tuple[tuple[str, ...], str]:
        """Return a group's products and their sum in print; they add up exactly."""
        printed, place = self._printed_with(place)
        return printed.terms[place], printed.subtotals[place]

    def map_text(self, of_map: int) -> str:
        """Return the sum of a map's groups in print: exactly that of their printed sums."""
        texts = [self.products_text(place)[1] for place in self.maps[of_map]]
        printed, _ = self._printed_with(self.maps[of_map][0])
        return added(texts, printed.decimals)

    @cached_property
    def summands(self) -> Summands:
        """What the number is the sum of, in print: all parts, or the strongest and the rest.

        Parts are maps; moments of maps where those are few.
        """
        has_moments = len(self.groups) > len(self.maps)
        if len(self.groups) <= _MOST_SUMMANDS:
            printed = self._printed
            every = tuple(range(len(self.groups)))
            ends = printed.bias, printed.rounding, printed.total
            return Summands(printed.subtotals, every, has_moments, *ends)
        if len(self.maps) <= _MOST_SUMMANDS and not self.lists:
            printed = self._printed
            texts = tuple(self.map_text(place) for place in range(len(self.maps)))
            firsts = tuple(of_map[0] for of_map in self.maps)
            return Summands(texts, firsts, False, printed.bias, printed.rounding, printed.total)
        listed = self.strongest[:_MOST_SUMMANDS]
        others = [value for place, value in enumerate(self.map_sums) if place not in listed]
        told = [self.map_sums[place] for place in listed]
        places = [self.maps[place][0] for place in listed]
        if others:
            is_finite = np.isfinite(self.map_sums).all()
            told.append(math.fsum(others) if is_finite else float(np.sum(self.map_sums)))
            places.append(-1)
        printed = printed_groups([[value] for value in told], self.number.bias, self.number.value)
        ends = printed.bias, printed.rounding, printed.total
        return Summands(printed.subtotals, tuple(places), False, *ends)

    @cached_property
    def sums(self) -> list[float]:
        """The subtotal of each group."""
        with np.errstate(all="ignore"):
            return [float(self.number.products[group.terms].sum()) for group in self.groups]

    @cached_property
    def map_sums(self) -> list[float]:
        """The subtotal of each map, over all moments at which it is read."""
        with np.errstate(all="ignore"):
            return [float(np.sum([self.sums[part] for part in of_map])) for of_map in self.maps]

    @cached_property
    def strongest(self) -> list[int]:
        """The maps, those that add most first."""
        return np.argsort(-np.abs(np.nan_to_num(self.map_sums)), kind="stable").tolist()

    @property
    def lists(self) -> bool:
        """Whether there is too much to show the cells of all maps."""
        if len(self.maps) < 2:
            return False
        return len(self.maps) > MOST_PICTURES or len(self.groups) > _MOST_GROUPS
