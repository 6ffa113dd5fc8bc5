"""What this program is, and what it is made of: versions and licences."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnngui import __version__
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S

_ICON_SIDE = 64


class Part(NamedTuple):
    """A library that the program uses; ``package`` is what its version is looked up by."""

    name: str
    package: str
    licence: str


PARTS = (
    Part("PySide6", "PySide6-Essentials", "LGPL-3.0"),
    Part("NumPy", "numpy", "BSD-3-Clause"),
    Part("OpenCV", "opencv-python", "Apache-2.0"),
    Part("cv2-enumerate-cameras", "cv2-enumerate-cameras", "MIT"),
    Part("pyqtgraph", "pyqtgraph", "MIT"),
)


class AboutDialog(QDialog):
    """The program's name, version and licence, and those of its parts. Esc closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(self.tr("About cnngui"))
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        box.setSpacing(SPACE_M)
        box.addLayout(self._head())
        box.addLayout(self._table())
        box.addWidget(
            self._paragraph(
                self.tr(
                    "Qt and PySide6 are used under the GNU Lesser General Public License, "
                    "version 3: they are libraries of their own, which may be replaced by changed "
                    'ones. Their sources are at <a href="https://code.qt.io">code.qt.io</a>. The '
                    "icons are those of Material Design Icons, Apache-2.0. OpenCV brings FFmpeg, "
                    "LGPL-2.1."
                )
            )
        )

    def _head(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(QGuiApplication.windowIcon().pixmap(_ICON_SIDE, _ICON_SIDE))
        row = QHBoxLayout()
        row.setSpacing(SPACE_L)
        row.addWidget(picture)
        words = self.tr(
            "<b>cnngui {0}</b><br>See a convolutional neural network at work.<br>"
            "MIT licence, © 2026 The cnngui founders"
        )
        row.addWidget(self._paragraph(words.format(__version__)), 1)
        return row

    def _table(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_S)
        lines = [
            ("Python", platform.python_version(), "PSF-2.0"),
            ("Qt", qVersion(), "LGPL-3.0"),
            *((part.name, _version_of(part.package), part.licence) for part in PARTS),
        ]
        for row, line in enumerate(lines):
            for column, words in enumerate(line):
                label = QLabel(words)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(label, row, column)
        grid.setColumnStretch(2, 1)
        return grid

    def _paragraph(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setOpenExternalLinks(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        return label


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # built into another package, as some systems do
        return "–"
