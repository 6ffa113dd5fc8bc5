"""Calls that nothing can interrupt, made by a thread that may be left behind.

FFmpeg's own timeouts are for each of its steps, which add up to a multiple of what was asked for.
So who waits for it here waits as long as it wants to. A thread that was left behind ends by itself,
and lets go of what it holds, as soon as the call comes back.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from cnngui.capture.deadline import Deadline

Result = TypeVar("Result")

_LAST_CALL_S = 0.5

_left_behind: set[threading.Thread] = set()


class Aside:
    """A thread that makes one call after the other for somebody who waits for each."""

    def __init__(self) -> None:
        self._errands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._answered = threading.Condition()
        self._is_left = False
        self._thread = threading.Thread(target=self._run, name="cnngui-ffmpeg", daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], Result], deadline: Deadline) -> Result:
        """Return what a function returns, or raise what it raises.

        Raises
        ------
        TimeoutError, StoppedError
            It did not come back in time. The thread makes no calls any more then, except the one
            that ``leave`` is given.
        """
        results: list[Result] = []
        errors: list[Exception] = []

        def errand() -> None:
            try:
                outcome = function()
                with self._answered:
                    results.append(outcome)
                    self._answered.notify_all()
            except Exception as error:
                with self._answered:
                    errors.append(error)
                    self._answered.notify_all()

        if self._is_left:
            raise TimeoutError
        self._errands.put(errand)
        with self._answered:
            try:
                while not results and not errors:
                    self._answered.wait(deadline.wait_s())
            except BaseException:
                self._is_left = True
                _left_behind.add(self._thread)
                raise
        if errors:
            raise errors[0]
        return results[0]

    def leave(self, last: Callable[[], None]) -> None:
        """Let the thread make a last call, and end; wait for that a moment, if nothing hangs."""
        self._errands.put(last)
        self._errands.put(None)
        if not self._is_left:
            self._is_left = True
            self._thread.join(_LAST_CALL_S)
            if self._thread.is_alive():
                _left_behind.add(self._thread)

    def _run(self) -> None:
        while (errand := self._errands.get()) is not None:
            errand()
        _left_behind.discard(threading.current_thread())


def is_anything_left_behind() -> bool:
    """Whether a call is still under way for somebody who has gone.

    A program that ends in the usual way would take from under it what it works with.
    """
    return any(thread.is_alive() for thread in list(_left_behind))
