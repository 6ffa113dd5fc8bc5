"""Images, videos and folders of numbered pictures on disk, one sub-folder per class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.data.class_list import listed_classes
from cnngui.data.clips import middle_frame
from cnngui.data.dataset import OpeningCancelledError, as_labels, fitted_batch
from cnngui.data.left_out import left_out
from cnngui.data.recordings import recordings_of
from cnngui.data.stored import (
    MOST_FRAMES,
    StoredSample,
    is_clip_folder,
    is_video_name,
    read_sample,
    shown,
    stored_pictures,
    stored_video,
)
from cnngui.errors import DataError, system_reason, text
from cnngui.harmless import harmless
from cnngui.images.names import is_image_name, listed
from cnngui.spec.network import InputSpec

_MOST_COUNTED = 10_000


class FolderDataset:
    """A ``Dataset`` of files, read when somebody looks at them.

    Parameters
    ----------
    path : of the folder; its classes are its sub-folders.
    samples : where each sample is.
    left_out : clips of long films that somebody does not want to learn from.
    """

    def __init__(
        self,
        path: Path,
        classes: tuple[str, ...],
        samples: tuple[StoredSample, ...],
        labels: Sequence[int],
        problems: tuple[DataError, ...],
        left_out: tuple[StoredSample, ...] = (),
    ) -> None:
        self.name = harmless(path.name or str(path))
        self.address = str(path)
        self.classes = classes
        self.samples = samples
        self.labels = as_labels(labels)
        self.lengths = as_labels([sample.length for sample in samples])
        self.recordings = as_labels(recordings_of(self.files))
        self.problems = problems
        self.left_out = left_out

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The file or folder of each sample; a long video is there for each of its clips."""
        return tuple(sample.path for sample in self.samples)

    def sample_name(self, index: int) -> str:
        """Return a sample's file, with the class's folder."""
        sample = self.samples[index]
        return f"{sample.path.parent.name}/{sample.name}"

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Read a sample, or the middle frame of a clip: uint8 ``(H, W, 3)``, RGB."""
        sample = self.samples[index]
        (picture,) = sample.frames([middle_frame(sample.length)])
        return picture

    def times(self, index: int) -> tuple[float, ...] | None:
        """Return the seconds of a sample's frames, if they are known."""
        return self.samples[index].times

    def frames(self, index: int, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Read some frames of a sample: uint8 ``(H, W, 3)``, RGB."""
        return self.samples[index].frames(places)

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        """Read samples fitted to an input; see ``Dataset``."""
        return fitted_batch(self, indices, target)

    def __len__(self) -> int:
        return len(self.samples)


def open_folder(
    path: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    known: FolderDataset | None = None,
    may_be_empty: bool = False,
) -> FolderDataset:
    """Find the images and clips of a folder, and which of them can be read.

    Everything is decoded once, for a truncated file has a header like a whole one.

    Parameters
    ----------
    on_progress : told how many of how many files were looked at.
    known : the same folder as it was opened before; its files are not looked at again.
    may_be_empty : whether classes without any sample are a data set.

    Raises
    ------
    DataError
        If there is no sub-folder or nothing in them, or the folder cannot be read.
    OpeningCancelledError
    """
    path = path.absolute()
    problems: list[DataError] = []
    classes = tuple(one.name for one in listed_classes(path, problems))
    problems += _loose_images(path)
    candidates = [
        (label, file)
        for label, name in enumerate(classes)
        for file in _candidates(path / name, problems)
    ]
    if not classes:
        raise DataError(str(path), text("must hold a sub-folder for each class"), text("none"))
    found = _readable(candidates, _known(known), problems, on_progress, is_cancelled)
    kept, unwanted = _without_left_out(found, problems)
    if not kept and not may_be_empty:
        rule = text("must hold images (png, jpg, ...) or videos (mp4, ...) in its sub-folders")
        raise DataError(str(path), rule, problems[0].message if problems else text("none"))
    samples = tuple(sample for _, sample in kept)
    labels = [label for label, _ in kept]
    return FolderDataset(path, classes, samples, labels, tuple(problems), unwanted)


def _known(known: FolderDataset | None) -> dict[Path, tuple[StoredSample, ...]]:
    found: dict[Path, tuple[StoredSample, ...]] = {}
    for sample in (*known.samples, *known.left_out) if known is not None else ():
        found[sample.path] = (*found.get(sample.path, ()), sample)
    return {path: tuple(sorted(clips, key=attrgetter("first"))) for path, clips in found.items()}


def _without_left_out(
    found: Sequence[tuple[int, StoredSample]], problems: list[DataError]
) -> tuple[list[tuple[int, StoredSample]], tuple[StoredSample, ...]]:
    """Return the samples that are wanted, with their labels, and the clips that are not."""
    wanted: list[tuple[int, StoredSample]] = []
    unwanted: list[StoredSample] = []
    for film, group in groupby(found, key=lambda one: one[1].path):
        clips = list(group)
        bounds = left_out(film, problems) if len(clips) > 1 else frozenset()
        for label, clip in clips:
            if (clip.first, clip.length) in bounds:
                unwanted.append(clip)
            else:
                wanted.append((label, clip))
    return wanted, tuple(unwanted)


def _readable(
    candidates: Sequence[tuple[int, Path]],
    known: Mapping[Path, tuple[StoredSample, ...]],
    problems: list[DataError],
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> list[tuple[int, StoredSample]]:
    """Return the samples with their labels; what cannot be read is named among the problems."""
    kept: list[tuple[int, StoredSample]] = []
    for done, (label, file) in enumerate(candidates):
        if is_cancelled():
            raise OpeningCancelledError
        on_progress(done, len(candidates))
        try:
            samples = known.get(file) or _stored(file)
            kept += [(label, sample) for sample in samples]
            if samples[-1].goes_on:
                rule = text("may have at most {most:,} frames to learn from", most=MOST_FRAMES)
                problems.append(DataError(shown(file), rule, text("more, which are left out")))
        except DataError as error:
            problems.append(error)
    on_progress(len(candidates), len(candidates))
    return kept


def _stored(path: Path) -> tuple[StoredSample, ...]:
    """Return what is in a file or folder.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    if path.is_dir():
        return stored_pictures(path)
    if is_video_name(path):
        return stored_video(path)
    read_sample(path)
    return (StoredSample(path),)


def _candidates(folder: Path, problems: list[DataError]) -> list[Path]:
    """Return images and clips of a class; what else is there is named among the problems."""
    try:
        entries = listed(folder)
        found: list[Path] = []
        others: list[Path] = []
        for path in entries:
            if path.is_dir():
                if is_clip_folder(path):
                    found.append(path)
                else:
                    problems.append(_left_out_folder(path))
            elif path.is_file():
                (found if is_image_name(path) or is_video_name(path) else others).append(path)
    except OSError as error:
        rule = text("must be a folder that may be read")
        problems.append(DataError(folder.name, rule, system_reason(error)))
        return []
    for suffix, count in Counter(path.suffix.lower() for path in others).items():
        first = next(path for path in others if path.suffix.lower() == suffix)
        rule = text("must be an image (png, jpg, ...) or a video (mp4, ...) to be learnt from")
        kind = text("{count} files named {suffix}", count=count, suffix=suffix or text("so"))
        problems.append(DataError(shown(first), rule, kind))
    return found


def _left_out_folder(folder: Path) -> DataError:
    """Say that a folder within a class is no clip, and how much that leaves out."""
    images = sum(is_image_name(path) for path in islice(folder.iterdir(), _MOST_COUNTED))
    rule = text("must hold numbered pictures alone (1.png, 2.png, ...) to be a clip")
    return DataError(shown(folder), rule, text("a folder with {count} images", count=images))


def _loose_images(folder: Path) -> list[DataError]:
    """Say which images beside the classes belong to none."""
    loose = [path for path in listed(folder) if is_image_name(path) and path.is_file()]
    if not loose:
        return []
    rule = text("must lie in the folder of a class to be learnt from")
    found = text("{count} images beside the classes", count=len(loose))
    return [DataError(loose[0].name, rule, found)]
