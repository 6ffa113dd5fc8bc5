"""Networks, snapshots, recordings and pictures on their way out."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnngui.gui.document import Document, Origin
from cnngui.gui.session import SessionKeeper
from cnngui.gui.settings import Settings
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.window.snapshot_menu import SnapshotMenu
from cnngui.gui.window.status import StatusLine
from cnngui.gui.words.errors import error_text
from cnngui.harmless import is_harmless
from cnngui.pipeline.engine_commands import CancelSnapshots, SaveNetwork, TakeSnapshot
from cnngui.pipeline.events import (
    Event,
    JobFailed,
    RecordingStarted,
    RecordingStopped,
    SaveCancelled,
    Saved,
    SaveProgress,
)
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.recording_worker import StartRecording, StopRecording
from cnngui.spec.network import NetworkSpec


class Saver(QObject):
    """Asks where, tells the pipeline to write, and says what became of it."""

    recording_changed = Signal(bool)

    def __init__(
        self,
        pipeline: LivePipeline,
        document: Document,
        session: SessionKeeper,
        settings: Settings,
        snapshots: SnapshotMenu,
        status: StatusLine,
        notices: NoticeBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._pipeline = pipeline
        self._document = document
        self._session = session
        self._settings = settings
        self._snapshots = snapshots
        self._status = status
        self._notices = notices
        self._window = window
        self._names = {
            "snapshot": self.tr("snapshot"),
            "network": self.tr("network"),
            "curves": self.tr("curves"),
            "predictions": self.tr("predictions"),
        }
        self._being_saved: dict[Path, NetworkSpec] = {}
        self._recording_since: float | None = None
        snapshots.requested.connect(self.save_snapshot)
        status.cancel_requested.connect(self._cancel_snapshots)

    @property
    def recording_seconds(self) -> float | None:
        """How long the recording has gone on; None while there is none."""
        since = self._recording_since
        return None if since is None else time.monotonic() - since

    @Slot()
    def save_network(self) -> None:
        """Save the network to its file, or ask for one if it has none."""
        if self._document.path is None:
            self.save_network_as()
        else:
            self._save_network_to(self._document.path)

    @Slot()
    def save_network_as(self) -> None:
        """Ask for a file and save the network to it."""
        with_weights = self.tr("Network with weights (*.safetensors)")
        description = self.tr("Description only (*.json)")
        proposed = self._document.path
        if proposed is None or not is_harmless(str(proposed)):  # the dialog takes no other names
            name = f"{_file_stem(self._document.spec.name)}.safetensors"
            proposed = self._settings.save_folder / name
        text, chosen = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save network"),
            str(proposed),
            f"{with_weights};;{description}",
            description if proposed.suffix == ".json" else with_weights,
        )
        if not text:
            return
        path = Path(text)
        if path.suffix.lower() not in (".json", ".safetensors"):
            path = path.with_name(
                path.name + (".json" if chosen == description else ".safetensors")
            )
        self._save_network_to(path)

    @Slot()
    def save_snapshot(self) -> None:
        """Save the frame shown with the maps of the layers chosen."""
        self._notices.dismiss("snapshot")
        words = self.tr("Saving a snapshot. {0}").format(self._snapshots.description())
        self._status.show_message(words)
        self._pipeline.tell(TakeSnapshot(self._settings.save_folder, self._snapshots.layer_ids))

    @Slot()
    def _cancel_snapshots(self) -> None:
        self._pipeline.tell(CancelSnapshots())

    @Slot(bool)
    def set_recording(self, recording: bool) -> None:
        """Begin to record the wall with the input beside it, or finish."""
        if recording:
            self._notices.dismiss("recording")
            folder, name = self._settings.save_folder, self._document.running_spec.name
            self._pipeline.tell(StartRecording(folder, name))
        else:
            self._pipeline.tell(StopRecording())

    @Slot()
    def choose_folder(self) -> None:
        """Ask where snapshots and recordings are to go."""
        title = self.tr("Folder for snapshots and recordings")
        start = self._settings.save_folder
        while not start.is_dir() and start != start.parent:
            start = start.parent
        folder = QFileDialog.getExistingDirectory(self._window, title, str(start))
        if folder:
            self._settings.save_folder = Path(folder)
            self._status.show_message(self.tr("Snapshots and recordings go to"), Path(folder))

    def take_event(self, event: Event) -> None:
        """Say what became of something that was to be written; other events are not for here."""
        match event:
            case SaveProgress(what, done, total):
                self._status.show_progress(self._names.get(what, what), done, total)
            case Saved("network", path):
                self._on_network_saved(path)
            case Saved(what, path):
                self._status.clear_progress()
                words = self.tr("Saved {0}:").format(self._names.get(what, what))
                self._status.show_message(words, path)
            case SaveCancelled(what):
                self._status.clear_progress()
                words = self.tr("Cancelled: {0}").format(self._names.get(what, what))
                self._status.show_message(words)
            case RecordingStarted(path):
                self._set_recording_since(time.monotonic())
                self._status.show_message(self.tr("Recording to"), path)
            case RecordingStopped(path):
                self._set_recording_since(None)
                self._status.show_message(self.tr("Saved recording:"), path)
            case JobFailed(what, error):
                self._status.clear_progress()
                if what == "snapshot":
                    self._status.clear_message()
                if what == "recording":
                    self._set_recording_since(None)
                self._notices.show_notice(Notice(error_text(error), key=what))

    def _save_network_to(self, path: Path) -> None:
        self._notices.dismiss("network")
        self._being_saved[path] = self._document.spec
        self._pipeline.tell(SaveNetwork(path, self._document.spec))

    def _on_network_saved(self, path: Path) -> None:
        if self._session.owns(path):
            return
        spec = self._being_saved.pop(path, self._document.spec)
        if spec == self._document.spec:
            self._document.mark_saved(path)
        else:  # edited while it was being written
            self._document.exchange_origin(Origin(path, spec))
        self._settings.add_recent_network(path)
        self._status.show_message(self.tr("Saved network:"), path)

    def _set_recording_since(self, since: float | None) -> None:
        self._recording_since = since
        self.recording_changed.emit(since is not None)


def _file_stem(name: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name.strip())
    return kept.strip("-") or "network"
