"""Trainings that have ended, on disk: a folder each, below one for all.

A run's folder holds ``run.json`` (what was trained and how it went), ``curves.npz`` (every array),
``first.safetensors`` and ``best.safetensors`` (the network with its weights then).
"""

from __future__ import annotations

import io
import json
import logging
import secrets
import shutil
import zipfile
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from cnngui.atomic import write_atomically
from cnngui.errors import SaveError, TrainingError, UserError
from cnngui.formats.network_file import NetworkFile, read_network, write_network
from cnngui.pipeline.training.progress import (
    Ailment,
    Curves,
    Evaluation,
    KernelMoment,
    LayerHealth,
    TrainingProgress,
)
from cnngui.pipeline.training.settings_codec import settings_entry, settings_from_entry
from cnngui.pipeline.training.summary import summarise
from cnngui.spec.codec import from_json, to_json
from cnngui.weights import Weights

MOST_RUNS = 30

_DESCRIPTION = "run.json"
_ARRAYS = "curves.npz"
_FIRST, _BEST = "first.safetensors", "best.safetensors"
_DISCARDED = ".discarded"
_NUMBERS = ("epoch", "learning_rate", "samples_per_second", "best_epoch", "best_accuracy")
_COUNTS = ("step", "steps", "memory_bytes")
_TEXTS = ("run_id", "data_name", "data_address", "message")
_log = logging.getLogger("cnngui")


def new_run_id() -> str:
    """Return a name that no other run has; later ones sort behind."""
    return f"{datetime.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"


def shortened(progress: TrainingProgress) -> TrainingProgress:
    """Return what is kept of a run when it is no longer the one looked at.

    Of the kernels' history that is only its beginning and its end.
    """
    return replace(progress, moments=(*progress.moments[:1], *progress.moments[1:][-1:]))


class RunStore:
    """Reads and writes runs. Holds nothing, so any thread may use it.

    Parameters
    ----------
    folder : need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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
            raise SaveError(str(place), "must be writable", error.strerror or error) from error
        write_network(place / _FIRST, progress.spec, first)
        self.keep(progress, first)
        for path in self._run_folders()[MOST_RUNS:]:
            shutil.rmtree(path, ignore_errors=True)

    def keep(self, progress: TrainingProgress, best: Weights) -> None:
        """Write how a run stands. Each file is whole or as it was before.

        Raises
        ------
        SaveError
            If the disk refuses, or weights are not finite.
        """
        place = self._place(progress.run_id)
        write_network(place / _BEST, progress.spec, best)
        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, **_arrays(progress))
        write_atomically(place / _ARRAYS, content.getvalue())
        write_atomically(place / _DESCRIPTION, json.dumps(_entry(progress), indent=1).encode())

    def runs(self) -> tuple[TrainingProgress, ...]:
        """Return the runs kept, newest first. What cannot be read is left out, with a log line.

        A run that never ended (the program was killed) counts as stopped.
        """
        runs = []
        for place in self._run_folders():
            try:
                runs.append(_read(place))
            except _UNREADABLE as error:
                _log.warning("the run %s is unreadable: %s", place.name, error)
        return tuple(runs)

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
        places = self._place(run_id), self._folder / _DISCARDED / run_id
        source, target = places if discarded else reversed(places)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
        except OSError as error:
            rule = "must be there to be deleted or brought back"
            raise TrainingError(str(source), rule, error.strerror or error) from error

    def forget_discarded(self) -> None:
        """Delete what was put aside, for good."""
        shutil.rmtree(self._folder / _DISCARDED, ignore_errors=True)

    def _place(self, run_id: str) -> Path:
        return self._folder / run_id

    def _run_folders(self) -> list[Path]:
        try:
            return sorted(
                (path.parent for path in self._folder.glob(f"[!.]*/{_DESCRIPTION}")), reverse=True
            )
        except OSError:
            return []


_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, UserError, zipfile.BadZipFile)
"""What reading files that anything may have written to can end in."""


def _entry(progress: TrainingProgress) -> dict[str, Any]:
    entry: dict[str, Any] = {
        name: getattr(progress, name) for name in (*_TEXTS, *_COUNTS, *_NUMBERS)
    }
    evaluation = progress.evaluation
    return entry | {
        "state": progress.state,
        "spec": to_json(progress.spec),
        "settings": settings_entry(progress.settings),
        "samples": progress.samples,
        "layers": [asdict(health) for health in progress.layers],
        "moments": [[moment.step, moment.epoch] for moment in shortened(progress).moments],
        "evaluated_classes": None if evaluation is None else evaluation.classes,
    }


def _arrays(progress: TrainingProgress) -> dict[str, NDArray[Any]]:
    arrays = {f"curves.{item.name}": getattr(progress.curves, item.name) for item in fields(Curves)}
    for place, moment in enumerate(shortened(progress).moments):
        for layer_id, kernel in moment.kernels.items():
            arrays[f"moment{place}.{layer_id}"] = kernel
    if progress.evaluation is not None:
        for name in ("indices", "labels", "probabilities"):
            arrays[f"evaluation.{name}"] = getattr(progress.evaluation, name)
    return arrays


def _read(place: Path) -> TrainingProgress:
    entry = json.loads((place / _DESCRIPTION).read_text(encoding="utf-8"))
    with np.load(place / _ARRAYS, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    for array in arrays.values():
        array.flags.writeable = False
    state = entry["state"]
    if entry["run_id"] != place.name:
        raise TrainingError(place.name, "must hold a run of that name", entry["run_id"])
    return TrainingProgress(
        **{name: str(entry[name]) for name in _TEXTS},
        **{name: int(entry[name]) for name in _COUNTS},
        **{name: float(entry[name]) for name in _NUMBERS},
        state=state if state in ("finished", "failed") else "stopped",
        spec=from_json(entry["spec"]),
        settings=settings_from_entry(entry["settings"]),
        samples=(int(entry["samples"][0]), int(entry["samples"][1])),
        seconds_left=0.0,
        curves=Curves(**{item.name: arrays[f"curves.{item.name}"] for item in fields(Curves)}),
        layers=tuple(
            LayerHealth(
                str(health["layer_id"]),
                float(health["gradient"]),
                float(health["update"]),
                health["ailment"] if health["ailment"] in get_args(Ailment) else None,
            )
            for health in entry["layers"]
        ),
        moments=tuple(
            KernelMoment(int(step), float(epoch), _kernels(arrays, number))
            for number, (step, epoch) in enumerate(entry["moments"])
        ),
        evaluation=_evaluation(entry["evaluated_classes"], arrays),
    )


def _kernels(arrays: dict[str, NDArray[Any]], number: int) -> dict[str, NDArray[np.float32]]:
    start = f"moment{number}."
    return {
        name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)
    }


def _evaluation(classes: list[str] | None, arrays: dict[str, NDArray[Any]]) -> Evaluation | None:
    if classes is None:
        return None
    labels, probabilities = arrays["evaluation.labels"], arrays["evaluation.probabilities"]
    return Evaluation(
        classes=tuple(map(str, classes)),
        indices=arrays["evaluation.indices"],
        labels=labels,
        probabilities=probabilities,
        summary=summarise(labels, probabilities),
    )
