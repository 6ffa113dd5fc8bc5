"""What the pipeline reports about samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.data.class_list import SampleClass
from cnngui.data.dataset import Dataset
from cnngui.data.folder import FolderDataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.data.stored import StoredSample
from cnngui.errors import UserError
from cnngui.pipeline.messages import NewestOnly


@dataclass(frozen=True, eq=False)
class DatasetOpened:
    """The samples at an address can be learned from; single bad ones are its ``problems``."""

    address: str
    dataset: Dataset


@dataclass(frozen=True)
class DatasetProgress(NewestOnly):
    """How many of how many files or bytes of an address were looked at."""

    address: str
    done: int
    total: int


@dataclass(frozen=True)
class DatasetFailed:
    """There is nothing to learn from at an address."""

    address: str
    error: UserError


@dataclass(frozen=True)
class DatasetCancelled:
    """The user gave up opening an address, or asked for another one meanwhile."""

    address: str


@dataclass(frozen=True, eq=False)
class ThumbnailsReady:
    """Some of the samples asked for under a token, or all of them.

    Attributes
    ----------
    indices : numbers in the data set; the same one may be there many times.
    pictures : read-only uint8 ``(h, w, 3)``, RGB, one for each; ``(t, h, w, 3)`` of a clip.
    """

    token: str
    indices: tuple[int, ...]
    pictures: tuple[NDArray[np.uint8], ...]


@dataclass(frozen=True, eq=False)
class SamplesChanged:
    """A folder of own samples as it is now: asked for, edited, or recorded into.

    Attributes
    ----------
    classes : names and colours, in the order of the labels.
    paths : where the samples that were moved are now, in the order asked for.
    """

    folder: SampleFolder
    classes: tuple[SampleClass, ...]
    dataset: FolderDataset
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True)
class SamplesFailed:
    """A folder of own samples could not be edited or read; what is there stays."""

    folder: SampleFolder
    error: UserError


@dataclass(frozen=True)
class SamplingCountdown(NewestOnly):
    """So many whole seconds until the first sample is recorded."""

    class_name: str
    seconds_left: int


@dataclass(frozen=True)
class SamplingStarted:
    """Samples are being recorded, from now on."""

    class_name: str


@dataclass(frozen=True)
class SampleRecorded:
    """A sample was written; ``count`` is how many since recording began."""

    sample: StoredSample
    class_name: str
    count: int


@dataclass(frozen=True)
class SamplingPaused:
    """The source gives no new picture; recording goes on by itself when it does."""

    class_name: str
    error: UserError


@dataclass(frozen=True)
class SamplingStopped:
    """Recording has ended: as told, or with its burst. ``SamplesChanged`` follows."""

    class_name: str
    count: int


@dataclass(frozen=True)
class SamplingFailed:
    """Recording has ended because a sample cannot be written; those before it are there."""

    class_name: str
    error: UserError
    count: int


DataEvent = (
    DatasetOpened
    | DatasetProgress
    | DatasetFailed
    | DatasetCancelled
    | ThumbnailsReady
    | SamplesChanged
    | SamplesFailed
    | SamplingCountdown
    | SamplingStarted
    | SampleRecorded
    | SamplingPaused
    | SamplingStopped
    | SamplingFailed
)
