"""A thread that waits for commands, can be stopped, and survives a defect in what it does."""

from __future__ import annotations

import threading
import traceback
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from cnngui.pipeline.events import Crashed, Event
from cnngui.pipeline.messages import NewestOnly

_PAUSE_AFTER_CRASH_S = 0.1

Command = TypeVar("Command")


class Worker(ABC, Generic[Command]):
    """One thread and its queue of commands.

    Parameters
    ----------
    name : the thread's name, and what a ``Crashed`` event calls it.
    report : takes the events; called from the thread, without any lock held.

    Attributes
    ----------
    carries_out : the classes of commands that it is there for.
    """

    carries_out: ClassVar[tuple[type, ...]] = ()

    def __init__(self, name: str, report: Callable[[Event], None]) -> None:
        self.name = name
        self._report = report
        self._condition = threading.Condition()
        self._commands: deque[Command] = deque()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"cnngui-{name}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def tell(self, command: Command) -> bool:
        """Queue a command; False if the thread is stopping and will not see it."""
        with self._condition:
            if self._stopping:
                return False
            for older in list(self._commands):
                merged = self._merge(older, command)
                if merged is not None:
                    self._commands.remove(older)
                    command = merged
            self._commands.append(command)
            self._condition.notify_all()
            return True

    def stop(self) -> None:
        """Ask the thread to end. Returns at once; see ``join``."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread's end; False if it did not come in time."""
        if self._thread.ident is not None:
            self._thread.join(max(timeout_s, 0.0))
        return not self._thread.is_alive()

    def _merge(self, older: Command, newer: Command) -> Command | None:
        """Return a command that does for both, or None if both have to be carried out."""
        return newer if isinstance(newer, NewestOnly) and type(older) is type(newer) else None

    @abstractmethod
    def _turn(self) -> bool:
        """Wait for one thing to do and do it; False when the thread is to end."""

    def _finish(self) -> None:
        """Let go of everything; runs in the thread, last."""

    def _run(self) -> None:
        while self._guarded(self._turn):
            pass
        self._guarded(self._finish)

    def _guarded(self, step: Callable[[], bool | None]) -> bool:
        try:
            return bool(step())
        except Exception:
            self._report(Crashed(self.name, traceback.format_exc()))
            with self._condition:
                if not self._stopping:
                    # A defect that comes back at every turn must not take the whole processor.
                    self._condition.wait(_PAUSE_AFTER_CRASH_S)
            return True
