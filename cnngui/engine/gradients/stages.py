"""What threads do side by side, stage after stage, until somebody else wants to go first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnngui.engine import parallel
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.ops import Call, Calls


@dataclass
class Stage:
    """What is done without waiting for each other, and what is done when all are through.

    Attributes
    ----------
    lanes : each is done by one thread at a time, in order.
    then : called once.
    """

    lanes: list[Calls]
    then: Callable[[], object] | None = None


def run(stages: Sequence[Stage], interruption: Interruption) -> None:
    """Do all of them, with everybody's turn between two calls."""
    under_way = _UnderWay(stages, interruption)
    threads = min(parallel.thread_count(), max((len(stage.lanes) for stage in stages), default=1))
    parallel.run(under_way.work, threads, threads)
    while not under_way.is_done:
        # Nobody holds the threads meanwhile: who interrupts may compute with them.
        interruption.take()
        under_way.go_on()
        parallel.run(under_way.work, threads, threads)


class _UnderWay:
    """Threads are woken once for all stages, and wait for each other at the end of each.

    Nobody is given a fixed lane: a thread that is busy otherwise simply comes too late for some.
    """

    def __init__(self, stages: Sequence[Stage], interruption: Interruption) -> None:
        self._stages, self._interruption = stages, interruption
        self._left = [[deque(lane) for lane in stage.lanes] for stage in stages]
        self._takers: list[Iterator[deque[Call]]] = []
        self._through: list[deque[None]] = [deque() for _ in stages]
        """One entry for each lane that is done: appending is one step of the interpreter."""
        self._passed = 0
        """How many stages are done."""
        self._has_stopped = False
        self.go_on()

    @property
    def is_done(self) -> bool:
        return self._passed == len(self._stages)

    def go_on(self) -> None:
        """Offer what is left anew."""
        self._has_stopped = False
        # next() of an iterator is one step of the interpreter, so no lane is taken twice.
        self._takers = [iter([lane for lane in lanes if lane]) for lanes in self._left]

    def work(self, worker: int, _: int) -> None:
        """Take lanes until all is done or somebody wants to go first; worker 0 ends stages."""
        try:
            # What becomes infinite is the caller's to judge; each thread has its own settings.
            with np.errstate(all="ignore"):
                for number in range(self._passed, len(self._stages)):
                    if not self._take_lanes(number) or not self._meet(worker, number):
                        return
        except BaseException:
            self._has_stopped = True
            raise

    def _take_lanes(self, number: int) -> bool:
        """Return whether to go on."""
        for lane in self._takers[number]:
            while lane:
                if self._has_stopped or self._interruption.is_wanted():
                    self._has_stopped = True
                    return False
                lane[0]()
                lane.popleft()
            self._through[number].append(None)
        return True

    def _meet(self, worker: int, number: int) -> bool:
        """Wait until all have done the stage; return whether to go on."""
        stage = self._stages[number]
        if worker == 0:
            lanes = sum(map(bool, stage.lanes))
            parallel.wait_until(lambda: len(self._through[number]) == lanes or self._has_stopped)
            if len(self._through[number]) < lanes:
                return False
            if stage.then is not None:
                stage.then()
            self._passed = number + 1
        else:
            parallel.wait_until(lambda: self._passed > number or self._has_stopped)
        return self._passed > number
