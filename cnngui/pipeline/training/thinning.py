"""A record of something long in bounded memory."""

from __future__ import annotations

from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class ThinnedList(Generic[_Item]):
    """Keeps some of what is added, evenly spread, and always the first and the last.

    When it is full every second item is dropped, and from then on half as many are kept.

    Parameters
    ----------
    most : how many are kept, 2 or more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[_Item] = []
        self._newest: list[_Item] = []
        self._stride = 1
        self._added = 0

    @property
    def keeps_next(self) -> bool:
        """Whether what is added next will be kept for longer than until the one after it."""
        return self._added % self._stride == 0

    def add(self, item: _Item) -> None:
        """Add an item at the end."""
        if self.keeps_next and len(self._kept) >= self._most - 1:
            self._kept = self._kept[::2]
            self._stride *= 2
        if self.keeps_next:
            self._kept.append(item)
            self._newest = []
        else:
            self._newest = [item]
        self._added += 1

    def skip(self) -> None:
        """Count an item that is not added, where ``keeps_next`` says that it need not be."""
        self._added += 1

    def items(self) -> list[_Item]:
        """Return what is kept, in the order in which it came."""
        return self._kept + self._newest
