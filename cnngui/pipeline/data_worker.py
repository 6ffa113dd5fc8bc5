"""The thread that makes thumbnails of samples and edits folders of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.data.augmentation import Augmentation
from cnngui.data.dataset import Dataset
from cnngui.data.folder import FolderDataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.data.thumbnails import augmented_thumbnails, thumbnail
from cnngui.errors import UserError
from cnngui.pipeline.data_events import SamplesChanged, SamplesFailed, ThumbnailsReady
from cnngui.pipeline.events import Event
from cnngui.pipeline.worker import Worker

_PART_S = 0.1
"""Thumbnails are handed on after so long, so that the first ones are seen soon."""


@dataclass(frozen=True, eq=False)
class MakeThumbnails:
    """Make pictures of samples, in place of those asked for before under the same token."""

    token: str
    dataset: Dataset
    indices: tuple[int, ...]
    size: int
    augmentation: Augmentation | None
    seed: int


@dataclass(frozen=True)
class ForgetThumbnails:
    """Nobody looks any more."""

    token: str


@dataclass(frozen=True, eq=False)
class EditSamples:
    """Change a folder of samples, and tell how it is then.

    Attributes
    ----------
    edit : does it; returns where samples are now that were moved.
    """

    folder: SampleFolder
    edit: Callable[[SampleFolder], tuple[Path, ...] | None]


DataCommand = MakeThumbnails | ForgetThumbnails | EditSamples


class DataWorker(Worker[DataCommand]):
    """Edits come first, each at once; then the thumbnails asked for last.

    Edits still waiting when it is stopped are carried out.
    """

    def __init__(self, report: Callable[[Event], None]) -> None:
        super().__init__("samples", report)
        self._wanted: dict[str, MakeThumbnails] = {}
        self._known: dict[SampleFolder, FolderDataset] = {}

    def _turn(self) -> bool:
        with self._condition:
            while not (self._commands or self._wanted or self._stopping):
                self._condition.wait()
            if self._stopping:
                return False
            command = self._commands.popleft() if self._commands else None
        match command:
            case None:
                self._make_some(*self._wanted.popitem())
            case MakeThumbnails():
                self._wanted.pop(command.token, None)
                self._wanted[command.token] = command
            case ForgetThumbnails():
                self._wanted.pop(command.token, None)
            case EditSamples():
                self._edit(command)
        return True

    def _make_some(self, token: str, wanted: MakeThumbnails) -> None:
        pictures: tuple[NDArray[np.uint8], ...]
        if wanted.augmentation is not None:
            pictures = augmented_thumbnails(
                wanted.dataset, wanted.indices, wanted.size, wanted.augmentation, wanted.seed
            )
        else:
            pictures = _thumbnails(wanted)
        done, left = wanted.indices[: len(pictures)], wanted.indices[len(pictures) :]
        if left:
            self._wanted[token] = replace(wanted, indices=left)
        self._report(ThumbnailsReady(token, done, pictures))

    def _edit(self, command: EditSamples) -> None:
        folder = command.folder
        paths: tuple[Path, ...] | None = None
        try:
            paths = command.edit(folder)
        except UserError as error:
            self._report(SamplesFailed(folder, error))
        try:
            dataset = folder.as_dataset(self._known.get(folder))
            self._known[folder] = dataset
            self._report(SamplesChanged(folder, folder.classes(), dataset, paths or ()))
        except UserError as error:
            self._report(SamplesFailed(folder, error))

    def _finish(self) -> None:
        for command in self._commands:
            if isinstance(command, EditSamples):
                self._edit(command)
        # With the window closed there is no undo any more.
        for folder in self._known:
            folder.empty_trash()


def _thumbnails(wanted: MakeThumbnails) -> tuple[NDArray[np.uint8], ...]:
    """Return as many of the pictures as can be made in a short time, at least one."""
    until = time.monotonic() + _PART_S
    pictures = []
    for index in wanted.indices:
        pictures.append(thumbnail(wanted.dataset, index, wanted.size))
        if time.monotonic() > until:
            break
    return tuple(pictures)
