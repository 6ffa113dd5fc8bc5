"""The thread that reads and writes files, so that neither picture nor window waits for a disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnngui.errors import UserError
from cnngui.featuremaps.snapshot import SaveCancelledError
from cnngui.pipeline.events import Event, JobFailed, SaveCancelled
from cnngui.pipeline.worker import Worker


@dataclass(frozen=True, eq=False)
class Job:
    """Something to read or write.

    Attributes
    ----------
    what : how events call it ("snapshot", "network").
    run : does it and returns the event that says so, if somebody is to hear; may raise UserError.
    """

    what: str
    run: Callable[[], Event | None]


class FileWorker(Worker[Job]):
    """Runs jobs one after the other. Those queued when it is stopped are still run."""

    def __init__(self, report: Callable[[Event], None]) -> None:
        super().__init__("files", report)

    def waiting(self, what: str) -> int:
        """Return how many jobs of a kind are queued."""
        with self._condition:
            return sum(job.what == what for job in self._commands)

    def _turn(self) -> bool:
        with self._condition:
            while not self._commands and not self._stopping:
                self._condition.wait()
            if not self._commands:
                return False
            job = self._commands.popleft()
        try:
            event = job.run()
            if event is not None:
                self._report(event)
        except SaveCancelledError:
            self._report(SaveCancelled(job.what))
        except UserError as error:
            self._report(JobFailed(job.what, error))
        return True
