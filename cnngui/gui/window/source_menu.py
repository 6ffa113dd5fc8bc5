"""The button that says what is being watched, and the menu to choose something else."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from cnngui.capture.address import CLIPS, SourceAddress, SourceKind, parse_address
from cnngui.capture.settings import CaptureSettings
from cnngui.errors import SourceError
from cnngui.gui.icons import icon
from cnngui.gui.settings import Settings
from cnngui.gui.widgets.choice_menu import choice_menu
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.window.camera_list import CameraList
from cnngui.gui.words.translation import translated

_ICONS: dict[SourceKind, str] = {
    "sample": "movie-open-outline",
    "camera": "webcam",
    "video": "filmstrip",
    "image": "image-outline",
    "folder": "folder-image",
    "stream": "access-point-network",
}
_CLIPS = tuple(SourceAddress("sample", name) for name in CLIPS)
_SIZES = ((320, 240), (640, 480), (800, 600), (1280, 720), (1920, 1080))
_RATES = (10.0, 15.0, 25.0, 30.0, 60.0)
_LABEL_WIDTH = 180


class SourceMenu(Menu):
    """Cameras by name, files, folders, streams, what was open lately; how cameras are opened."""

    source_chosen = Signal(object)
    """A ``SourceAddress``."""
    capture_settings_changed = Signal()
    mirror_toggled = Signal(bool)
    file_requested = Signal()
    folder_requested = Signal()
    stream_requested = Signal()

    def __init__(
        self, settings: Settings, cameras: CameraList, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._cameras = cameras
        self._current: SourceAddress | None = None
        self._waits_for_camera = False
        self._camera_actions: list[QAction] = []
        self._clips = [self._add_source(clip, translated(clip.label)) for clip in _CLIPS]
        self.addSeparator()
        self._after_cameras = self.addSeparator()
        default = self.tr("Device default")
        sizes = [(f"{width} × {height}", (width, height)) for width, height in _SIZES]
        rates = [(self.tr("{0:g} a second").format(rate), rate) for rate in _RATES]
        self.addMenu(
            choice_menu(
                self.tr("Camera resolution"),
                [(default, (0, 0)), *sizes],
                settings.camera_size,
                self._on_size_chosen,
                self,
            )
        )
        self.addMenu(
            choice_menu(
                self.tr("Camera frame rate"),
                [(default, 0.0), *rates],
                settings.camera_rate,
                self._on_rate_chosen,
                self,
            )
        )
        self._mirror = self.addAction(
            icon("flip-horizontal"), self.tr("Mirror (the network sees the mirrored picture)")
        )
        self._mirror.setObjectName("action_mirror")
        self._mirror.setIconText(self.tr("Mirror"))
        self._mirror.setToolTip(
            self.tr(
                "Mirror: left and right change places, for the network too.\n"
                "Directions turn round: what moves to the left is seen moving to the right."
            )
        )
        self._mirror.setCheckable(True)
        self._mirror.setChecked(settings.mirror)
        self._mirror.toggled.connect(self._on_mirror_toggled)
        self.addSeparator()
        self.addAction(icon("filmstrip"), self.tr("Video or image…"), self.file_requested.emit)
        self.addAction(
            icon("folder-image"), self.tr("Folder of images…"), self.folder_requested.emit
        )
        self.addAction(
            icon("access-point-network"), self.tr("Network stream…"), self.stream_requested.emit
        )
        self._recent = self.submenu(self.tr("Recent"), icon("history"))
        self.aboutToShow.connect(self._on_about_to_show)
        self.aboutToHide.connect(self._on_about_to_hide)
        cameras.changed.connect(self._write_cameras)
        self._write_cameras()

    @property
    def mirror(self) -> QAction:
        """Whether left and right change places."""
        return self._mirror

    @property
    def capture_settings(self) -> CaptureSettings:
        """How cameras are to be opened."""
        width, height = self._settings.camera_size
        return CaptureSettings(width=width, height=height, rate=self._settings.camera_rate)

    def set_current(self, address: SourceAddress) -> None:
        """Tick the source that is being watched."""
        self._current = address
        self._tick()

    def wait_for_camera(self, waiting: bool) -> None:
        """Keep the list fresh while a lost camera is waited for, open menu or not."""
        self._waits_for_camera = waiting
        self._cameras.watch(waiting or self.isVisible())

    @Slot()
    def _on_about_to_show(self) -> None:
        self._cameras.watch(True)
        self._write_recent()

    @Slot()
    def _on_about_to_hide(self) -> None:
        self._cameras.watch(self._waits_for_camera)

    @Slot()
    def _write_cameras(self) -> None:
        for action in self._camera_actions:
            self.removeAction(action)
            action.deleteLater()
        cameras = self._cameras.cameras
        self._camera_actions = [
            self._add_source(
                SourceAddress("camera", camera.label), camera.label, self._after_cameras
            )
            for camera in cameras or ()
        ]
        if not cameras:
            words = (
                self.tr("Looking for cameras…") if cameras is None else self.tr("No camera found")
            )
            nothing = QAction(words, self)
            nothing.setEnabled(False)
            self.insertAction(self._after_cameras, nothing)
            self._camera_actions.append(nothing)
        self._tick()

    def _write_recent(self) -> None:
        self._recent.clear()
        for text in self._settings.recent_sources:
            try:
                address = parse_address(text)
            except SourceError:
                continue  # a file that is gone, a stick that is not plugged in
            action = self._recent.addAction(
                icon(_ICONS[address.kind]), translated(address.label).replace("&", "&&")
            )
            action.setToolTip(plain_tip(address.details))
            action.triggered.connect(partial(self.source_chosen.emit, address))
        self._recent.setEnabled(not self._recent.isEmpty())

    def _tick(self) -> None:
        for action in (*self._clips, *self._camera_actions):
            action.setChecked(action.isCheckable() and action.data() == self._current)

    def _add_source(
        self, address: SourceAddress, label: str, before: QAction | None = None
    ) -> QAction:
        action = QAction(icon(_ICONS[address.kind]), label.replace("&", "&&"), self)
        action.setToolTip(plain_tip(label))
        action.setCheckable(True)
        action.setData(address)
        action.triggered.connect(partial(self._on_source_triggered, address))
        if before is None:
            self.addAction(action)
        else:
            self.insertAction(before, action)
        return action

    def _on_source_triggered(self, address: SourceAddress) -> None:
        self._tick()  # the tick moves when the source is open, not when it is asked for
        self.source_chosen.emit(address)

    def _on_size_chosen(self, size: tuple[int, int]) -> None:
        self._settings.camera_size = size
        self.capture_settings_changed.emit()

    def _on_rate_chosen(self, rate: float) -> None:
        self._settings.camera_rate = rate
        self.capture_settings_changed.emit()

    @Slot(bool)
    def _on_mirror_toggled(self, mirror: bool) -> None:
        self._settings.mirror = mirror
        self.mirror_toggled.emit(mirror)


class SourceButton(QToolButton):
    """Opens the source menu; its label is the source being watched."""

    def __init__(self, menu: SourceMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_button")
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.show_source(_CLIPS[0])

    def show_source(self, address: SourceAddress) -> None:
        """Name the source being watched, shortened to what a toolbar has room for."""
        elide = Qt.TextElideMode.ElideMiddle
        self.setIcon(icon(_ICONS[address.kind]))
        # A toolbar button takes "&" for the mark of a key.
        name = translated(address.label)
        label = self.fontMetrics().elidedText(name, elide, _LABEL_WIDTH)
        self.setText(label.replace("&", "&&"))
        self.setToolTip(plain_tip(self.tr("Source: {0}").format(name)))
