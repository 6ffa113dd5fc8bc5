"""A number made ready to be drawn: its groups of terms, in print, so that they add up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnngui.explain.decimals import PrintedGroups, printed_groups
from cnngui.explain.number import Number
from cnngui.gui.number.groups import Group
from cnngui.pipeline.lenses.number import MOST_PICTURES, NumberResult

_MOST_SUMMANDS = 6


@dataclass(frozen=True)
class Summands:
    """A sum in print.

    Attributes
    ----------
    texts : the subtotals.
    groups : which group each is of; -1 for all the others together.
    bias, rounding : "" where there is none.
    total : the result.
    """

    texts: tuple[str, ...]
    groups: tuple[int, ...]
    bias: str
    rounding: str
    total: str


@dataclass(frozen=True, eq=False)
class Shown:
    """A number made ready to be drawn."""

    result: NumberResult
    groups: tuple[Group, ...]

    @property
    def number(self) -> Number:
        """The number itself."""
        return self.result.number

    @cached_property
    def _printed(self) -> PrintedGroups:
        products = self.number.products
        terms = [products[group.terms].tolist() for group in self.groups]
        return printed_groups(terms, self.number.bias, self.number.value)

    def products_text(self, place: int) -> tuple[tuple[str, ...], str]:
        """Return a group's products and their sum in print; they add up exactly."""
        if not self.lists:
            return self._printed.terms[place], self._printed.subtotals[place]
        # Of many groups only one is seen in cells.
        products = self.number.products[self.groups[place].terms].tolist()
        printed = printed_groups([products], None, self.sums[place])
        return printed.terms[0], printed.subtotals[0]

    @cached_property
    def summands(self) -> Summands:
        """What the number is the sum of, in print: all groups, or the strongest and the rest."""
        if len(self.groups) <= _MOST_SUMMANDS:
            printed = self._printed
            places = tuple(range(len(self.groups)))
            return Summands(
                printed.subtotals, places, printed.bias, printed.rounding, printed.total
            )
        listed = self.strongest[:_MOST_SUMMANDS]
        rest = (
            math.fsum(value for place, value in enumerate(self.sums) if place not in listed)
            if np.isfinite(self.sums).all()
            else float(np.sum(self.sums))
        )
        told = [self.sums[place] for place in listed] + [rest]
        printed = printed_groups([[value] for value in told], self.number.bias, self.number.value)
        return Summands(
            printed.subtotals, (*listed, -1), printed.bias, printed.rounding, printed.total
        )

    @cached_property
    def sums(self) -> list[float]:
        """The subtotal of each group."""
        with np.errstate(all="ignore"):
            return [float(self.number.products[group.terms].sum()) for group in self.groups]

    @cached_property
    def strongest(self) -> list[int]:
        """The groups, those that add most first."""
        return np.argsort(-np.abs(np.nan_to_num(self.sums)), kind="stable").tolist()

    @property
    def lists(self) -> bool:
        """Whether there are too many groups to show the cells of all."""
        return len(self.groups) > MOST_PICTURES
