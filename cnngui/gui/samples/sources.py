"""Where samples may come from, as actions: recorded, drawn by the program, read from disk."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from cnngui.data.class_list import CLASSES_FILE
from cnngui.gui.icons import icon
from cnngui.gui.settings import Settings
from cnngui.gui.widgets.menu import Menu, plain_text
from cnngui.gui.widgets.plain import plain_tip
from cnngui.harmless import harmless


class SampleSources(QObject):
    """Asks where samples are.

    Attributes
    ----------
    record, shapes, paper, digits, motions, folder, idx : the ways to get samples.
    new_collection, other_collection : where to record, other than where it was done last.

    Signals
    -------
    data_chosen : carries the address of a data set to learn from as it is.
    collection_chosen : carries the ``Path`` of a folder to record in.
    """

    data_chosen = Signal(str)
    collection_chosen = Signal(object)

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        home = QStandardPaths.StandardLocation.HomeLocation
        self._folder = Path(QStandardPaths.writableLocation(home))
        self.record = self._action(
            "record",
            self.tr("Record my own"),
            "camera-outline",
            self.tr("Show the camera a few things and hold Record for each"),
        )
        self.shapes = self._action(
            "shapes",
            self.tr("Shapes"),
            "shape-outline",
            self.tr("Circles, squares, stars and more, drawn by the program"),
        )
        self.paper = self._action(
            "paper",
            self.tr("Shapes on paper"),
            "file-outline",
            self.tr("The same as a camera sees them on paper: harder, it takes many samples"),
        )
        self.digits = self._action(
            "digits",
            self.tr("Drawn digits"),
            "numeric",
            self.tr("0 to 9 in the fonts at hand, drawn by the program"),
        )
        self.motions = self._action(
            "motions",
            self.tr("Motions"),
            "gesture",
            self.tr("Short clips of things that move left, in circles, nearer and more, drawn"),
        )
        self.folder = self._action(
            "folder",
            self.tr("Folder of pictures or videos…"),
            "folder-open-outline",
            self.tr("With one sub-folder for each class"),
        )
        self.idx = self._action(
            "idx",
            self.tr("MNIST files (IDX)…"),
            "file-table-box-multiple-outline",
            self.tr("A file of images with its file of labels beside it, plain or .gz"),
        )
        self.new_collection = self._action(
            "new_collection",
            self.tr("New collection"),
            "plus",
            self.tr("Begin anew; what was recorded stays where it is"),
        )
        self.other_collection = self._action(
            "other_collection",
            self.tr("Record in another folder…"),
            "folder-cog-outline",
            self.tr("Go on with a collection, or choose where a new one is kept"),
        )
        self.record.triggered.connect(self._on_record_triggered)
        self._drawn = {
            "shapes": self.shapes,
            "paper": self.paper,
            "digits": self.digits,
            "motions": self.motions,
        }
        for address, action in self._drawn.items():
            action.triggered.connect(partial(self.data_chosen.emit, address))
        self.folder.triggered.connect(self._on_folder_triggered)
        self.idx.triggered.connect(self._on_idx_triggered)
        self.new_collection.triggered.connect(self._on_new_collection_triggered)
        self.other_collection.triggered.connect(self._on_other_collection_triggered)

    def menu(self, parent: QWidget) -> QMenu:
        """Return a menu of everything; recent data sets are looked up when it opens."""
        menu = Menu(parent)
        menu.setToolTipsVisible(True)
        for action in (self.record, self.new_collection, self.other_collection):
            menu.addAction(action)
        menu.addSeparator()
        for action in (*self._drawn.values(), self.folder, self.idx):
            menu.addAction(action)
        menu.addSeparator()
        recent = menu.submenu(self.tr("Recent"), icon("history"))
        menu.aboutToShow.connect(partial(self._write_recent, recent))
        return menu

    def title(self, address: str) -> str:
        """Return what a data set drawn by the program is called; empty for others."""
        return plain_text(self._drawn[address]) if address in self._drawn else ""

    def recent(self) -> list[str]:
        """Return what was opened lately and is still there, newest first."""
        return [
            address
            for address in self._settings.recent_data
            if address not in self._drawn and Path(address).exists()
        ]

    def note_opened(self, address: str) -> None:
        """Remember a data set that could be opened."""
        self._settings.add_recent_data(address)

    def open(self, address: str) -> None:
        """Open what was opened before: a collection to go on with it, anything else as it is."""
        folder = Path(address)
        if (folder / CLASSES_FILE).is_file():
            self.collection_chosen.emit(folder)
        else:
            self.data_chosen.emit(address)

    @Slot()
    def _on_record_triggered(self) -> None:
        self.collection_chosen.emit(self._settings.collection)

    @Slot()
    def _on_new_collection_triggered(self) -> None:
        self.collection_chosen.emit(_free_folder(self._settings.collection))

    @Slot()
    def _on_other_collection_triggered(self) -> None:
        title = self.tr("Folder to record samples in")
        if folder := self._ask_folder(title, _existing(self._settings.collection)):
            self.collection_chosen.emit(folder)

    @Slot()
    def _on_folder_triggered(self) -> None:
        title = self.tr("Folder with one sub-folder of pictures for each class")
        if folder := self._ask_folder(title, self._folder):
            self._folder = folder
            self.open(str(folder))

    @Slot()
    def _on_idx_triggered(self) -> None:
        kinds = (
            self.tr("IDX files ({0})").format("*ubyte *.idx *.gz"),
            self.tr("All files ({0})").format("*"),
        )
        path, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("IDX file of images"), str(self._folder), ";;".join(kinds)
        )
        if path:
            self._folder = Path(path).parent
            self.data_chosen.emit(path)

    def _ask_folder(self, title: str, start: Path) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self._window, title, str(start))
        return Path(chosen) if chosen else None

    def _write_recent(self, menu: QMenu) -> None:
        menu.clear()
        for address in self.recent():
            action = menu.addAction(harmless(Path(address).name).replace("&", "&&"))
            action.setToolTip(plain_tip(harmless(address)))
            action.triggered.connect(partial(self.open, address))
        menu.setToolTipsVisible(True)
        menu.setEnabled(not menu.isEmpty())

    def _action(self, name: str, text: str, glyph: str, tip: str) -> QAction:
        action = QAction(icon(glyph), text, self)
        action.setObjectName(f"samples_{name}")
        action.setToolTip(tip)
        return action


def _existing(folder: Path) -> Path:
    """Return the nearest folder above that is there."""
    return next((parent for parent in (folder, *folder.parents) if parent.is_dir()), folder)


def _free_folder(folder: Path) -> Path:
    """Return a name beside ``folder`` that is not taken: ``my samples 2``."""
    stem = folder.name.rstrip("0123456789 ")
    number = 2
    while (free := folder.with_name(f"{stem} {number}")).exists():
        number += 1
    return free
