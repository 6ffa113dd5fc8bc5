"""What is to be told of how a training goes: found out of what was measured, and said in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import text
from cnngui.pipeline.training.course import Course
from cnngui.pipeline.training.progress import (
    Ailment,
    Curves,
    Finding,
    IdleUnits,
    LayerHealth,
    Measurement,
)
from cnngui.pipeline.training.recipe import higher_rate, lower_rate
from cnngui.pipeline.training.settings import TrainingSettings

_IDLE = 0.9
"""Nearly all of a layer's units: some are idle in many a network that learns well."""
_MOST_NAMED = 4
_EPOCHS_OF_RISE = 2
_NOTABLE = 0.05
"""Of what guessing costs: a loss that has risen by less is as good as before."""
_RISEN, _FALLEN = 1.1, 0.9
"""Shares of the losses at the turn: validation above the one, training below the other."""


def findings_about(
    course: Course,
    layers: Sequence[LayerHealth],
    idle: Sequence[IdleUnits],
    curves: Curves,
    settings: TrainingSettings,
    best: Measurement | None,
    *,
    alike: Sequence[str],
    is_done: bool,
) -> tuple[Finding, ...]:
    """Return what is to be told of a training, the worst first.

    Parameters
    ----------
    course : of the loss and of the steps.
    layers, idle : how each layer fares; units that respond to nothing.
    curves : losses of training and validation.
    settings : with the learning rate that there is now.
    best : the measurement of the weights that are kept.
    alike : classes of one recording alone, whose samples kept apart look like the others.
    is_done : whether no better ones will come.
    """
    found = [*_ill_layers(layers, "nan"), *_of_the_rate(course, settings)]
    if course.verdict in ("too large", "stuck"):
        found += _idle_layers(idle)
    if course.verdict is None:
        found += _ill_layers(layers, "exploding")
    elif course.verdict == "too large" and found[-1].kind != "idle":
        found += _ill_layers(layers, "silenced")
    found += _ill_layers(layers, "vanishing")
    if course.verdict is None and best is not None:
        found += _overfitting(curves, course.guessing, best)
    if is_done and best is not None and best.epoch == 0 and len(curves.epochs):
        words = text("Nothing that was measured did better than the first weights: they are kept.")
        found.append(Finding("no better", words))
    if is_done and settings.patience and best is not None:
        epochs = curves.epochs[-1] if len(curves.epochs) else 0.0
        if epochs - best.epoch >= settings.patience and epochs < settings.epochs:
            words = text(
                "Nothing better was measured for {patience} epochs, so it ended after epoch "
                "{epoch:g}, before the last.",
                patience=settings.patience,
                epoch=round(float(epochs), 2),
            )
            found.append(Finding("ended early", words))
    if alike:
        words = text(
            "{classes}: all samples are of one recording. Those kept apart look like those it "
            "learns from, and the accuracy on them flatters. Record such a class a second time.",
            classes=_listed(alike),
        )
        found.append(Finding("alike", words))
    return tuple(found)


def _of_the_rate(course: Course, settings: TrainingSettings) -> Iterator[Finding]:
    match course.verdict:
        case "too large":
            words = text(
                "The learning rate is too large: the loss went from {first:.3g} to {now:.3g}. Go "
                "back to the first weights and take a smaller rate, such as {rate:g}.",
                first=course.first,
                now=course.now,
                rate=lower_rate(settings),
            )
            yield Finding("too large", words)
        case "too small":
            words = text(
                "The learning rate is too small: a step changes the weights by {step:.1g} of their "
                "length, and the loss stays where it was, at {now:.3g}. Try {rate:g}.",
                step=course.pace,
                now=course.now,
                rate=higher_rate(settings),
            )
            yield Finding("too small", words)
        case "stuck":
            words = text(
                "The loss does not fall, from {first:.3g} to {now:.3g}, although the weights "
                "change. Do the samples show what their classes differ in? Is the network large "
                "enough?",
                first=course.first,
                now=course.now,
            )
            yield Finding("stuck", words)


def _ill_layers(layers: Sequence[LayerHealth], ailment: Ailment) -> Iterator[Finding]:
    ill = [layer.layer_id for layer in layers if layer.ailment == ailment]
    if not ill:
        return
    names = _listed(ill)
    match ailment:
        case "nan":
            words = text(
                "{layers}: values are no longer numbers. The training has stopped; the best "
                "weights are kept. Try a smaller learning rate.",
                layers=names,
            )
        case "exploding":
            words = text(
                "{layers}: a step changes too much of it. Try a smaller learning rate, or "
                "clipping.",
                layers=names,
            )
        case "silenced":
            words = text(
                "{layers}: gradients reached it at first, and do not any more. Go back to the "
                "first weights and take a smaller learning rate.",
                layers=names,
            )
        case "vanishing":
            words = text(
                "{layers}: hardly learns, gradients vanish on their way to it. Try ReLU instead of "
                "Sigmoid or Tanh, or BatchNorm2d.",
                layers=names,
            )
    yield Finding(ailment, words)


def _idle_layers(idle: Sequence[IdleUnits]) -> Iterator[Finding]:
    """Of layers that respond to nothing the first one is told: those behind it cannot either."""
    for layer in idle:
        if layer.idle >= _IDLE * layer.units:
            words = text(
                "{layer}: {idle} of {units} units give the same whatever they read: they are "
                "saturated, or 0, for every sample. Nothing before them can learn.",
                layer=layer.layer_id,
                idle=layer.idle,
                units=layer.units,
            )
            yield Finding("idle", words)
            return


def _overfitting(curves: Curves, guessing: float, best: Measurement) -> Iterator[Finding]:
    """Say since when the loss of samples kept apart has risen while that of training fell."""
    losses, epochs = curves.validation_loss, curves.validation_epochs
    if len(losses) <= _EPOCHS_OF_RISE or not len(curves.epochs) or not np.isfinite(losses).all():
        return
    turn = int(np.argmin(losses))
    since = losses[turn + 1 :][-_EPOCHS_OF_RISE:]
    then, now = _training_loss(curves, epochs[turn]), _training_loss(curves, epochs[-1])
    least = max(_RISEN * losses[turn], losses[turn] + _NOTABLE * guessing)
    if len(since) < _EPOCHS_OF_RISE or since.min() < least or now > _FALLEN * then:
        return
    words = text(
        "Overfitting: since epoch {since:.4g} the loss on samples kept apart has risen from "
        "{apart_then:.3g} to {apart_now:.3g}, while in training it fell from {then:.3g} to "
        "{now:.3g}. The weights of epoch {kept:.4g} are kept. More samples, augmentation or "
        "dropout help.",
        since=float(epochs[turn]),
        apart_then=float(losses[turn]),
        apart_now=float(losses[-1]),
        then=then,
        now=now,
        kept=best.epoch,
    )
    yield Finding("overfitting", words)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")


def _training_loss(curves: Curves, epoch: NDArray[np.float32]) -> float:
    return float(np.interp(epoch, curves.epochs, curves.smooth_loss))
