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
    give_way : called by that thread where the batch can no longer be given up, because what it
        learned is being put into the weights: others may compute, if they want to, and nothing
        else.
    """

    def __init__(
        self,
        is_wanted: Callable[[], bool] = lambda: False,
        take: Callable[[], None] = lambda: None,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self.is_wanted = is_wanted
        self._take = take
        self._give_way = give_way
        self.seconds = 0.0
        """That all interruptions took until now."""

    def take(self) -> None:
        """Let the others do what they want to do."""
        self._let(self._take)

    def give_way(self) -> None:
        """Let the others compute."""
        self._let(self._give_way)

    def _let(self, others: Callable[[], None]) -> None:
        began = perf_counter()
        try:
            others()
        finally:
            self.seconds += perf_counter() - began
