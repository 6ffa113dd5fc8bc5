"""The thread that opens data sets, the newest one asked for."""

from __future__ import annotations

from collections.abc import Callable

from cnngui.data.dataset import OpeningCancelledError
from cnngui.errors import UserError
from cnngui.pipeline.data_events import (
    DatasetCancelled,
    DatasetFailed,
    DatasetOpened,
    DatasetProgress,
)
from cnngui.pipeline.events import Event
from cnngui.pipeline.worker import Worker


class DatasetOpener(Worker[str]):
    """Opens addresses. One that is being opened gives way to a newer one."""

    def __init__(self, report: Callable[[Event], None]) -> None:
        super().__init__("data", report)
        self._is_cancelled = False

    def open(self, address: str) -> None:
        """Ask for an address; those asked for before are given up."""
        self.cancel()
        self.tell(address)

    def cancel(self) -> None:
        """Give up what is asked for and not yet open."""
        with self._condition:
            given_up = list(self._commands)
            self._commands.clear()
            self._is_cancelled = True
        for address in given_up:
            self._report(DatasetCancelled(address))

    def _turn(self) -> bool:
        with self._condition:
            while not self._commands and not self._stopping:
                self._condition.wait()
            if self._stopping:
                return False
            address = self._commands.popleft()
            self._is_cancelled = False
        self._open(address)
        return True

    def _open(self, address: str) -> None:
        from cnngui.data.opening import open_dataset  # not needed at the start

        def progress(done: int, total: int) -> None:
            self._report(DatasetProgress(address, done, total))

        try:
            dataset = open_dataset(
                address,
                on_progress=progress,
                is_cancelled=lambda: self._is_cancelled or self._stopping,
            )
        except OpeningCancelledError:
            self._report(DatasetCancelled(address))
        except UserError as error:
            self._report(DatasetFailed(address, error))
        else:
            self._report(DatasetOpened(address, dataset))
