"""Opens sources and plays them: what menu and transport ask for, and what they show of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from cnngui.capture.address import SourceAddress
from cnngui.capture.source import SourceInfo
from cnngui.gui.settings import Settings
from cnngui.gui.widgets.notices import Notice, NoticeBar, Severity
from cnngui.gui.window.camera_permission import CameraPermission
from cnngui.gui.window.source_menu import SourceButton, SourceMenu
from cnngui.gui.window.status import StatusLine
from cnngui.gui.window.transport import Transport
from cnngui.gui.words.errors import error_text
from cnngui.gui.words.translation import translated
from cnngui.pipeline.capture_commands import OpenSource, Play, Seek, Step
from cnngui.pipeline.events import (
    Event,
    PlaybackChanged,
    SourceEnded,
    SourceFailed,
    SourceLost,
    SourceMeasured,
    SourceOpened,
    SourceWarned,
)
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import Playback
from cnngui.pipeline.results import FrameResult

_NOTICE_KEY = "source"
_WARNING_KEY = "source warning"


class SourceControl(QObject):
    """Knows which source is open and how it plays, and keeps everything that shows it in step."""

    source_changed = Signal()
    """The source asked for is open in place of the one before."""

    def __init__(
        self,
        pipeline: LivePipeline,
        settings: Settings,
        menu: SourceMenu,
        button: SourceButton,
        transport: Transport,
        status: StatusLine,
        notices: NoticeBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pipeline = pipeline
        self._settings = settings
        self._menu = menu
        self._button = button
        self._transport = transport
        self._status = status
        self._notices = notices
        self._permission = CameraPermission(self)
        self._address: SourceAddress | None = None
        self._info: SourceInfo | None = None
        self._is_changing = False
        """Whether a source was asked for that is not open yet."""
        self._warnings: list[str] = []
        self._playback = Playback(mirror=settings.mirror)
        pipeline.tell(Play(self._playback))
        menu.source_chosen.connect(self.open)
        menu.capture_settings_changed.connect(self._on_capture_settings_changed)
        menu.mirror_toggled.connect(self._on_mirror_toggled)
        transport.playback_requested.connect(self._play)
        transport.seek_requested.connect(self._seek)
        transport.step_requested.connect(self.step)

    @property
    def address(self) -> SourceAddress | None:
        """The source that is open."""
        return self._address

    @Slot(object)
    def open(self, address: SourceAddress) -> None:
        """Change to another source; the present one runs until that is open."""
        self._is_changing = True
        for key in (_NOTICE_KEY, _WARNING_KEY):
            self._notices.dismiss(key)
        self._warnings.clear()
        self._status.show_message(self.tr("Opening {0}…").format(translated(address.label)))
        if address.kind == "camera":
            self._permission.then(partial(self._open, address))
        else:
            self._permission.give_up()
            self._open(address)

    def _open(self, address: SourceAddress) -> None:
        self._pipeline.tell(OpenSource(address, self._menu.capture_settings))

    def take_clip(self, name: str) -> None:
        """Change to the built-in clip of that name, where it is a built-in clip that runs."""
        address = self._address
        if address is not None and address.kind == "sample" and address.target != name:
            self.open(SourceAddress("sample", name))

    def toggle_playing(self) -> None:
        """Pause the source or play on."""
        self._play(replace(self._playback, playing=not self._playback.playing))

    @Slot(int)
    def step(self, by: int) -> None:
        """Go some frames on or back; it pauses the source. Live ones have no other frames."""
        if self._info is not None and not self._info.live:
            self._pipeline.tell(Step(by))

    @Slot(int)
    def _seek(self, position: int) -> None:
        self._pipeline.tell(Seek(position))

    def show_result(self, result: FrameResult) -> None:
        """Follow the source's position."""
        self._transport.show_position(result.position)

    def take_event(self, event: Event) -> None:
        """Show what happened to the source; other events are not for here."""
        match event:
            case SourceOpened(address, info):
                self._on_opened(address, info)
            case SourceLost(address, error):
                words = self.tr("{0}. It goes on by itself when it is back.")
                self._warn(words.format(error_text(error)), "warning")
                self._menu.wait_for_camera(address.kind == "camera")
            case SourceFailed(address, error):
                self._is_changing = False
                if self._address is None and address.kind != "sample":
                    self.open(SourceAddress("sample"))  # rather than an empty window
                self._warn(error_text(error), "error")
                self._status.show_message("")  # it is not being opened any more
                self._menu.wait_for_camera(False)
            case SourceWarned(_, error):
                self._warnings.append(error_text(error))
                all_of_them = "\n".join(self._warnings) if len(self._warnings) > 1 else ""
                self._notices.show_notice(
                    Notice(error_text(error), "warning", key=_WARNING_KEY, details=all_of_them)
                )
            case SourceMeasured(_, info):
                self._info = info
                self._transport.set_source(info)
            case SourceEnded(address):
                self._status.show_message(
                    self.tr("{0} has ended").format(translated(address.label))
                )
            case PlaybackChanged(playback, position):
                self._playback = playback
                self._transport.show_playback(playback)
                self._transport.show_position(position)

    def _on_opened(self, address: SourceAddress, info: SourceInfo) -> None:
        if self._address is not None:
            self._notices.dismiss(_NOTICE_KEY)
        self._address, self._info = address, info
        if self._is_changing:
            self._is_changing = False
            self.source_changed.emit()
        self._menu.wait_for_camera(False)
        self._menu.set_current(address)
        self._button.show_source(address)
        self._transport.set_source(info)
        self._settings.last_source = str(address)
        if address.kind != "sample":
            self._settings.add_recent_source(str(address))
        rate = self.tr(", {0:.3g} frames a second").format(info.rate) if info.rate else ""
        words = self.tr("{0}: {1} × {2}{3}")
        self._status.show_message(
            words.format(translated(info.name), info.width, info.height, rate)
        )

    def _warn(self, words: str, severity: Severity) -> None:
        self._notices.show_notice(Notice(words, severity, key=_NOTICE_KEY))

    @Slot(object)
    def _play(self, playback: Playback) -> None:
        self._playback = playback
        self._pipeline.tell(Play(playback))

    @Slot()
    def _on_capture_settings_changed(self) -> None:
        if self._address is not None and self._address.kind == "camera":
            self.open(self._address)

    @Slot(bool)
    def _on_mirror_toggled(self, mirror: bool) -> None:
        if mirror:
            self._status.show_message(
                self.tr("Mirrored: what moves to the left is seen moving to the right.")
            )
        self._play(replace(self._playback, mirror=mirror))
