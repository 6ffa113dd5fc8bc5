"""Trainings that have ended, on disk: a folder each, below one for all.

A run's folder holds ``run.json`` (what was trained and how it went), ``curves.npz`` (every array),
``first.safetensors`` and ``best.safetensors`` (the network with its weights then).
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import zipfile
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cnngui.atomic import read_bounded, write_atomically
from cnngui.errors import SaveError, TrainingError, UserError, system_reason, text
from cnngui.formats.network_file import NetworkFile, read_network, write_network
from cnngui.locks import FileLock, OwnFolder
from cnngui.pipeline.training.array_file import read_arrays, write_arrays
from cnngui.pipeline.training.measured import NOTE_KEY, training_note
from cnngui.pipeline.training.progress import TrainingProgress
from cnngui.pipeline.training.run_codec import run_arrays, run_entry, run_from
from cnngui.weights import Weights

MOST_RUNS = 30

_DESCRIPTION = "run.json"
_ARRAYS = "curves.npz"
_MOST_BYTES = 2**25
"""Of a description; the network in it may have four millions, written as text in a text."""
_FIRST, _BEST = "first.safetensors", "best.safetensors"
_LOCK = "run.lock"
_ENDS = ("finished", "stopped", "failed")
_DISCARDED = ".discarded"
_log = logging.getLogger("cnngui")


def new_run_id() -> str:
    """Return a name that no other run has; later ones sort behind."""
    return f"{datetime.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"


class RunStore:
    """Reads and writes runs, in a folder that several windows may share. Used by one thread.

    Parameters
    ----------
    folder : need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._discarded = OwnFolder(folder / _DISCARDED)
        self._under_way: FileLock | None = None

    def begin(self, progress: TrainingProgress, first: Weights) -> None:
        """Write a run that has just begun, and let go of the oldest where there are too many.

        Raises
        ------
        SaveError
            If the disk refuses.
        """
        place = self._place(progress.run_id)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SaveError(str(place), text("must be writable"), system_reason(error)) from error
        self._hold(place)
        write_network(place / _FIRST, progress.spec, first)
        self.keep(progress, first)
        for path in self._run_folders()[MOST_RUNS:]:
            if not self._is_held_by_another(path):
                shutil.rmtree(path, ignore_errors=True)

    def keep(self, progress: TrainingProgress, best: Weights) -> None:
        """Write how a run stands. Each file is whole or as it was before.

        Raises
        ------
        SaveError
            If the disk refuses, or weights are not finite.
        """
        place = self._place(progress.run_id)
        notes = {NOTE_KEY: training_note(progress)}
        write_network(place / _BEST, progress.spec, best, notes)
        write_arrays(place / _ARRAYS, run_arrays(progress))
        write_atomically(place / _DESCRIPTION, json.dumps(run_entry(progress), indent=1).encode())
        if progress.state in _ENDS:
            self._hold(None)

    def runs(self) -> tuple[TrainingProgress, ...]:
        """Return the runs kept, newest first. What cannot be read is left out, with a log line.

        A run that never ended (the program was killed) counts as stopped; one that goes on in
        another window is left out.
        """
        runs = []
        for place in self._run_folders():
            if self._is_held_by_another(place):
                continue
            try:
                runs.append(_read(place))
            except _UNREADABLE as error:
                _log.warning("the run %s is unreadable: %s", place.name, error)
        return tuple(runs)

    def ids(self) -> tuple[str, ...]:
        """Return the names of the runs on disk that can be asked for, newest first."""
        return tuple(
            place.name for place in self._run_folders() if not self._is_held_by_another(place)
        )

    def read_weights(self, run_id: str, *, first: bool = False) -> NetworkFile:
        """Return the network of a run with its best weights, or those it began with.

        Raises
        ------
        NetworkFileError
            If the file is not there or not whole.
        """
        return read_network(self._place(run_id) / (_FIRST if first else _BEST))

    def set_discarded(self, run_id: str, discarded: bool) -> None:
        """Put a run aside or bring it back.

        Raises
        ------
        TrainingError
            If it is no longer there.
        """
        place = self._place(run_id)
        try:
            aside = self._discarded.path / run_id
            source, target = (place, aside) if discarded else (aside, place)
            source.rename(target)
        except OSError as error:
            rule = text("must be there to be deleted or brought back")
            raise TrainingError(str(place), rule, system_reason(error)) from error

    def forget_discarded(self) -> None:
        """Delete for good what was put aside by windows that are closed by now."""
        self._discarded.sweep()

    def close(self) -> None:
        """Delete what was put aside: with the window closed there is no undo any more."""
        self._hold(None)
        self._discarded.remove()

    def _hold(self, place: Path | None) -> None:
        """Show other windows that the run in that place goes on; None that none does."""
        if self._under_way is not None:
            self._under_way.release()
            self._under_way = None
        if place is not None:
            lock = FileLock(place / _LOCK)
            with suppress(OSError):
                if lock.try_acquire():
                    self._under_way = lock

    def _is_held_by_another(self, place: Path) -> bool:
        lock = FileLock(place / _LOCK)
        if not lock.path.exists() or (
            self._under_way is not None and self._under_way.path == lock.path
        ):
            return False
        try:
            is_free = lock.try_acquire()
        except OSError:
            return False
        lock.release()
        return not is_free

    def _place(self, run_id: str) -> Path:
        return self._folder / run_id

    def _run_folders(self) -> list[Path]:
        try:
            return sorted(
                (path.parent for path in self._folder.glob(f"[!.]*/{_DESCRIPTION}")), reverse=True
            )
        except OSError:
            return []


_UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    UserError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading files that anything may have written to can end in."""


def _read(place: Path) -> TrainingProgress:
    description = read_bounded(place / _DESCRIPTION, _MOST_BYTES + 1)
    if len(description) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES:,} bytes")
    run = run_from(json.loads(description), read_arrays(place / _ARRAYS))
    if run.run_id != place.name:
        raise TrainingError(place.name, text("must hold the run of that name"), run.run_id)
    return run
