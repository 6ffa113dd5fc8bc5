"""Sources made of image files: one image, or a folder of them."""

from __future__ import annotations

from pathlib import Path

from cnngui.capture.source import Picture, Source, SourceInfo
from cnngui.errors import SourceError, Text, system_reason, text
from cnngui.images.files import read_picture
from cnngui.images.names import is_image_name, listed

FOLDER_RATE = 2.0
"""A folder plays like a slide show: so many pictures a second at normal speed."""

_MAX_WARNINGS = 20
_MOST_NAMED = 3


class ImageSource(Source):
    """A still image: a medium of one frame."""

    def __init__(self, path: Path) -> None:
        self._picture = read_picture(path)
        self._given = False
        height, width = self._picture.shape[:2]
        self._info = SourceInfo(path.name, width, height, frame_count=1, seekable=True)

    @property
    def info(self) -> SourceInfo:
        """Size of the image; one frame, no rate."""
        return self._info

    def read(self) -> Picture | None:
        """Return the image once, then None."""
        if self._given:
            return None
        self._given = True
        return self._picture

    def seek(self, position: int) -> None:
        """Make ``read`` give the image again; every position is held to 0."""
        self._given = False

    def close(self) -> None:
        """Nothing to let go of."""


class FolderSource(Source):
    """The images of a folder, in the order in which people count: 2.png before 10.png.

    A file that cannot be read is skipped and told by ``take_warnings``. The list of files is made
    on opening; positions are places in that list.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name or str(path)
        self._files, left_out = _image_files(path)
        self._next = 0
        self._position = 0
        self._warnings: list[SourceError] = []
        self._known_bad: set[int] = set()
        first = self.read()
        if first is None:
            found = text(
                "{count} that cannot; the first is {error}",
                count=len(self._files),
                error=self._warnings[0].message,
            )
            rule = text("a folder must hold at least one image that can be read")
            raise SourceError(self._name, rule, found)
        if left_out:
            rule = text("of a folder only the images that lie in it itself are shown")
            self._warnings.append(SourceError(self._name, rule, _named(left_out)))
        self._next = 0
        height, width = first.shape[:2]
        self._info = SourceInfo(
            self._name, width, height, FOLDER_RATE, len(self._files), seekable=True
        )

    @property
    def info(self) -> SourceInfo:
        """Size of the first image; the frame count includes files that cannot be read."""
        return self._info

    @property
    def position(self) -> int:
        """Place in the list of the file read last."""
        return self._position

    def read(self) -> Picture | None:
        """Return the next image that can be read, or None after the last one."""
        while self._next < len(self._files):
            position = self._next
            self._next += 1
            try:
                picture = read_picture(self._files[position])
            except SourceError as error:
                self._warn(position, error)
                continue
            self._position = position
            return picture
        return None

    def seek(self, position: int) -> None:
        """Go on with the file at ``position``, or the next one that can be read."""
        self._next = min(max(position, 0), len(self._files) - 1)

    def take_warnings(self) -> list[SourceError]:
        """Return the files skipped since the last call; each file is told once."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def close(self) -> None:
        """Nothing to let go of: files are open only while they are read."""

    def _warn(self, position: int, error: SourceError) -> None:
        if position not in self._known_bad and len(self._warnings) < _MAX_WARNINGS:
            self._warnings.append(error)
        self._known_bad.add(position)


def _image_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return a folder's images, and what else is in it."""
    name = folder.name or str(folder)
    try:
        entries = listed(folder)
        images = [path for path in entries if is_image_name(path) and path.is_file()]
    except OSError as error:
        rule = text("must be a folder that may be read")
        raise SourceError(name, rule, system_reason(error)) from error
    if not images:
        rule = text("a folder must hold at least one image (png, jpg, bmp, webp, tiff, ...)")
        others = text("{count} other entries", count=len(entries))
        raise SourceError(name, rule, others if entries else text("none"))
    return images, [path for path in entries if path not in set(images)]


def _named(left_out: list[Path]) -> Text:
    """Return how many folders and other files there are, and the first of them."""
    return text(
        "{count} other files and folders: {names}",
        count=len(left_out),
        names=", ".join(path.name for path in left_out[:_MOST_NAMED])
        + (", ..." if len(left_out) > _MOST_NAMED else ""),
    )
