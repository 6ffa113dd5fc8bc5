"""The row of buttons at the top of the window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from cnngui.gui.icons import icon
from cnngui.gui.theme import colors, with_font
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.window.source_menu import SourceButton
from cnngui.gui.words.numbers import clock

_ICON_SIZE = QSize(20, 20)
_NARROW = 1180
"""Pixels: below this width the buttons for saving are without words."""


class ToolBar(QToolBar):
    """Source, what is done with it, the network, and the program."""

    def __init__(
        self,
        source: SourceButton,
        mirror: QAction,
        network_menu: QMenu,
        snapshot_menu: QMenu,
        theme_menu: QMenu,
        preference_menus: Iterable[QMenu],
        actions: Mapping[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setWindowTitle(self.tr("Tools"))
        self.setMovable(False)
        self.setIconSize(_ICON_SIZE)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._record = actions["record"]
        self._record_words = self._record.text()
        self.addWidget(source)
        self._add(mirror)
        self.addSeparator()
        self._worded = [
            self._add(actions[name]) for name in ("training", "freeze", "snapshot", "record")
        ]
        self._worded[2].setMenu(snapshot_menu)
        self._worded[2].setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self._add_menu("network", self.tr("Network"), "sitemap-outline", network_menu, worded=True)
        self._add(actions["undo"])
        self._add(actions["redo"])
        self.addSeparator()
        self._add_menu("theme", theme_menu.title(), "circle-half-full", theme_menu)
        more = Menu(self)
        for name in ("open", "paste", "-", "copy_wall", "copy_channel", "save_folder", "-"):
            more.addSeparator() if name == "-" else more.addAction(actions[name])
        for menu in preference_menus:
            more.addMenu(menu)
        for name in ("verdict", "full_screen", "shortcuts", "about", "quit"):
            more.addAction(actions[name])
        self._add_menu("more", self.tr("More"), "menu", more)
        self._name_extension()
        self.set_width(with_font(_NARROW))

    def set_width(self, width: int) -> None:
        """Drop the words of some buttons where the window is narrow."""
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if width < with_font(_NARROW)
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for button in self._worded:
            button.setToolButtonStyle(style)

    def show_recording(self, seconds: float | None) -> None:
        """Turn the record button red and let it say how long it has run; None: not recording."""
        running = seconds is not None
        self._record.setChecked(running)
        self._record.setIcon(
            icon("stop-circle", colors().error) if running else icon("record-circle-outline")
        )
        self._record.setText(self._record_words if seconds is None else clock(seconds))
        self._worded[-1].setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if running
            else self._worded[0].toolButtonStyle()
        )

    def _name_extension(self) -> None:
        """Name the button that Qt adds for what a narrow bar has no room for."""
        button = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if button is not None:
            button.setAccessibleName(self.tr("More tools"))
            button.setToolTip(self.tr("More tools"))

    def _add(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setObjectName(f"button_{action.objectName().removeprefix('action_')}")
        self.addWidget(button)
        return button

    def _add_menu(
        self, name: str, words: str, icon_name: str, menu: QMenu, worded: bool = False
    ) -> None:
        button = QToolButton()
        button.setObjectName(f"button_{name}")
        button.setIcon(icon(icon_name))
        button.setText(words)
        button.setToolTip(words)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        if worded:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addWidget(button)
