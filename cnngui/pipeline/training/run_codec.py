"""A training that has ended as plain values and arrays, for files; read back without trust."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, replace
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from cnngui.harmless import harmless
from cnngui.pipeline.training.message_codec import words_entry, words_from_entry
from cnngui.pipeline.training.progress import (
    Ailment,
    Basis,
    Curves,
    Evaluation,
    Finding,
    FindingKind,
    KernelMoment,
    LayerHealth,
    Measurement,
    RateChange,
    TrainingProgress,
)
from cnngui.pipeline.training.settings_codec import settings_entry, settings_from_entry
from cnngui.pipeline.training.summary import summarise
from cnngui.spec.codec import from_json, to_json
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

_NUMBERS = ("epoch", "learning_rate", "samples_per_second")
_COUNTS = ("step", "steps", "memory_bytes")
_MOST = 1e18
_TEXTS = ("run_id", "data_name", "data_address")


def shortened(progress: TrainingProgress) -> TrainingProgress:
    """Return what is kept of a run when it is no longer the one looked at.

    Of the kernels' history that is only its beginning and its end.
    """
    return replace(progress, moments=(*progress.moments[:1], *progress.moments[1:][-1:]))


def run_entry(progress: TrainingProgress) -> dict[str, Any]:
    """Return what JSON can hold of a run."""
    entry: dict[str, Any] = {
        name: getattr(progress, name) for name in (*_TEXTS, *_COUNTS, *_NUMBERS)
    }
    evaluation = progress.evaluation
    return entry | {
        "state": progress.state,
        "message": words_entry(progress.message),
        "best": None if progress.best is None else asdict(progress.best),
        "spec": to_json(progress.spec),
        "settings": settings_entry(progress.settings),
        "rate_changes": [asdict(change) for change in progress.rate_changes],
        "samples": progress.samples,
        "layers": [asdict(health) for health in progress.layers],
        "findings": [[finding.kind, words_entry(finding.words)] for finding in progress.findings],
        "moments": [[moment.step, moment.epoch] for moment in shortened(progress).moments],
        "evaluated_classes": None if evaluation is None else evaluation.classes,
        "evaluated": None if evaluation is None else asdict(evaluation.measured),
    }


def run_arrays(progress: TrainingProgress) -> dict[str, NDArray[Any]]:
    """Return the arrays of a run by name."""
    arrays = {f"curves.{item.name}": getattr(progress.curves, item.name) for item in fields(Curves)}
    for place, moment in enumerate(shortened(progress).moments):
        for layer_id, kernel in moment.kernels.items():
            arrays[f"moment{place}.{layer_id}"] = kernel
    if progress.evaluation is not None:
        for name in ("indices", "labels", "probabilities"):
            arrays[f"evaluation.{name}"] = getattr(progress.evaluation, name)
    return arrays


def run_from(entry: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> TrainingProgress:
    """Return the run that ``run_entry`` and ``run_arrays`` were given.

    Raises
    ------
    KeyError, TypeError, ValueError, NetworkFileError
        If something is missing or of another kind.
    """
    state = entry["state"]
    spec = from_json(entry["spec"])
    samples = _count(entry["samples"][0]), _count(entry["samples"][1])
    curves = _curves(arrays)
    evaluation = _evaluation(entry, samples, curves, arrays)
    if "best" in entry:
        best = None if entry["best"] is None else _measurement(entry["best"])
    else:
        best = None if evaluation is None else evaluation.measured
    plain: dict[str, Any] = {name: str(entry[name]) for name in _TEXTS}
    plain["data_name"] = harmless(plain["data_name"])
    plain |= {name: _count(entry[name]) for name in _COUNTS}
    if plain["step"] > plain["steps"]:
        raise ValueError("more batches than there are in all")
    plain |= {name: _amount(entry[name]) for name in _NUMBERS}
    return TrainingProgress(
        **plain,
        message=words_from_entry(entry["message"]),
        state=state if state in ("finished", "failed") else "stopped",
        spec=spec,
        settings=settings_from_entry(entry["settings"]),
        rate_changes=tuple(
            RateChange(
                _count(change["step"]),
                _amount(change["epoch"]),
                _amount(change["seconds"]),
                _amount(change["rate"]),
            )
            for change in entry.get("rate_changes", ())
        ),
        samples=samples,
        seconds_left=0.0,
        curves=curves,
        layers=tuple(_health(health) for health in entry["layers"]),
        findings=tuple(_findings(entry.get("findings", ()))),
        moments=_moments(entry, arrays, spec),
        best=best,
        evaluation=evaluation,
    )


def _count(value: object) -> int:
    """Return a whole number that is not negative, and no larger than a counter grows."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(f"{str(value)[:40]} in place of a count")
    return value


def _amount(value: object) -> float:
    """Return a number that is neither negative nor endless. Losses alone may be anything."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
        raise ValueError(f"{str(value)[:40]} in place of an amount")
    return float(value)


def _moments(
    entry: dict[str, Any], arrays: dict[str, NDArray[Any]], spec: NetworkSpec
) -> tuple[KernelMoment, ...]:
    moments = tuple(
        KernelMoment(_count(step), _amount(epoch), _kernels(arrays, number, spec))
        for number, (step, epoch) in enumerate(entry["moments"])
    )
    # Whoever compares two moments relies on it.
    if any(moment.kernels.keys() != moments[0].kernels.keys() for moment in moments):
        raise ValueError("moments with kernels of other layers")
    return moments


def _curves(arrays: dict[str, NDArray[Any]]) -> Curves:
    curves = Curves(**{item.name: arrays[f"curves.{item.name}"] for item in fields(Curves)})
    measured = {"validation_epochs", "validation_loss", "validation_accuracy"}
    for item in fields(Curves):
        when = curves.validation_epochs if item.name in measured else curves.epochs
        _demand(getattr(curves, item.name), "f", (when.size,))
    return curves


def _demand(array: NDArray[Any], kinds: str, shape: tuple[int, ...]) -> None:
    """Raise a ValueError for an array of another kind or shape."""
    if array.dtype.kind not in kinds or array.shape != shape:
        raise ValueError(f"{array.dtype} {array.shape} in place of {kinds} {shape}")


def _health(entry: dict[str, Any]) -> LayerHealth:
    ailment = entry["ailment"]
    return LayerHealth(
        harmless(str(entry["layer_id"])),
        float(entry["gradient"]),
        float(entry["update"]),
        ailment if ailment in get_args(Ailment) else None,
    )


def _findings(entries: Iterable[Any]) -> Iterator[Finding]:
    """Give those of the kinds there are now."""
    for kind, words in entries:
        if kind in get_args(FindingKind):
            yield Finding(kind, words_from_entry(words))


def _kernels(
    arrays: dict[str, NDArray[Any]], number: int, spec: NetworkSpec
) -> dict[str, NDArray[np.float32]]:
    """Return a moment's kernels, which have the shapes that the network gives them."""
    start = f"moment{number}."
    kernels = {
        name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)
    }
    shapes = infer(spec).parameters
    for layer_id, array in kernels.items():
        if not spec.layer(layer_id).has_kernels:
            raise ValueError(f"kernels of {layer_id}, which has none")
        _demand(array, "f", shapes[layer_id]["weight"])
    return kernels


def _measurement(entry: dict[str, Any]) -> Measurement:
    basis = entry["basis"]
    if basis not in get_args(Basis):
        raise ValueError(f"measured on {basis!r}")
    return Measurement(
        basis,
        _count(entry["samples"]),
        _amount(entry["epoch"]),
        _amount(entry["accuracy"]),
        float(entry["loss"]),
    )


def _evaluation(
    entry: dict[str, Any],
    samples: tuple[int, int],
    curves: Curves,
    arrays: dict[str, NDArray[Any]],
) -> Evaluation | None:
    classes = entry["evaluated_classes"]
    if classes is None:
        return None
    labels, probabilities = arrays["evaluation.labels"], arrays["evaluation.probabilities"]
    count = len(labels)
    _demand(labels, "iu", (count,))
    _demand(arrays["evaluation.indices"], "iu", (count,))
    _demand(probabilities, "f", (count, len(classes)))
    if count and not 0 <= labels.min() <= labels.max() < len(classes):
        raise ValueError("labels beyond the classes")
    summary = summarise(labels, probabilities)
    if "evaluated" in entry:
        measured = _measurement(entry["evaluated"])
    else:
        # What older runs tell of their best weights is true of the epoch alone.
        basis: Basis = "validation" if samples[1] else "training"
        epoch = _amount(entry["best_epoch"])
        losses = curves.validation_loss[curves.validation_epochs == np.float32(epoch)]
        loss = float(losses[0]) if losses.size else math.nan
        measured = Measurement(basis, count, epoch, summary.accuracy, loss)
    return Evaluation(
        measured=measured,
        classes=tuple(harmless(str(name)) for name in classes),
        indices=arrays["evaluation.indices"],
        labels=labels,
        probabilities=probabilities,
        summary=summary,
    )
