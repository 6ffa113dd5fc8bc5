"""Where a sample is on disk, and how its frames are read.

A picture is a file. A clip is a folder of numbered pictures, a video, or a part of one of these.
Recorded clips are folders of ``00000_0000ms.png``, ``00001_0040ms.png``, ...: any program opens
them, nothing is lost, and the names tell when each frame was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.videos import open_video
from cnngui.errors import DataError, SourceError, system_reason, text
from cnngui.harmless import harmless
from cnngui.images.files import read_picture
from cnngui.images.names import is_image_name, listed, natural_key

VIDEO_SUFFIXES = frozenset(
    {".mp4", ".avi", ".webm", ".gif", ".mkv", ".mov", ".m4v", ".mpg", ".ogv"}
)

MOST_FRAMES = 10_000
"""Of one video or folder that are looked at: more than six minutes at 25 a second."""
LONG_S, PIECE_S = 4.0, 2.0
"""What lasts longer than the one is cut into clips of about the other."""
_USUAL_RATE = 25.0
"""Frames a second where their times are not known."""

_FRAME_NAME = re.compile(r"(?P<number>\d+)_(?P<ms>\d+)ms", re.ASCII)
_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d+)(?P<behind>\D*)", re.ASCII)

Kind = Literal["picture", "pictures", "video"]


@dataclass(frozen=True)
class StoredSample:
    """One sample on disk.

    Attributes
    ----------
    path : its file, or its folder of pictures.
    kind : a picture, a folder of pictures, or a video.
    first : which frame of the file or folder is its first.
    length : how many frames it has.
    times : seconds of each, from its first; None where they are not known.
    goes_on : its file or folder has more frames than are looked at.
    """

    path: Path
    kind: Kind = "picture"
    first: int = 0
    length: int = 1
    times: tuple[float, ...] | None = (0.0,)
    goes_on: bool = False

    @property
    def is_clip(self) -> bool:
        """Whether it has more than one frame."""
        return self.kind != "picture"

    @property
    def name(self) -> str:
        """Its file's name; of a part that begins later, and where."""
        name = harmless(self.path.name)
        return f"{name} #{self.first}" if self.first else name

    def frames(self, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Read frames one after the other: uint8 ``(H, W, 3)``, RGB.

        Parameters
        ----------
        places : ascending, from 0; the same one may be there many times.

        Raises
        ------
        DataError
            If one is absent, broken or too large.
        """
        wanted = [self.first + place for place in places]
        if self.kind == "video":
            yield from _of_video(self.path, wanted)
            return
        files = _numbered_pictures(self.path) if self.kind == "pictures" else [self.path]
        for place in wanted:
            if place >= len(files):
                rule = text("must have the pictures that it had when it was opened")
                raise DataError(shown(self.path), rule, f"{len(files):,}")
            yield read_sample(files[place])


def is_video_name(path: Path) -> bool:
    """Whether a file is named as videos are, moving pictures of the web included."""
    return path.suffix.lower() in VIDEO_SUFFIXES


def frame_name(number: int, seconds: float) -> str:
    """Return what the picture of a recorded clip's frame is called."""
    return f"{number:05}_{round(1000 * seconds):04}ms.png"


def is_clip_folder(folder: Path) -> bool:
    """Whether a folder holds pictures whose names differ in a number alone.

    Raises
    ------
    OSError
    """
    return len(_numbered_pictures(folder)) > 1


def stored_video(path: Path) -> tuple[StoredSample, ...]:
    """Read a video once from its beginning to its end, and return the clips in it.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        with open_video(str(path), shown(path)) as source:
            count = 0
            while count < MOST_FRAMES and source.read() is not None:
                count += 1
            goes_on = count == MOST_FRAMES and source.read() is not None
            info = source.info
            times = [info.time_at(place) for place in range(count)]
            is_timed = info.rate > 0 or info.times is not None
    except SourceError as error:
        raise DataError(shown(path), error.rule, error.got) from error
    if count < 2:
        if is_image_name(path):  # a GIF that does not move
            read_sample(path)
            return (StoredSample(path),)
        raise DataError(shown(path), text("a clip must have more than one frame"), count)
    known_times = times if is_timed and _ascends(times) else None
    return _cut(path, "video", known_times, count, goes_on)


def stored_pictures(folder: Path) -> tuple[StoredSample, ...]:
    """Read a folder of numbered pictures once, and return the clips in it.

    Raises
    ------
    DataError
        If one of its pictures cannot be read, or is of another size: it is no film then.
    """
    try:
        files = _numbered_pictures(folder)
    except OSError as error:
        rule = text("must be a folder that may be read")
        raise DataError(shown(folder), rule, system_reason(error)) from error
    files, goes_on = files[:MOST_FRAMES], len(files) > MOST_FRAMES
    size: tuple[int, ...] | None = None
    for file in files:
        own = read_sample(file).shape
        if size not in (None, own):
            rule = text("a clip's pictures must all have one size")
            raise DataError(shown(folder), rule, text("{name} differs", name=file.name))
        size = own
    return _cut(folder, "pictures", _times_of(files), len(files), goes_on)


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
        raise DataError(shown(path), error.rule, error.got) from error


def shown(path: Path) -> str:
    """Return class and file for people."""
    return harmless(f"{path.parent.name}/{path.name}")


def _of_video(path: Path, places: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
    try:
        with open_video(str(path), shown(path)) as source:
            source.seek(places[0] if places else 0)
            place, picture = -1, None
            for wanted in places:
                while place < wanted:
                    picture = source.read()
                    place = source.position
                    if picture is None:
                        rule = text("must have the frames that it had when it was opened")
                        raise DataError(shown(path), rule, text("fewer"))
                assert picture is not None  # noqa: S101 - for the types: a place was read
                yield picture
    except SourceError as error:
        raise DataError(shown(path), error.rule, error.got) from error


def _numbered_pictures(folder: Path) -> list[Path]:
    """Return the pictures of a folder by their numbers; none where other things tell them apart.

    Raises
    ------
    OSError
    """
    files = [path for path in listed(folder) if is_image_name(path)]
    recorded = [_FRAME_NAME.fullmatch(path.stem) for path in files]
    if files and all(recorded):
        return sorted(files, key=natural_key)
    numbered = [_NUMBERED.fullmatch(path.stem) for path in files]
    rest = {(match["before"], match["behind"]) for match in numbered if match}
    if not all(numbered) or len(rest) != 1:
        return []
    return files


def _times_of(files: Sequence[Path]) -> list[float] | None:
    matches = [_FRAME_NAME.fullmatch(file.stem) for file in files]
    times = [int(match["ms"]) / 1000 for match in matches if match]
    return times if len(times) == len(files) and _ascends(times) else None


def _ascends(times: Sequence[float]) -> bool:
    return all(later > earlier for earlier, later in pairwise(times))


def _cut(
    path: Path, kind: Kind, times: Sequence[float] | None, count: int, goes_on: bool
) -> tuple[StoredSample, ...]:
    """Return it as one clip, or as several of about the same length."""
    seconds = times[-1] - times[0] if times is not None else (count - 1) / _USUAL_RATE
    pieces = 1 if seconds <= LONG_S else max(round(seconds / PIECE_S), 1)
    bounds = np.linspace(0, count, pieces + 1).round().astype(int).tolist()
    return tuple(
        StoredSample(
            path,
            kind,
            first,
            end - first,
            None if times is None else tuple(time - times[first] for time in times[first:end]),
            goes_on,
        )
        for first, end in pairwise(bounds)
    )
