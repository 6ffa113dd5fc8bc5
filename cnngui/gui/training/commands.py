"""Undo commands of the training drawer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QUndoCommand

from cnngui.pipeline.training.desk import TrainingDesk


class DeleteRunCommand(QUndoCommand):
    """A run taken from the list of runs.

    Parameters
    ----------
    desk : puts it aside and brings it back.
    run_id : names it.
    """

    def __init__(self, desk: TrainingDesk, run_id: str) -> None:
        super().__init__(QCoreApplication.translate("DeleteRunCommand", "Delete a run"))
        self._desk = desk
        self._run_id = run_id

    def redo(self) -> None:
        self._desk.set_run_discarded(self._run_id, True)

    def undo(self) -> None:
        self._desk.set_run_discarded(self._run_id, False)
