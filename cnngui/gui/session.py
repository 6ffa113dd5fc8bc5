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
from cnngui.pipeline.live import LivePipeline
from cnngui.spec.layers import ParametricSpec
from cnngui.spec.network import NetworkSpec

_QUIET_MS = 3_000
_DESCRIPTION = "unsaved-network.json"
_WITH_WEIGHTS = "unsaved-network.safetensors"
_log = logging.getLogger("cnngui")


class SessionKeeper(QObject):
    """Writes the unsaved network some seconds after the last edit, and when asked.

    Parameters
    ----------
    folder : where it is kept.
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
        self._folder = folder
        self._document = document
        self._pipeline = pipeline
        self._clock = QTimer(self, interval=_QUIET_MS, singleShot=True)
        self._clock.timeout.connect(self.keep)
        document.path_changed.connect(self._clock.start)

    def owns(self, path: Path) -> bool:
        """Say whether a file is one of those kept here, of which the user need not hear."""
        return path in (self._folder / _DESCRIPTION, self._folder / _WITH_WEIGHTS)

    @Slot()
    def keep(self) -> None:
        """Keep the network if it is not saved elsewhere; else forget what was kept."""
        self._clock.stop()
        spec, running = self._document.spec, self._document.running_spec
        holds_weights = _holds_weights(running)
        try:
            if not self._document.is_modified:
                self._forget(_DESCRIPTION, _WITH_WEIGHTS)
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            if holds_weights:
                self._pipeline.save_network(self._folder / _WITH_WEIGHTS, running)
            else:
                self._forget(_WITH_WEIGHTS)
            if spec == running and holds_weights:
                self._forget(_DESCRIPTION)
            else:
                write_network(self._folder / _DESCRIPTION, spec, None)
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
    for name in (_WITH_WEIGHTS, _DESCRIPTION):
        try:
            if (folder / name).is_file():
                found = read_network(folder / name)
                if kept:
                    spec = found.spec.named_weights_of(kept[0].spec)
                    found = NetworkFile(spec, kept[0].weights)
                kept.append(found)
        except (OSError, UserError) as error:
            _log.warning("the network kept from last time is unreadable: %s", error)
    return kept


def _holds_weights(spec: NetworkSpec) -> bool:
    return any(isinstance(layer, ParametricSpec) and layer.weights_id for layer in spec.layers)
