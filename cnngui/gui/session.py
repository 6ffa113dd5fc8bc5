"""Keeps a network that was changed and not saved, so that closing the window loses nothing.

No question is asked when the window closes: the network is there again at the next start, until
it is saved or another one takes its place.
"""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from cnngui.errors import UserError
from cnngui.formats.network_file import NetworkFile, read_network, write_network
from cnngui.gui.document import Document
from cnngui.gui.session_folder import KEPT_DESCRIPTION, KEPT_WEIGHTS, SessionFolder
from cnngui.pipeline.engine_commands import SaveNetwork
from cnngui.pipeline.live import LivePipeline
from cnngui.spec.layers import ParametricSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.presets import preset_of

_QUIET_MS = 3_000
_log = logging.getLogger("cnngui")


class SessionKeeper(QObject):
    """Writes the unsaved network some seconds after the last edit, and when asked.

    Parameters
    ----------
    folder : of the settings, in which each window has a folder to keep it in.
    document : the network.
    pipeline : has the weights, where the description and its seeds do not give them.
    """

    def __init__(
        self,
        folder: Path,
        document: Document,
        pipeline: LivePipeline,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings_folder = folder
        self._claimed: SessionFolder | None = None
        self._document = document
        self._pipeline = pipeline
        self._clock = QTimer(self, interval=_QUIET_MS, singleShot=True)
        self._clock.timeout.connect(self.keep)
        document.path_changed.connect(self._clock.start)

    def begin(self, *, restores: bool) -> list[NetworkFile]:
        """Take a folder of this window's own; return what was kept there.

        Parameters
        ----------
        restores : whether that may be something; see ``kept_networks``.
        """
        self._claimed = SessionFolder(self._settings_folder, restores=restores)
        return kept_networks(self._claimed.path) if restores else []

    def release(self) -> None:
        """Leave what is kept to the next window."""
        if self._claimed is not None:
            self._claimed.release()

    @property
    def _folder(self) -> Path:
        if self._claimed is None:
            self._claimed = SessionFolder(self._settings_folder, restores=False)
        return self._claimed.path

    def owns(self, path: Path) -> bool:
        """Say whether a file is one of those kept here, of which the user need not hear."""
        return path in (self._folder / KEPT_DESCRIPTION, self._folder / KEPT_WEIGHTS)

    @Slot()
    def keep(self) -> None:
        """Keep the network if it is not saved elsewhere; else forget what was kept."""
        self._clock.stop()
        spec, running = self._document.spec, self._document.running_spec
        holds_weights = _holds_weights(running)
        try:
            if not self._document.is_modified:
                self._forget(KEPT_DESCRIPTION, KEPT_WEIGHTS)
                return
            if holds_weights:
                self._pipeline.tell(SaveNetwork(self._folder / KEPT_WEIGHTS, running))
            else:
                self._forget(KEPT_WEIGHTS)
            # Here and now: weights are written by another thread, for which there may be no time.
            write_network(self._folder / KEPT_DESCRIPTION, spec, is_draft=True)
        except (OSError, UserError) as error:
            _log.warning("the unsaved network could not be kept: %s", error)

    def _forget(self, *names: str) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


def kept_networks(folder: Path) -> list[NetworkFile]:
    """Return what was kept in ``folder`` when the program was last closed.

    That is nothing, the network, or where it had problems two: the last valid one, which is to
    run, and the one that was being edited, with what fits it of the other's weights.
    """
    kept: list[NetworkFile] = []
    for name in (KEPT_WEIGHTS, KEPT_DESCRIPTION):
        try:
            if (folder / name).is_file():
                found = read_network(folder / name, is_draft=True)
                if kept:
                    spec = found.spec.named_weights_of(kept[0].spec)
                    found = NetworkFile(spec, kept[0].weights)
                if not kept or found.spec != kept[0].spec:
                    kept.append(found)
        except (OSError, UserError) as error:
            _log.warning("the network kept from last time is unreadable: %s", error)
    return kept


def last_network(document: Document) -> str:
    """Return what opens the document's network again: its file, a preset's key; "" if nothing.

    An unsaved one is kept, and comes before that.
    """
    if document.path is not None:
        return str(document.path)
    preset = preset_of(document.spec.name)
    return "" if preset is None else preset.key


def _holds_weights(spec: NetworkSpec) -> bool:
    return any(isinstance(layer, ParametricSpec) and layer.weights_id for layer in spec.layers)
