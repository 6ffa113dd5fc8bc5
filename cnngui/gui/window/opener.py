"""What the user points at - chosen, dropped, pasted, typed - becomes a source or a network."""

from __future__ import annotations

import secrets
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QWidget

from cnngui.capture.address import STREAM_SCHEMES, SourceAddress, parse_address
from cnngui.errors import SaveError, UserError, system_reason, text
from cnngui.gui.settings import Settings
from cnngui.gui.settings.schema import MOST_RECENT
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.words.errors import error_text
from cnngui.harmless import harmless
from cnngui.images.names import IMAGE_SUFFIXES

NETWORK_SUFFIXES = (".json", ".safetensors")
_VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".gif")


class Opener(QObject):
    """Asks for files and addresses, and tells sources and networks apart."""

    source_chosen = Signal(object)
    """A ``SourceAddress``."""
    network_chosen = Signal(str)
    """The path of a network file."""

    def __init__(self, settings: Settings, notices: NoticeBar, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._notices = notices
        self._window = window
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)

    def open_text(self, written: str) -> None:
        """Open a path or URL; what cannot be opened becomes a notice."""
        try:
            if Path(written).suffix.lower() in NETWORK_SUFFIXES and "://" not in written:
                self.network_chosen.emit(written)
            else:
                self.source_chosen.emit(parse_address(written))
        except UserError as error:
            self._notices.show_notice(Notice(error_text(error), key="source"))

    def accepts(self, mime: QMimeData) -> bool:
        """Say whether something dropped could be opened."""
        return mime.hasUrls() or mime.hasImage() or _looks_like_address(mime.text())

    def open_mime(self, mime: QMimeData) -> None:
        """Open what was dropped or pasted: the first file or URL, a picture, an address."""
        self._notices.dismiss("drop")
        if mime.hasUrls():
            url = mime.urls()[0]
            self.open_text(url.toLocalFile() if url.isLocalFile() else url.toString())
            if len(mime.urls()) > 1:
                self._say_only_first(url.fileName(), len(mime.urls()))
        elif mime.hasImage():
            self._open_image(QImage(mime.imageData()))
        elif _looks_like_address(mime.text()):
            self.open_text(mime.text().strip())
        else:
            words = self.tr("Clipboard: there must be a picture, a file or an address in it")
            self._notices.show_notice(Notice(words, "information", key="clipboard"))

    @Slot()
    def paste(self) -> None:
        """Open what the clipboard holds."""
        self._notices.dismiss("clipboard")
        self.open_mime(QGuiApplication.clipboard().mimeData())

    @Slot()
    def ask_file(self) -> None:
        """Ask for a file of any kind that can be opened."""
        pictures, networks = (
            _pattern(*_VIDEO_SUFFIXES, *IMAGE_SUFFIXES),
            _pattern(*NETWORK_SUFFIXES),
        )
        self._ask_file(
            self.tr("Open a video, an image or a network"),
            self.tr("All of them ({0} {1})").format(pictures, networks),
            self.tr("Videos and images ({0})").format(pictures),
            self.tr("Networks ({0})").format(networks),
        )

    @Slot()
    def ask_video(self) -> None:
        """Ask for a video or an image."""
        pattern = _pattern(*_VIDEO_SUFFIXES, *IMAGE_SUFFIXES)
        words = self.tr("Videos and images ({0})").format(pattern)
        self._ask_file(self.tr("Open a video or an image"), words)

    @Slot()
    def ask_network(self) -> None:
        """Ask for a network file."""
        words = self.tr("Networks ({0})").format(_pattern(*NETWORK_SUFFIXES))
        self._ask_file(self.tr("Open a network"), words)

    @Slot()
    def ask_folder(self) -> None:
        """Ask for a folder of images."""
        title = self.tr("Open a folder of images")
        folder = QFileDialog.getExistingDirectory(self._window, title, self._folder)
        if folder:
            self._folder = folder
            self.open_text(folder)

    @Slot()
    def ask_stream(self) -> None:
        """Ask for the address of a network stream."""
        recent = self._settings.recent_sources
        last = next((address for address in recent if "://" in address), "http://")
        shown = harmless(last)  # whoever looks on need not read a password
        address, confirmed = QInputDialog.getText(
            self._window,
            self.tr("Network stream"),
            self.tr("Address of an MJPEG or RTSP stream (http, https, rtsp, rtmp):"),
            QLineEdit.EchoMode.Normal,
            shown,
        )
        if confirmed and address.strip():
            self.open_text(last if address == shown else address.strip())

    def _ask_file(self, title: str, *filters: str) -> None:
        everything = self.tr("All files (*)")
        path, _ = QFileDialog.getOpenFileName(
            self._window, title, self._folder, ";;".join((*filters, everything))
        )
        if path:
            self._folder = str(Path(path).parent)
            self.open_text(path)

    def _say_only_first(self, name: str, count: int) -> None:
        words = self.tr(
            "{0}: only the first of {1} files was opened. Several images are watched by opening "
            "their folder."
        )
        self._notices.show_notice(Notice(words.format(name, count), "information", key="drop"))

    def _open_image(self, image: QImage) -> None:
        try:
            self.source_chosen.emit(pasted_source(image, self._settings.folder))
        except UserError as error:
            self._notices.show_notice(Notice(error_text(error), key="source"))


def pasted_source(image: QImage, folder: Path) -> SourceAddress:
    """Return a source that shows this picture, which is kept as a file in ``folder``.

    The last few stay there: they are among the recent sources of one window or another.

    Raises
    ------
    SaveError : the folder cannot be written.
    """
    path = folder / f"pasted-{secrets.token_hex(4)}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        rule = text("must be a folder that may be written")
        raise SaveError(str(folder), rule, system_reason(error)) from error
    if not image.save(str(path)):
        raise SaveError(str(path), text("must be a file that may be written"), text("an error"))
    pasted = sorted(folder.glob("pasted*.png"), key=lambda kept: kept.stat().st_mtime)
    for oldest in pasted[:-MOST_RECENT]:
        oldest.unlink(missing_ok=True)
    return SourceAddress("image", str(path))


def _pattern(*suffixes: str) -> str:
    return " ".join(f"*{suffix}" for suffix in sorted(suffixes))


def _looks_like_address(written: str) -> bool:
    line = written.strip()
    return "\n" not in line and line.partition("://")[0] in STREAM_SCHEMES
