"""A mailbox for one item: whoever looks finds the newest one, and nothing piles up."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Holds at most one item, for any number of threads. No call blocks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._item: T | None = None

    def put(self, item: T) -> bool:
        """Leave ``item``; return True when it replaced one that nobody had taken."""
        with self._lock:
            replaced = self._item is not None
            self._item = item
            return replaced

    def take(self) -> T | None:
        """Return the item and leave the slot empty; None when it was."""
        with self._lock:
            item, self._item = self._item, None
            return item

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to take."""
        return self._item is None
