"""The thread that reads and writes files, so that neither picture nor window waits for a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from cnngui.errors import UserError
from cnngui.featuremaps.snapshot import SaveCancelledError
from cnngui.formats.opening import open_network
from cnngui.pipeline.engine_commands import CancelSnapshots
from cnngui.pipeline.events import Event, JobFailed, NetworkRead, SaveCancelled
from cnngui.pipeline.worker import Worker


@dataclass(frozen=True)
class ReadNetwork:
    """Read a preset or a file; ``NetworkRead`` or ``JobFailed("network")`` follows."""

    name_or_path: str


@dataclass(frozen=True, eq=False)
class Job:
    """Something to read or write.

    Attributes
    ----------
    what : how events call it ("snapshot", "network").
    run : does it and returns the event that says so, if somebody is to hear; may raise UserError.
    cancelled : set when nobody wants it any more, for a ``run`` that asks.
    """

    what: str
    run: Callable[[], Event | None]
    cancelled: threading.Event = field(default_factory=threading.Event)


class FileWorker(Worker[Job | ReadNetwork | CancelSnapshots]):
    """Runs jobs one after the other. Those queued when it is stopped are still run."""

    carries_out = ReadNetwork, CancelSnapshots

    def __init__(self, report: Callable[[Event], None]) -> None:
        super().__init__("files", report)
        self._running: Job | None = None

    def tell(self, command: Job | ReadNetwork | CancelSnapshots) -> bool:
        """Queue a command; False if the thread is stopping and will not see it."""
        if isinstance(command, CancelSnapshots):
            # Not one after the others: it is about them.
            self.cancel("snapshot")
            return True
        if isinstance(command, ReadNetwork):
            command = Job("network", partial(_read_network, command.name_or_path))
        return super().tell(command)

    def cancel(self, what: str) -> None:
        """Give up jobs of a kind: the one that runs, and those queued."""
        with self._condition:
            for job in (self._running, *self._commands):
                if isinstance(job, Job) and job.what == what:
                    job.cancelled.set()

    def waiting(self, what: str) -> int:
        """Return how many jobs of a kind are queued."""
        with self._condition:
            return sum(isinstance(job, Job) and job.what == what for job in self._commands)

    def _turn(self) -> bool:
        with self._condition:
            while not self._commands and not self._stopping:
                self._condition.wait()
            if not self._commands:
                return False
            job = self._commands.popleft()
            self._running = job if isinstance(job, Job) else None
        if isinstance(job, Job):
            self._run_job(job)
        return True

    def _run_job(self, job: Job) -> None:
        try:
            event = job.run()
            if event is not None:
                self._report(event)
        except SaveCancelledError:
            self._report(SaveCancelled(job.what))
        except UserError as error:
            self._report(JobFailed(job.what, error))


def _read_network(name_or_path: str) -> Event:
    found = open_network(name_or_path)
    return NetworkRead(name_or_path, found.spec, found.weights)
