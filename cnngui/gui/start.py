"""Starts the window and stays until it is closed."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from cnngui import __version__
from cnngui.capture.address import SourceAddress, parse_address
from cnngui.errors import UserError
from cnngui.formats.network_file import NetworkFile
from cnngui.formats.opening import open_network
from cnngui.gui.crashes import CrashReporter, open_log
from cnngui.gui.document import Document, Origin
from cnngui.gui.settings import Settings
from cnngui.gui.theme import apply_theme
from cnngui.gui.widgets.notices import Notice
from cnngui.gui.window.main_window import MainWindow
from cnngui.gui.words.errors import error_text
from cnngui.gui.words.translation import install_language
from cnngui.resources import resource_path
from cnngui.spec.network import NetworkSpec
from cnngui.spec.presets import preset_of
from cnngui.spec.shapes import infer
from cnngui.terminal.cli import DEFAULT_NETWORK, DEFAULT_SOURCE, Arguments


def run_window(arguments: Arguments) -> int:
    """Show the window until it is closed; return the program's exit code."""
    application = QApplication(sys.argv[:1])
    introduce(application)
    open_log()
    crashes = CrashReporter()
    crashes.install()
    settings = Settings()
    install_language(application, settings.language)
    apply_theme(application, settings.theme)
    application.styleHints().colorSchemeChanged.connect(
        lambda: apply_theme(application, settings.theme)
    )
    document = Document()
    window = MainWindow(settings, document)
    crashes.crashed.connect(window.show_crash)
    _let_signals_close(window)
    begin(window, document, arguments)
    window.show()
    window.activateWindow()  # gives it the keys where no window manager does
    return application.exec()


def introduce(application: QApplication) -> None:
    """Tell the desktop whose windows these are."""
    application.setApplicationName("cnngui")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("cnngui")  # under which cnngui.desktop has name and icon
    application.setWindowIcon(QIcon(str(resource_path("desktop/cnngui.svg"))))


def _let_signals_close(window: MainWindow) -> None:
    """Finish a recording and keep what was not saved also when the session or terminal ends.

    Python sees a signal only when it gets to run; the window's clock sees to that.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), lambda *_: QTimer.singleShot(0, window.close))


def begin(window: MainWindow, document: Document, arguments: Arguments) -> None:
    """Let the window run the network and open the source asked for, or those of last time.

    What cannot be opened becomes a notice, with the built-in clip or the first ready network in
    its place.
    """
    window.start(arguments.threads)
    _begin_network(window, document, arguments)
    try:
        window.source.open(_first_source(window.settings, arguments))
    except UserError as error:
        window.source.open(parse_address(DEFAULT_SOURCE))
        window.notices.show_notice(Notice(error_text(error), key="source"))


def _first_source(settings: Settings, arguments: Arguments) -> SourceAddress:
    if arguments.source:
        return parse_address(arguments.source)
    if not arguments.network:
        return parse_address(settings.last_source or DEFAULT_SOURCE)
    preset = preset_of(arguments.network)
    return SourceAddress("sample", preset.clip) if preset else parse_address(DEFAULT_SOURCE)


def _begin_network(window: MainWindow, document: Document, arguments: Arguments) -> None:
    kept = window.session.begin(restores=not arguments.network)
    if kept:
        _begin_with(document, kept, None)
        # It is in no file and no ready network, and stays a changed one until it is saved.
        document.exchange_origin(Origin(None, NetworkSpec()))
        words = QCoreApplication.translate("Start", "The network you did not save is here again")
        window.status.show_message(words)
        return
    try:
        name = arguments.network or window.settings.last_network or DEFAULT_NETWORK
        network = open_network(name)
    except UserError as error:
        window.notices.show_notice(Notice(error_text(error), key="network file"))
        name, network = DEFAULT_NETWORK, open_network(DEFAULT_NETWORK)
    spec = network.spec if arguments.seed is None else network.spec.seeded(arguments.seed)
    path = None if preset_of(name) is not None else Path(name).absolute()
    _begin_with(document, [NetworkFile(spec, network.weights)], path)


def _begin_with(document: Document, networks: list[NetworkFile], path: Path | None) -> None:
    """Take the last network; behind one with problems the one before it runs meanwhile.

    Where there is no other, that is the first ready network.
    """
    if not infer(networks[0].spec).is_valid:
        networks = [open_network(DEFAULT_NETWORK), *networks]
    for network in networks:
        document.begin_with(network.spec, path, network.weights)
