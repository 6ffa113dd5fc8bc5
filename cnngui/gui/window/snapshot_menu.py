"""Which layers a snapshot is of, told with how large it will be."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from cnngui.featuremaps.snapshot_plan import SnapshotPlan, plan_snapshot
from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.gui.settings.schema import SNAPSHOT_LAYERS
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.words.numbers import bytes_label


class SnapshotMenu(Menu):
    """Offers the layer looked at, those on the screen, or all; the choice is remembered.

    Parameters
    ----------
    settings : remember the choice.
    document : the network that runs.
    view : what is looked at.
    """

    requested = Signal()
    """A snapshot is to be taken, of what was chosen."""

    def __init__(
        self, settings: Settings, document: Document, view: ViewState, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._document = document
        self._view = view
        self._words = {
            "layer": self.tr("This layer"),
            "shown": self.tr("The layers on the screen"),
            "all": self.tr("All layers"),
        }
        self._choices: dict[str, QAction] = {}
        group = QActionGroup(self)
        for choice in SNAPSHOT_LAYERS:
            action = self.addAction(self._words[choice])
            action.setObjectName(f"snapshot_{choice}")
            action.setCheckable(True)
            action.setChecked(choice == settings.snapshot_layers)
            action.triggered.connect(partial(self._on_triggered, choice))
            group.addAction(action)
            self._choices[choice] = action
        self.aboutToShow.connect(self._tell_sizes)

    @property
    def layer_ids(self) -> tuple[str, ...] | None:
        """The layers chosen; None for all."""
        return self._layers_of(self._settings.snapshot_layers)

    def description(self) -> str:
        """Say what a snapshot would hold."""
        choice = self._settings.snapshot_layers
        return f"{self._words[choice]}: {self._size_of(choice)}"

    def _layers_of(self, choice: str) -> tuple[str, ...] | None:
        if choice == "all":
            return None
        shown = self._view.request().thumbnails if choice == "shown" else ()
        return tuple(dict.fromkeys((self._view.layer_id, *shown)))

    def _size_of(self, choice: str) -> str:
        plan: SnapshotPlan = plan_snapshot(self._document.running_spec, self._layers_of(choice))
        words = self.tr("{files} files, at least {size}")
        return words.format(files=f"{plan.files:,}", size=bytes_label(plan.least_bytes))

    @Slot()
    def _tell_sizes(self) -> None:
        for choice, action in self._choices.items():
            action.setText(f"{self._words[choice]}\t{self._size_of(choice)}")

    def _on_triggered(self, choice: str) -> None:
        self._settings.snapshot_layers = choice
        self.requested.emit()
