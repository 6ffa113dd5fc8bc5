"""The window: where everything is, and who hears of what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.document import Document
from cnngui.gui.samples.notices import SamplesNotices
from cnngui.gui.session import SessionKeeper, last_network
from cnngui.gui.settings import Settings
from cnngui.gui.studio import Studio
from cnngui.gui.widgets.keys import belongs_to_field
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.widgets.spoken import speak_of_items
from cnngui.gui.widgets.tab_order import next_stop, tab_order
from cnngui.gui.widgets.two_rows import TwoRows
from cnngui.gui.window.actions import build_actions
from cnngui.gui.window.camera_list import CameraList
from cnngui.gui.window.drawer import TrainingDrawer, drawer_height
from cnngui.gui.window.network_menu import NetworkMenu
from cnngui.gui.window.opener import Opener
from cnngui.gui.window.preference_menus import language_menu, theme_menu, threads_menu
from cnngui.gui.window.saver import Saver
from cnngui.gui.window.snapshot_menu import SnapshotMenu
from cnngui.gui.window.source_control import SourceControl
from cnngui.gui.window.source_menu import SourceButton, SourceMenu
from cnngui.gui.window.status import StatusLine
from cnngui.gui.window.toolbar import ToolBar
from cnngui.gui.window.transport import Transport
from cnngui.gui.window.workbench import Workbench
from cnngui.gui.words.carried import carried_words
from cnngui.gui.words.errors import error_text, part_label
from cnngui.harmless import harmless
from cnngui.pipeline.engine_commands import SetFrozen, SetThreads
from cnngui.pipeline.events import Crashed, Event, NetworkApplied, NetworkFailed, NetworkRead
from cnngui.pipeline.file_worker import ReadNetwork
from cnngui.pipeline.results import FrameResult
from cnngui.spec.network import NetworkSpec
from cnngui.spec.presets import preset_of
from cnngui.weights import Weights

if TYPE_CHECKING:
    # What many never open is imported when it is first asked for.
    from cnngui.gui.views.verdict import VerdictWindow
    from cnngui.gui.window.shortcuts import ShortcutSheet

_TICK_MS = 500
_REMEMBER_MS = 2_000
"""How often changed settings are written, so that a window that is killed loses few."""


class MainWindow(QMainWindow):
    """Puts document, pipeline and views together.

    Parameters
    ----------
    settings : what is remembered; written when the window closes.
    document : the network to run.
    """

    def __init__(self, settings: Settings, document: Document) -> None:
        super().__init__()
        speak_of_items()
        self._settings = settings
        self._document = document
        self._sheet: ShortcutSheet | None = None
        self._verdict: VerdictWindow | None = None
        self._drawer_comes_next = False
        """Whether it was just opened, and the keyboard has not moved since."""
        self._studio = Studio(settings, document, self)
        self._pipeline = self._studio.pipeline
        self._cameras = CameraList(self)
        self._build_parts()
        self._lay_out()
        self._connect_parts()
        self._restore_layout()

    def start(self, threads: int = 0) -> None:
        """Start the threads. Networks and sources may be opened from now on.

        ``threads`` cores compute, or, if 0, as many as the settings say.
        """
        self._studio.start(threads)
        self._clock.start()
        self._remember_clock.start()

    @property
    def settings(self) -> Settings:
        """What outlasts the program."""
        return self._settings

    @property
    def source(self) -> SourceControl:
        """To open and play sources."""
        return self._source

    @property
    def opener(self) -> Opener:
        """To open whatever a person may name."""
        return self._opener

    @property
    def result(self) -> FrameResult | None:
        """The result that the views show."""
        return self._studio.result

    @property
    def session(self) -> SessionKeeper:
        """Keeps what was not saved."""
        return self._session

    @property
    def notices(self) -> NoticeBar:
        """To tell the user that something went wrong."""
        return self._notices

    @property
    def status(self) -> StatusLine:
        """To tell the user what was done."""
        return self._status

    @Slot(str, str)
    def show_crash(self, where: str, report: str) -> None:
        """Say that the program has a defect, and go on."""
        words = self.tr("Something in the program failed ({0}). It goes on as well as it can.")
        last_line = report.strip().rpartition("\n")[2]
        self._notices.show_notice(
            Notice(words.format(part_label(where)), key=f"crash {last_line}", details=report)
        )

    def _build_parts(self) -> None:
        settings, document = self._settings, self._document
        self._notices = NoticeBar()
        self._status = StatusLine()
        self._transport = Transport()
        self._workbench = Workbench(document, self._studio.view, self._studio.hands)
        self._source_menu = SourceMenu(settings, self._cameras, self)
        source_button = SourceButton(self._source_menu)
        self._opener = Opener(settings, self._notices, self)
        self._session = SessionKeeper(settings.folder, document, self._pipeline, self)
        self._source = SourceControl(
            self._pipeline,
            settings,
            self._source_menu,
            source_button,
            self._transport,
            self._status,
            self._notices,
            self,
        )
        self._drawer = TrainingDrawer(self._studio)
        self._samples_notices = SamplesNotices(self._notices, self)
        self._snapshot_menu = SnapshotMenu(settings, document, self._studio.view, self)
        self._saver = Saver(
            self._pipeline,
            document,
            self._session,
            settings,
            self._snapshot_menu,
            self._status,
            self._notices,
            self,
        )
        self._actions = build_actions(self, self._handlers())
        self._network_menu = NetworkMenu(settings, self._actions, self)
        self._toolbar = ToolBar(
            source_button,
            self._source_menu.mirror,
            self._network_menu,
            self._snapshot_menu,
            theme_menu(settings, self),
            (
                language_menu(settings, self._notices, self),
                threads_menu(settings, self._set_threads, self),
            ),
            self._actions,
            self,
        )
        self._clock = QTimer(self, interval=_TICK_MS)
        self._remember_clock = QTimer(self, interval=_REMEMBER_MS)
        self._remember_clock.timeout.connect(settings.sync)

    def _lay_out(self) -> None:
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self._rows = TwoRows(self._workbench, self._drawer, drawer_height)
        rows.addWidget(self._rows, 1)
        rows.addWidget(self._transport)
        rows.addWidget(self._status)
        self.setCentralWidget(whole)
        self._notices.lie_over(self._workbench.middle, whole)
        self.addToolBar(self._toolbar)
        self.setAcceptDrops(True)
        self.setMinimumSize(800, 470)

    def _connect_parts(self) -> None:
        self._studio.result_changed.connect(self._on_studio_result_changed)
        for take_event in (
            self._source.take_event,
            self._saver.take_event,
            self._samples_notices.take_event,
            self._take_event,
        ):
            self._studio.event_received.connect(take_event)
        self._document.path_changed.connect(self._write_title)
        self._opener.source_chosen.connect(self._source.open)
        self._opener.network_chosen.connect(self._read_network)
        self._source.source_changed.connect(self._unfreeze)
        self._workbench.hold_requested.connect(self._freeze)
        self._workbench.live_requested.connect(self._unfreeze)
        self._source_menu.file_requested.connect(self._opener.ask_video)
        self._source_menu.folder_requested.connect(self._opener.ask_folder)
        self._source_menu.stream_requested.connect(self._opener.ask_stream)
        self._network_menu.network_chosen.connect(self._read_network)
        self._network_menu.open_requested.connect(self._opener.ask_network)
        self._saver.recording_changed.connect(self._show_recording)
        self._saver.recording_changed.connect(self._studio.view.set_recorded)
        self._status.reset_requested.connect(self._pipeline.meter.reset)
        self._clock.timeout.connect(self._on_clock_timeout)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)
        undo_stack = self._document.undo_stack
        for name, can_changed in (
            ("undo", undo_stack.canUndoChanged),
            ("redo", undo_stack.canRedoChanged),
        ):
            can_changed.connect(self._actions[name].setEnabled)
        self._actions["undo"].setEnabled(undo_stack.canUndo())
        self._actions["redo"].setEnabled(undo_stack.canRedo())
        self._write_title()

    def _handlers(self) -> dict[str, Callable[..., object]]:
        bench, wall, view = self._workbench, self._workbench.wall, self._studio.view
        return {
            "freeze": self._set_frozen,
            "pause": self._source.toggle_playing,
            "step": lambda: self._source.step(1),
            "step_back": lambda: self._source.step(-1),
            "paste": self._opener.paste,
            "channel_left": lambda: bench.step_to(-1, 0),
            "channel_right": lambda: bench.step_to(1, 0),
            "channel_up": lambda: bench.step_to(0, -1),
            "channel_down": lambda: bench.step_to(0, 1),
            "maps": lambda: view.show_sight("maps"),
            "number": lambda: view.show_sight("number"),
            "network": lambda: view.show_sight("network"),
            "shift": lambda: view.show_sight("shift"),
            "previous_layer": lambda: view.step_layer(-1),
            "next_layer": lambda: view.step_layer(1),
            "older_moment": lambda: view.step_moment(-1),
            "newer_moment": lambda: view.step_moment(1),
            "find_layers": bench.network_panel.find_layers,
            "add_layer": bench.network_panel.choose_layer,
            "previous_page": lambda: wall.turn_page(-1),
            "next_page": lambda: wall.turn_page(1),
            "sort_again": view.sort_again,
            "zoom_in": wall.zoom_in,
            "zoom_out": wall.zoom_out,
            "fit": wall.fit,
            "full_screen": self._set_full_screen,
            "training": self._set_drawer_shown,
            "snapshot": self._saver.save_snapshot,
            "record": self._saver.set_recording,
            "copy_wall": self._on_copy_wall_triggered,
            "copy_channel": self._on_copy_channel_triggered,
            "save_folder": self._saver.choose_folder,
            "open": self._opener.ask_file,
            "new": self._on_new_triggered,
            "save": self._saver.save_network,
            "save_as": self._saver.save_network_as,
            "undo": self._document.undo_stack.undo,
            "redo": self._document.undo_stack.redo,
            "shortcuts": self._on_shortcuts_triggered,
            "about": self._on_about_triggered,
            "verdict": self._set_verdict_shown,
            "quit": self.close,
        }

    def _restore_layout(self) -> None:
        geometry = self._settings.geometry
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            # Said in two ways, because a screen without a window manager maximises nothing.
            self.setGeometry(self.screen().availableGeometry())
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self._workbench.restore_layout(self._settings)
        self._rows.choose(self._settings.part_sizes("rows"))
        self._actions["training"].setChecked(self._settings.training_shown)
        self._drawer.setVisible(self._settings.training_shown)

    @Slot()
    def _on_studio_result_changed(self) -> None:
        result = self._studio.result
        if result is not None:
            self._source.show_result(result)
            self._workbench.show_result(result)
            if self._verdict is not None:
                self._verdict.show_result(result)

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        match event:
            case NetworkRead(name, spec, weights):
                self._on_network_read(name, spec, weights)
            case NetworkApplied(_, carried):
                self._notices.dismiss("network")
                if carried:
                    self._status.show_message(carried_words(carried))
            case NetworkFailed(_, error):
                self._notices.show_notice(Notice(error_text(error), key="network"))
            case Crashed(where, report):
                self.show_crash(where, report)

    def _on_network_read(self, name: str, spec: NetworkSpec, weights: Weights | None) -> None:
        preset = preset_of(name)
        path = None if preset is not None else Path(name).absolute()
        if path is not None:
            self._settings.add_recent_network(path)
        self._notices.dismiss("network")
        self._document.replace_network(spec, path, weights)
        if preset is not None:
            self._source.take_clip(preset.clip)
        self._status.show_message(self.tr("Opened network {0}").format(spec.name))

    @Slot(str)
    def _read_network(self, name_or_path: str) -> None:
        self._pipeline.tell(ReadNetwork(name_or_path))

    def _set_threads(self, count: int) -> None:
        self._pipeline.tell(SetThreads(count))

    @Slot()
    def _on_clock_timeout(self) -> None:
        self._status.show_counters(self._pipeline.meter.counters())
        if self.result is not None:
            self._workbench.network_panel.show_timings(self.result.layer_ms)
        if self._saver.recording_seconds is not None:
            self._show_recording()

    @Slot()
    def _show_recording(self) -> None:
        self._toolbar.show_recording(self._saver.recording_seconds)

    @Slot(bool)
    def _set_frozen(self, frozen: bool) -> None:
        self._pipeline.tell(SetFrozen(frozen))
        self._workbench.set_frozen(frozen)

    @Slot()
    def _freeze(self) -> None:
        if not self._actions["freeze"].isChecked():
            self._actions["freeze"].trigger()

    @Slot()
    def _unfreeze(self) -> None:
        if self._actions["freeze"].isChecked():
            self._actions["freeze"].trigger()

    @Slot()
    def _on_copy_wall_triggered(self) -> None:
        self._say_copied(self._workbench.wall.copy_picture())

    @Slot()
    def _on_copy_channel_triggered(self) -> None:
        picture = self._workbench.inspector.copy_picture()
        if picture.isNull():
            self._status.show_message(self.tr("No channel is shown that could be copied"))
        else:
            self._say_copied(picture)

    def _say_copied(self, image: QImage) -> None:
        words = self.tr("Copied a picture of {0} × {1} pixels")
        self._status.show_message(words.format(image.width(), image.height()))

    @Slot()
    def _on_new_triggered(self) -> None:
        self._document.replace_network(NetworkSpec(input=self._document.spec.input))

    @Slot()
    def _on_shortcuts_triggered(self) -> None:
        from cnngui.gui.window.shortcuts import ShortcutSheet

        if self._sheet is None:
            self._sheet = ShortcutSheet(
                self._workbench.network_panel.layer_actions.all(),
                self._drawer.train_actions.all(),
                self,
            )
            self._sheet.finished.connect(self.activateWindow)
            self._sheet.addAction(self._actions["shortcuts"])  # its keys close it, too
        if self._sheet.isVisible():
            self._sheet.close()
        else:
            self._sheet.show()
            self._sheet.activateWindow()

    @Slot()
    def _on_about_triggered(self) -> None:
        from cnngui.gui.window.about import AboutDialog

        dialog = AboutDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self.activateWindow)
        dialog.show()

    @Slot(bool)
    def _set_verdict_shown(self, shown: bool) -> None:
        from cnngui.gui.views.verdict import VerdictWindow

        if self._verdict is None:
            self._verdict = VerdictWindow(self._studio.view, self)
            self._verdict.closed.connect(self._on_verdict_closed)
            self._verdict.addAction(self._actions["verdict"])  # its key closes it, too
        self._verdict.setVisible(shown)

    @Slot()
    def _on_verdict_closed(self) -> None:
        self._actions["verdict"].setChecked(False)

    @Slot(bool)
    def _set_full_screen(self, full: bool) -> None:
        state = self.windowState()
        screen = Qt.WindowState.WindowFullScreen
        self.setWindowState(state | screen if full else state & ~screen)

    @Slot(bool)
    def _set_drawer_shown(self, shown: bool) -> None:
        self._drawer.setVisible(shown)
        self._drawer_comes_next = shown

    @Slot()
    def _on_focus_changed(self) -> None:
        self._drawer_comes_next = False

    @Slot()
    def _write_title(self) -> None:
        path = self._document.path
        name = harmless(path.name) if path is not None else self._document.spec.name
        # A pair of marks stands for one that is no mark.
        self.setWindowTitle(f"{name.replace('[*]', '[*][*]')}[*] – cnngui")
        self.setWindowModified(self._document.is_modified)

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and belongs_to_field(QApplication.focusWidget(), event)
        ):
            event.accept()
            return True
        handled = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:
            self._studio.note_painted()
        return handled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._sheet is not None and self._sheet.isVisible():
            self._sheet.close()
        elif event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self._actions["full_screen"].trigger()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(
            focus := QApplication.focusWidget(), QAbstractButton
        ):
            focus.click()  # as the space bar does
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None:
            # Qt would choose the first button, and Space would press that instead of freezing.
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, forward: bool) -> bool:
        if forward and self._drawer_comes_next and self._drawer.isVisible():
            stop = next(iter(tab_order(self._drawer)), None)
        else:
            stop = next_stop(self, QApplication.focusWidget(), forward=forward)
        if stop is None:
            return False
        reason = Qt.FocusReason
        stop.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
        return True

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._studio.view.follow_theme()
        elif event.type() == QEvent.Type.WindowStateChange:
            self._studio.view.set_minimised(self.isMinimized())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._toolbar.set_width(event.size().width())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._opener.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._opener.open_mime(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        self._remember_clock.stop()
        self._settings.geometry = self.saveGeometry()
        self._workbench.save_layout(self._settings)
        self._settings.save_part_sizes("rows", self._rows.chosen_sizes())
        self._settings.training_shown = self._drawer.isVisible()
        self._settings.colormaps = self._studio.view.chosen_colormaps
        self._settings.clips_colours = self._studio.view.clips
        self._settings.last_network = last_network(self._document)
        self._settings.sync()
        # For the user it is over; a source that hangs may take seconds more to be let go.
        self.hide()
        self._studio.end_training()
        self._session.keep()
        self._cameras.close()
        self._pipeline.close()
        self._session.release()
        super().closeEvent(event)
