"""Pieces of work in one order, which threads take as soon as what they build on is done.

Waking a sleeping thread takes some 60 microseconds, and a thread that waits for others at the end
of every step sleeps often. So threads are woken once for all the work, and no step is waited for as
a whole: each piece knows the few earlier ones that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnngui.engine import parallel

Milestone = tuple[int, Callable[[], object]]
"""(how many pieces must be done, from the first on; what the asking thread is to call then)."""


def run(
    needs: Sequence[Sequence[int]],
    compute: Callable[[int, int], None],
    milestones: Sequence[Milestone],
    threads: int,
) -> None:
    """Call ``compute(worker, piece)`` for every piece, and wait.

    Parameters
    ----------
    needs : per piece which earlier ones must be done before it begins.
    compute : no two calls with one worker run at a time; ``worker`` is below ``threads``.
    milestones : in the order of their counts. The last one's is at most the number of pieces.

    Whatever is raised comes out after all threads have stopped.
    """
    if threads == 1:
        _run_alone(len(needs), compute, milestones)
    else:
        work = _SharedWork(needs, compute, milestones)
        parallel.run(work.take_pieces, threads, threads)


def _run_alone(
    pieces: int, compute: Callable[[int, int], None], milestones: Sequence[Milestone]
) -> None:
    done = 0
    for count, call in [*milestones, (pieces, lambda: None)]:
        for piece in range(done, count):
            compute(0, piece)
        call()
        done = count


class _SharedWork:
    def __init__(
        self,
        needs: Sequence[Sequence[int]],
        compute: Callable[[int, int], None],
        milestones: Sequence[Milestone],
    ) -> None:
        self._needs = needs
        self._compute = compute
        self._milestones = list(reversed(milestones))
        # next() of a range is one step of the interpreter, so no piece is taken twice. Nobody is
        # given a fixed share: a core that is busy otherwise simply takes fewer. And who has taken a
        # piece waits for earlier ones only, which others have taken before: there is always one
        # that can go on.
        self._pieces = iter(range(len(needs)))
        self._done = bytearray(len(needs))
        self._has_failed = False

    def take_pieces(self, worker: int, _: int) -> None:
        """Take pieces until there are no more. The asking thread is worker 0."""
        done = self._done
        try:
            for piece in self._pieces:
                for need in self._needs[piece]:
                    if not done[need]:
                        self._wait_for(need)
                if self._has_failed:
                    return
                self._compute(worker, piece)
                done[piece] = True
                if worker == 0:
                    self._pass_milestones()
            if worker == 0:
                parallel.wait_until(lambda: self._are_done(len(done)) or self._has_failed)
                self._pass_milestones()
        except BaseException:
            self._has_failed = True
            raise

    def _wait_for(self, piece: int) -> None:
        parallel.wait_until(lambda: bool(self._done[piece]) or self._has_failed)

    def _are_done(self, count: int) -> bool:
        return self._done.find(0, 0, count) < 0

    def _pass_milestones(self) -> None:
        while self._milestones and not self._has_failed and self._are_done(self._milestones[-1][0]):
            _, call = self._milestones.pop()
            call()
