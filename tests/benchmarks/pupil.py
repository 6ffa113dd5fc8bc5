"""Trains in the window, one training after the other, while somebody looks around in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabBar

from cnngui.gui.studio import Studio
from cnngui.pipeline.training.settings import TrainingSettings

if TYPE_CHECKING:
    from tests.benchmarks.live_window import LiveWindow


class Pupil:
    """Trains the window's network on drawn shapes; when a training ends, the next one begins.

    Attributes
    ----------
    started : how many trainings were begun.
    """

    def __init__(self, live: LiveWindow, epochs: int) -> None:
        studio = live.window.findChild(Studio)
        drawer = live.window.findChild(QAction, "action_training")
        tabs = live.window.findChild(QTabBar, "training_tabs")
        if studio is None or drawer is None or tabs is None:
            raise LookupError("the window trains nothing")
        self._trainer, self._tabs = studio.trainer, tabs
        self.started = 0
        studio.plan.set_settings(TrainingSettings(epochs=epochs))
        studio.data.open("shapes")
        live.run_until(lambda: studio.data.dataset is not None, "the drawn shapes")
        studio.plan.mend_network()
        studio.trainer.changed.connect(self.go_on)
        drawer.setChecked(True)
        self.turn_page()
        self.go_on()

    @property
    def history_mb(self) -> float:
        """What the kernels kept of the training under way take: bounded, and full after a while."""
        progress = self._trainer.progress
        moments = () if progress is None else progress.moments
        return sum(kernel.nbytes for one in moments for kernel in one.kernels.values()) / 2**20

    def turn_page(self) -> None:
        """Look at the training's next page: curves, kernels, results."""
        self._tabs.setCurrentIndex(self._tabs.currentIndex() % (self._tabs.count() - 1) + 1)

    def go_on(self) -> None:
        """Begin the next training, if none is under way."""
        if not self._trainer.is_under_way:
            self.started += 1
            self._trainer.start()
