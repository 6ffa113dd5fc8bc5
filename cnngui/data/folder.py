"""Images on disk, one sub-folder per class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.data.class_list import listed_classes
from cnngui.data.dataset import OpeningCancelledError, Stills, as_labels, fitted_batch
from cnngui.data.recordings import recordings_of
from cnngui.errors import DataError, SourceError, system_reason, text
from cnngui.harmless import harmless
from cnngui.images.files import read_picture
from cnngui.images.names import is_image_name, listed
from cnngui.spec.network import InputSpec

_MOST_COUNTED = 10_000


class FolderDataset(Stills):
    """A ``Dataset`` of image files, read when somebody looks at them.

    Parameters
    ----------
    path : of the folder; its classes are its sub-folders.
    files : where each sample is.
    """

    def __init__(
        self,
        path: Path,
        classes: tuple[str, ...],
        files: tuple[Path, ...],
        labels: Sequence[int],
        problems: tuple[DataError, ...],
    ) -> None:
        self.name = harmless(path.name or str(path))
        self.address = str(path)
        self.classes = classes
        self.files = files
        self.labels = as_labels(labels)
        self.recordings = as_labels(recordings_of(files))
        self.problems = problems

    def sample_name(self, index: int) -> str:
        """Return a sample's file, with the class's folder."""
        path = self.files[index]
        return f"{path.parent.name}/{path.name}"

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Read a sample: uint8 ``(H, W, 3)``, RGB."""
        return read_sample(self.files[index])

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        """Read samples fitted to an input: uint8 ``(N, H, W, C)``."""
        return fitted_batch(self, indices, target)

    def __len__(self) -> int:
        return len(self.files)


def open_folder(
    path: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    known: FolderDataset | None = None,
    may_be_empty: bool = False,
) -> FolderDataset:
    """Find the images of a folder, and which of them can be read.

    Every image is decoded once, for a truncated file has a header like a whole one.

    Parameters
    ----------
    on_progress : told how many of how many files were looked at.
    known : the same folder as it was opened before; its files are not looked at again.
    may_be_empty : whether classes without any image are a data set.

    Raises
    ------
    DataError
        If there is no sub-folder or no image, or the folder cannot be read.
    OpeningCancelledError
    """
    path = path.absolute()
    problems: list[DataError] = []
    classes = tuple(one.name for one in listed_classes(path, problems))
    problems += _loose_images(path)
    candidates = [
        (label, file)
        for label, name in enumerate(classes)
        for file in _image_files(path / name, problems)
    ]
    if not classes:
        raise DataError(str(path), text("must hold a sub-folder for each class"), text("none"))
    if not candidates and not may_be_empty:
        rule = text("must hold images (png, jpg, ...) in its sub-folders")
        raise DataError(str(path), rule, problems[0].message if problems else text("none"))
    good = set(known.files) if known is not None else set()
    kept: list[tuple[int, Path]] = []
    for done, (label, file) in enumerate(candidates):
        if is_cancelled():
            raise OpeningCancelledError
        on_progress(done, len(candidates))
        try:
            if file not in good:
                read_sample(file)
        except DataError as error:
            problems.append(error)
            continue
        kept.append((label, file))
    on_progress(len(candidates), len(candidates))
    files = tuple(file for _, file in kept)
    return FolderDataset(path, classes, files, [label for label, _ in kept], tuple(problems))


def read_sample(path: Path) -> NDArray[np.uint8]:
    """Read an image file of a class's folder: uint8 ``(H, W, 3)``, RGB.

    Raises
    ------
    DataError
        If it is absent, broken or too large.
    """
    try:
        return read_picture(path)
    except SourceError as error:
        raise DataError(_shown(path), error.rule, error.got) from error


def _image_files(folder: Path, problems: list[DataError]) -> list[Path]:
    """Return the images of a class; what else is there is named among the problems."""
    try:
        entries = listed(folder)
        images = [path for path in entries if is_image_name(path) and path.is_file()]
        problems += [_left_out_folder(path) for path in entries if path.is_dir()]
        others = [path for path in entries if not is_image_name(path) and path.is_file()]
    except OSError as error:
        rule = text("must be a folder that may be read")
        problems.append(DataError(folder.name, rule, system_reason(error)))
        return []
    for suffix, count in Counter(path.suffix.lower() for path in others).items():
        first = next(path for path in others if path.suffix.lower() == suffix)
        rule = text("must be an image (png, jpg, ...) to be learnt from")
        found = text("{count} files named {suffix}", count=count, suffix=suffix or text("so"))
        problems.append(DataError(_shown(first), rule, found))
    return images


def _left_out_folder(folder: Path) -> DataError:
    """Say that a folder within a class is not looked into, and how much that leaves out."""
    images = sum(is_image_name(path) for path in islice(folder.iterdir(), _MOST_COUNTED))
    rule = text("must not lie in a class's folder for its images to be learnt from")
    return DataError(_shown(folder), rule, text("a folder with {count} images", count=images))


def _loose_images(folder: Path) -> list[DataError]:
    """Say which images beside the classes belong to none."""
    loose = [path for path in listed(folder) if is_image_name(path) and path.is_file()]
    if not loose:
        return []
    rule = text("must lie in the folder of a class to be learnt from")
    found = text("{count} images beside the classes", count=len(loose))
    return [DataError(loose[0].name, rule, found)]


def _shown(path: Path) -> str:
    """Return class and file for people."""
    return harmless(f"{path.parent.name}/{path.name}")
