"""The menu of whole networks: ready ones, files, and what was open lately."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from cnngui.gui.icons import icon
from cnngui.gui.settings import Settings
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.translation import translated
from cnngui.harmless import harmless
from cnngui.spec.presets import PRESETS


class NetworkMenu(Menu):
    """Presets by name, open, save, recent."""

    network_chosen = Signal(str)
    """A preset's key or a file's path."""
    open_requested = Signal()

    def __init__(
        self, settings: Settings, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setToolTipsVisible(True)
        for preset in PRESETS:
            action = self.addAction(
                translated(preset.title), partial(self.network_chosen.emit, preset.key)
            )
            action.setToolTip(translated(preset.summary))
        self.addSeparator()
        self.addAction(actions["new"])
        self.addAction(
            icon("folder-open-outline"), self.tr("Open network…"), self.open_requested.emit
        )
        self._recent = self.submenu(self.tr("Recent"), icon("history"))
        self.addSeparator()
        self.addAction(actions["save"])
        self.addAction(actions["save_as"])
        self.aboutToShow.connect(self._write_recent)

    @Slot()
    def _write_recent(self) -> None:
        self._recent.clear()
        for text in self._settings.recent_networks:
            label = harmless(Path(text).name).replace("&", "&&")
            action = self._recent.addAction(label, partial(self.network_chosen.emit, text))
            action.setToolTip(plain_tip(harmless(text)))
        self._recent.setToolTipsVisible(True)
        self._recent.setEnabled(not self._recent.isEmpty())
