"""What may come between the pieces of a batch: somebody else's turn, an order, the end."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from cnngui.engine.program import AbandonedError

__all__ = ["AbandonedError", "Interruption"]


class Interruption:
    """How a batch under way hears that somebody else wants to go first.

    Parameters
    ----------
    is_wanted : asked before every piece of work, from any thread; must return at once.
    take : called by the thread that computes the batch, when all its helpers stand still. When it
        returns, the batch goes on where it was; if it raises AbandonedError, the batch is given up.
    """

    def __init__(
        self,
        is_wanted: Callable[[], bool] = lambda: False,
        take: Callable[[], None] = lambda: None,
    ) -> None:
        self.is_wanted = is_wanted
        self._take = take
        self.seconds = 0.0
        """That all interruptions took until now."""

    def take(self) -> None:
        """Let the others do what they want to do."""
        began = perf_counter()
        try:
            self._take()
        finally:
            self.seconds += perf_counter() - began
