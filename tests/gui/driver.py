"""Uses the window as a person would: keys, buttons, menus, things dropped on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.gui.start import begin
from cnngui.gui.widgets.menu import plain_text
from cnngui.gui.window.main_window import MainWindow
from cnngui.gui.window.transport import Transport
from cnngui.pipeline.lenses.channel import ChannelResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.results import FrameResult
from cnngui.terminal.cli import Arguments

WAIT_MS = 15_000
NO_ARGUMENTS = Arguments()
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Driver:
    """One window, with the hands on it."""

    def __init__(
        self, qtbot: QtBot, settings: Settings, arguments: Arguments = NO_ARGUMENTS
    ) -> None:
        self.qtbot = qtbot
        self.settings = settings
        self.document = Document()
        self.window = MainWindow(settings, self.document)
        qtbot.addWidget(self.window)
        begin(self.window, self.document, arguments)
        self.window.resize(1100, 720)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()

    @property
    def result(self) -> FrameResult:
        assert self.window.result is not None
        return self.window.result

    @property
    def wall(self) -> WallResult | None:
        return None if self.window.result is None else self.window.result.part(WallResult)

    @property
    def channel(self) -> ChannelResult | None:
        return None if self.window.result is None else self.window.result.part(ChannelResult)

    @property
    def transport(self) -> Transport:
        transport = self.window.findChild(Transport)
        assert transport is not None
        return transport

    @property
    def message(self) -> str:
        return self.window.status.message

    @property
    def notice(self) -> str:
        current = self.window.notices.current
        return current.text if current is not None else ""

    @property
    def source_name(self) -> str:
        return self.button("source_button").text()

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def wait_for_maps(self) -> None:
        self.wait(lambda: self.wall is not None)

    def wait_for_new_frame(self) -> None:
        before = self.result.index
        self.wait(lambda: self.result.index != before)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def button(self, name: str) -> QToolButton:
        button = self.window.findChild(QToolButton, name)
        assert button is not None, name
        return button

    def click(self, name: str) -> None:
        self.qtbot.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def action(self, name: str) -> QAction:
        action = self.window.findChild(QAction, f"action_{name}")
        assert action is not None, name
        return action

    def menu_action(self, menu: QMenu, words: str) -> QAction:
        return next(action for action in menu.actions() if words in plain_text(action))

    def drop(self, thing: Path | str, *more: Path) -> None:
        mime = QMimeData()
        if isinstance(thing, Path):
            mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (thing, *more)])
        else:
            mime.setText(thing)
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        place = self.window.rect().center()
        target = self.window.childAt(place)
        enter = QDragEnterEvent(place, copy, mime, left, NO_MODIFIER)
        QApplication.sendEvent(target, enter)
        assert enter.isAccepted()
        drop = QDropEvent(QPointF(place), copy, mime, left, NO_MODIFIER)
        QApplication.sendEvent(target, drop)
