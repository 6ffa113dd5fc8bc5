"""Samples that the user records, in one folder per class: PNG files, and folders of them for clips.

What is deleted goes to a hidden folder beside the classes, so that it can be had back.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.atomic import write_atomically
from cnngui.data.class_list import (
    COLOURS,
    SampleClass,
    check_colour,
    check_name,
    listed_classes,
    named,
    write_classes,
)
from cnngui.data.clip_writer import ClipWriter
from cnngui.data.folder import FolderDataset, open_folder
from cnngui.data.left_out import companion, leave_out, take_in
from cnngui.data.recordings import new_recording
from cnngui.data.stored import StoredSample
from cnngui.errors import DataError, SaveError, system_reason, text
from cnngui.images.encoding import encoded_png
from cnngui.images.resizing import resized
from cnngui.locks import OwnFolder

MOST_SIDE = 320
"""Pixels of the longer side: enough for every input, and a thousand samples take 100 MB."""

_TRASH = ".cnngui-trash"


@dataclass(frozen=True)
class SampleFolder:
    """A folder of samples. Knows nothing that is not on the disk.

    Attributes
    ----------
    path : absolute; need not exist before the first class is added.
    """

    path: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", self.path.absolute())

    def classes(self) -> tuple[SampleClass, ...]:
        """Return the classes in their order; none where there is no folder yet.

        Raises
        ------
        DataError
            If the folder cannot be read.
        """
        return listed_classes(self.path, []) if self.path.exists() else ()

    def as_dataset(self, known: FolderDataset | None = None) -> FolderDataset:
        """Return the samples there are now.

        Parameters
        ----------
        known : what was returned before; its files are not looked at again.

        Raises
        ------
        DataError
            If the folder cannot be read.
        """
        if not self.classes():
            return FolderDataset(self.path, (), (), (), ())
        return open_folder(self.path, known=known, may_be_empty=True)

    def add(self, class_name: str, pixels: NDArray[np.uint8], name: str = "") -> Path:
        """Write a sample, whole or not at all, and return its file.

        Parameters
        ----------
        pixels : uint8 ``(H, W, 3)``, RGB; made smaller if a side is longer than ``MOST_SIDE``.
        name : of the file; see ``recordings.sample_name``. "" is for a sample by itself.

        Raises
        ------
        DataError
            If there is no such class.
        SaveError
            If the disk is full or the folder read-only.
        """
        path = self._class_path(class_name) / (name or f"{new_recording()}.png")
        pixels = made_small(pixels)
        write_atomically(path, encoded_png(pixels))
        return path

    def begin_clip(self, class_name: str, name: str) -> ClipWriter:
        """Return what writes a clip, frame by frame.

        Parameters
        ----------
        name : of its folder; see ``recordings.sample_name``.

        Raises
        ------
        DataError
            If there is no such class.
        SaveError
            If the disk is full or the folder read-only.
        """
        return ClipWriter(self._class_path(class_name) / name)

    def delete(self, paths: Iterable[Path]) -> None:
        """Put samples into the trash.

        Raises
        ------
        DataError, SaveError
            If a file is not one of the samples, or cannot be moved; those before it are moved.
        """
        for path in paths:
            self._check_is_sample(path)
            _move(path, _vacated(self._trashed(path)))
            _move_companion(path, self._trashed(path))

    def restore(self, paths: Iterable[Path]) -> None:
        """Have deleted samples back where they were.

        Raises
        ------
        DataError, SaveError
            If one is not in the trash, or its place is taken.
        """
        for path in paths:
            self._check_is_sample(path)
            _move(self._trashed(path), path)
            _move_companion(self._trashed(path), path)

    def leave_out(self, clips: Iterable[StoredSample]) -> None:
        """Learn no longer from clips of long films, which stay as they are.

        Raises
        ------
        DataError, SaveError
            If a film is not one of the samples, or the disk is full; those before are left out.
        """
        leave_out(map(self._checked, clips))

    def take_in(self, clips: Iterable[StoredSample]) -> None:
        """Learn again from clips that were left out.

        Raises
        ------
        DataError, SaveError
            As for ``leave_out``.
        """
        take_in(map(self._checked, clips))

    def move(self, paths: Iterable[Path], class_name: str) -> tuple[Path, ...]:
        """Put samples into another class and return where they are now.

        Raises
        ------
        DataError, SaveError
            If there is no such class, or a file cannot be moved; those before it are moved.
        """
        folder = self._class_path(class_name)
        moved = []
        for path in paths:
            self._check_is_sample(path)
            place = path if path.parent == folder else _free(folder / path.name)
            if place != path:
                _move(path, place)
                _move_companion(path, place)
            moved.append(place)
        return tuple(moved)

    def add_class(self, name: str, colour: str = "", place: int | None = None) -> None:
        """Add a class without samples.

        Parameters
        ----------
        colour : ``#rrggbb``; chosen here where empty.
        place : in the order of the classes; at the end where None.

        Raises
        ------
        DataError, SaveError
            If the name is taken or cannot be a folder's, or the folder cannot be made.
        """
        classes = self.classes()
        self._check_is_new(name, classes)
        if not colour:
            used = {one.colour for one in classes}
            fresh = [one for one in COLOURS if one not in used]
            colour = fresh[0] if fresh else COLOURS[len(classes) % len(COLOURS)]
        check_colour(colour)
        try:
            (self.path / name).mkdir(parents=True)
        except OSError as error:
            raise _save_error(self.path / name, error) from error
        self._insert(classes, SampleClass(name, colour), place)

    def rename_class(self, name: str, new_name: str) -> None:
        """Call a class by another name.

        Raises
        ------
        DataError, SaveError
            If there is no such class, or the new name cannot be had.
        """
        classes = self.classes()
        path = self._class_path(name)
        if new_name == name:
            return
        self._check_is_new(new_name, tuple(one for one in classes if one.name != name))
        try:
            path.rename(self.path / new_name)
        except OSError as error:
            raise _save_error(self.path / new_name, error) from error
        renamed = [replace(one, name=new_name) if one.name == name else one for one in classes]
        write_classes(self.path, tuple(renamed))

    def recolour_class(self, name: str, colour: str) -> None:
        """Give a class another colour, ``#rrggbb``.

        Raises
        ------
        DataError, SaveError
        """
        check_colour(colour)
        self._class_path(name)
        write_classes(
            self.path,
            tuple(
                replace(one, colour=colour) if one.name == name else one for one in self.classes()
            ),
        )

    def remove_class(self, name: str) -> None:
        """Put a class with all its samples into the trash.

        Raises
        ------
        DataError, SaveError
        """
        classes = self.classes()
        _move(self._class_path(name), _vacated(self._trashed_class(name)))
        write_classes(self.path, tuple(one for one in classes if one.name != name))

    def restore_class(self, removed: SampleClass, place: int | None = None) -> None:
        """Have a removed class back, with its samples, at its place among the classes.

        Raises
        ------
        DataError, SaveError
            If it is not in the trash, or its name is taken.
        """
        classes = self.classes()
        self._check_is_new(removed.name, classes)
        _move(self._trashed_class(removed.name), self.path / removed.name)
        self._insert(classes, removed, place)

    def empty_trash(self) -> None:
        """Delete for good what this process deleted, or one that has ended.

        What another window may yet bring back stays, and what cannot be deleted.
        """
        _own_trash(self.path).sweep()
        _own_trash(self.path).remove()
        with _lock:
            _trashes.pop(self.path, None)

    def _insert(
        self, classes: tuple[SampleClass, ...], added: SampleClass, place: int | None
    ) -> None:
        at = len(classes) if place is None else place
        write_classes(self.path, (*classes[:at], added, *classes[at:]))

    def _class_path(self, name: str) -> Path:
        if all(one.name != name for one in self.classes()):
            rule = text("must be one of {folder}", folder=self.path.name)
            raise DataError(named(name), rule, text("no such class"))
        return self.path / name

    def _check_is_new(self, name: str, others: tuple[SampleClass, ...]) -> None:
        check_name(name)
        # Some file systems do not tell capitals from small letters.
        if name.casefold() in {one.name.casefold() for one in others}:
            raise DataError(named(name), text("must have a name that no other class has"))

    def _check_is_sample(self, path: Path) -> None:
        if path.parent.parent != self.path or path.parent.name.startswith("."):
            raise DataError(str(path), text("must be a sample of {folder}", folder=str(self.path)))

    def _checked(self, clip: StoredSample) -> StoredSample:
        self._check_is_sample(clip.path)
        return clip

    def _trashed(self, path: Path) -> Path:
        return self._trash / "samples" / path.parent.name / path.name

    def _trashed_class(self, name: str) -> Path:
        return self._trash / "classes" / name

    @property
    def _trash(self) -> Path:
        try:
            return _own_trash(self.path).path
        except OSError as error:
            raise _save_error(self.path, error) from error


def made_small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture of which no side is longer than ``MOST_SIDE``."""
    return resized(pixels, min(max(pixels.shape[:2]), MOST_SIDE))


_lock = threading.Lock()
_trashes: dict[Path, OwnFolder] = {}


def _own_trash(folder: Path) -> OwnFolder:
    with _lock:
        return _trashes.setdefault(folder, OwnFolder(folder / _TRASH))


def _move(source: Path, target: Path) -> None:
    if not source.exists():
        raise DataError(str(source), text("must be there"), text("no such file"))
    if target.exists():
        raise DataError(str(target), text("must not be there already"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
    except OSError as error:
        raise _save_error(source, error) from error


def _move_companion(source: Path, target: Path) -> None:
    """Let what is left out of a film go where the film went."""
    left = companion(source)
    if left.exists():
        _move(left, _vacated(companion(target)))


def _vacated(path: Path) -> Path:
    """Return a place in the trash; what has it already stays there by another name."""
    if path.exists():
        _move(path, _free(path))
    return path


def _free(path: Path) -> Path:
    """Return the path, or one like it that nothing has."""
    if not path.exists():
        return path
    return path.with_name(f"{path.stem}-{secrets.token_hex(4)}{path.suffix}")


def _save_error(path: Path, error: OSError) -> SaveError:
    return SaveError(str(path), text("must be writable"), system_reason(error))
