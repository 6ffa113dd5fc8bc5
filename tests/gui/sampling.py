"""What the samples page sees of studio and pipeline, without threads; and hands for its board."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from cnngui.data.dataset import Dataset
from cnngui.data.folder import FolderDataset
from cnngui.data.stored import StoredSample
from cnngui.gui.samples.page import SamplesPage
from cnngui.pipeline.data_events import ThumbnailsReady
from tests.gui.driver import Driver
from tests.gui.trainings import FakeStudio

LEFT = Qt.MouseButton.LeftButton
SELECT = QItemSelectionModel.SelectionFlag.Select
Child = TypeVar("Child", bound=QWidget)


class FakeDesk:
    """Notes what pictures are asked for, and gives them when told to."""

    def __init__(self, studio: SamplesStudio) -> None:
        self._studio = studio
        self.requests: list[tuple[Any, ...]] = []

    def ask_thumbnails(
        self, token: str, dataset: Dataset, numbers: Sequence[int], size: int, *how: Any
    ) -> None:
        self.requests.append((token, tuple(numbers), size, *how))

    def forget_thumbnails(self, token: str) -> None:
        self.requests = [request for request in self.requests if request[0] != token]

    def answer(self, request: tuple[Any, ...], value: int = 200) -> None:
        token, numbers, size, *_ = request
        picture = np.full((size, size, 3), value, np.uint8)
        self._studio.event_received.emit(ThumbnailsReady(token, numbers, (picture,) * len(numbers)))


class SamplesStudio(FakeStudio):
    """A studio whose pictures a test hands out."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = FakeDesk(self)
        self.pipeline = SimpleNamespace(data=self.desk)


def folder_dataset(files: Sequence[str], path: Path = Path("/collection")) -> FolderDataset:
    """Samples by "class/name", in that order; no file is read."""
    classes = tuple(dict.fromkeys(file.split("/")[0] for file in files))
    labels = [classes.index(file.split("/")[0]) for file in files]
    samples = tuple(StoredSample(path / file) for file in files)
    return FolderDataset(path, classes, samples, labels, ())


class Hands:
    """The samples page of a real window, and what a person does to it."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        if not driver.action("training").isChecked():
            driver.action("training").trigger()
        driver.wait(lambda: driver.window.findChild(SamplesPage) is not None)
        page = driver.window.findChild(SamplesPage)
        assert page is not None
        self.page = page
        driver.wait(page.isVisible)

    @property
    def counts(self) -> list[int]:
        """Samples of each class, as the cards show them."""
        return [card.grid.count for card in self.page.board.cards]

    @property
    def names(self) -> list[str]:
        return [card.name for card in self.page.board.cards]

    @property
    def files(self) -> list[str]:
        """What is on the disk, pictures and clips, as "class/name"."""
        folder = self.driver.settings.collection
        return [f"{path.parent.name}/{path.name}" for path in sorted(folder.glob("[!.]*/[!.]*"))]

    def open_collection(self) -> None:
        """Go to record one's own."""
        self.page.sources.record.trigger()
        self.driver.wait(lambda: len(self.page.board.cards) == 2)

    def record_button(self, place: int) -> QPushButton:
        return self.child(QPushButton, "class_record", place)

    def child(self, kind: type[Child], name: str, place: int | None = None) -> Child:
        """A widget of the page, or of one class's card."""
        inside = self.page if place is None else self.page.board.cards[place]
        found = inside.findChild(kind, name)
        assert found is not None, name
        return found

    def record(self, place: int, least: int = 3) -> int:
        """Hold the button until there are so many samples more; return how many there are."""
        wanted = self.counts[place] + least
        QTest.mousePress(self.record_button(place), LEFT)
        self.driver.wait(lambda: self.counts[place] >= wanted)
        QTest.mouseRelease(self.record_button(place), LEFT)
        self.wait_for_rest()
        return self.counts[place]

    def wait_for_rest(self) -> None:
        """Wait until nothing is recorded and what there is was read from the disk."""
        self.driver.wait(
            lambda: (
                self.page.recording.place is None
                and sorted(map(len, self._files_by_class())) == sorted(self.counts)
            )
        )

    def select(self, place: int, *rows: int) -> None:
        grid = self.page.board.cards[place].grid
        for row in rows:
            grid.selectionModel().select(grid.model().index(row, 0), SELECT)
        grid.setFocus()

    def _files_by_class(self) -> list[list[str]]:
        return [[file for file in self.files if file.startswith(f"{name}/")] for name in self.names]
