"""A training, step by step. No threads: whoever owns it says when the next step is done."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from cnngui.data.dataset import Dataset
from cnngui.data.split import stratified_split
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.learning.clipping import clip_by_norm, lengths_by_layer
from cnngui.engine.learning.losses import loss_named
from cnngui.engine.learning.network import TrainableNetwork
from cnngui.engine.learning.schedules import rate_factor
from cnngui.errors import DataError, TrainingError, Words, text
from cnngui.pipeline.training.batches import Batches
from cnngui.pipeline.training.course import Course, guessing_loss
from cnngui.pipeline.training.curves import CurveRecorder
from cnngui.pipeline.training.evaluate import evaluate, labels_among
from cnngui.pipeline.training.findings import findings_about
from cnngui.pipeline.training.health import HealthMonitor, largest_share
from cnngui.pipeline.training.history import KernelHistory, moment
from cnngui.pipeline.training.idle import MOST_SAMPLES, idle_units
from cnngui.pipeline.training.kept import KeptWeights
from cnngui.pipeline.training.progress import (
    Basis,
    Evaluation,
    IdleUnits,
    RateChange,
    TrainingProgress,
    TrainingState,
)
from cnngui.pipeline.training.recipe import class_weights, lower_rate, make_optimizer
from cnngui.pipeline.training.requirements import (
    affordable_bytes,
    refuse_misfit,
    refuse_unusable_data,
    refuse_unusable_settings,
)
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.checks import shown
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

_ORDER, _AUGMENTATION = 1, 2
"""What the seed is joined with, so that no two kinds of chance draw the same numbers."""

_MOST_CHANGES = 500
"""So many changes of the learning rate are remembered, the last ones."""
_RUNAWAY = 1e6
"""A loss that is this many times what it was at first never comes back."""

_FEWEST_AT_A_TIME = 16
_MOST_EVALUATED = 2000
"""Where no samples are kept apart, that many of those trained with are looked at each epoch."""

_LONGEST_LAST_MEASUREMENT_S = 5.0
"""When a training is stopped in an epoch, its user waits so long for what it is worth, about."""

_KEPT_SHARE = 0.9
"""The average time of a step keeps this share of itself with each further step."""


class Trainer:
    """One network learning from one data set.

    Parameters
    ----------
    spec : the network; gets the data's classes.
    weights : to begin with; those of layers that are absent are drawn.
    data, settings : what to learn from, and how.
    run_id : passed on in ``progress``.
    is_cancelled, on_prepared : asked and told (done, total) while the samples are read at first.
    interruption : asked between the pieces of a step. What it takes is not counted as training.

    Attributes
    ----------
    spec : with the data's classes.
    batches_done, epochs_measured : how far it is; ``step`` adds no batch while it measures.
    is_winding_up : whether it was told to end, and measures before it does.

    Raises
    ------
    NetworkError : the network is not valid.
    TrainingError : network, data and settings do not go together, or are too large for the memory.
    DataError : a sample cannot be read.
    OpeningCancelledError : ``is_cancelled`` said yes.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Weights | None,
        data: Dataset,
        settings: TrainingSettings,
        *,
        run_id: str = "",
        is_cancelled: Callable[[], bool] = lambda: False,
        on_prepared: Callable[[int, int], None] = lambda done, total: None,
        interruption: Interruption | None = None,
    ) -> None:
        refuse_unusable_settings(settings)
        refuse_unusable_data(data)
        refuse_misfit(spec, len(data.classes))
        self.spec = replace(spec, classes=data.classes)
        # Before memory is taken for the samples.
        first = TrainableNetwork(self.spec, weights, seed=settings.seed)
        self._memory_bytes = affordable_bytes(self.spec, settings.batch_size)
        self._run_id = run_id
        self._data = data
        self._settings = settings
        self._interruption = interruption or Interruption()
        self._first_weights = first.weights()
        self._batches = Batches(data, spec.input, is_cancelled, on_prepared)
        self._training, self._validation, self._alike = stratified_split(
            data.labels, settings.validation_share, settings.seed, data.recordings
        )
        self._basis: Basis = "validation" if len(self._validation) else "training"
        self._evaluated = self._validation
        if self._basis == "training":
            self._evaluated = _some(self._training, _MOST_EVALUATED)
        self._steps_per_epoch = math.ceil(len(self._training) / settings.batch_size)
        self._steps = self._steps_per_epoch * settings.epochs
        learned, classes = data.labels[self._training], len(data.classes)
        weights_of_classes = class_weights(learned, classes) if settings.class_weights else None
        self._loss = loss_named(settings.loss, weights_of_classes)
        self._guessing = guessing_loss(learned, classes, settings.loss, weights_of_classes)
        self._warmup_steps = round(settings.warmup_epochs * self._steps_per_epoch)
        self.reset()

    def reset(self) -> None:
        """Go back to the first weights; the same steps follow again, at the rate there is now."""
        seed = self._settings.seed
        self._network = TrainableNetwork(
            self.spec, self._first_weights, seed=seed, interruption=self._interruption
        )
        self._optimizer = make_optimizer(self._settings)
        self._course = Course(self._guessing, self._steps, self._warmup_steps)
        self._idle: tuple[IdleUnits, ...] = ()
        self._kernels = self._watched_kernels()
        self._curves = CurveRecorder()
        self._history = KernelHistory(moment(0, 0.0, self._kernels))
        self._health = HealthMonitor(
            {
                layer_id: sum(array.size for array in arrays.values())
                for layer_id, arrays in self._network.parameters.items()
            }
        )
        self._seconds = self._seconds_per_batch = 0.0
        self._first_settings = self._settings
        self._rate_changes: list[RateChange] = []
        self._state: TrainingState = "running"
        self._message: Words = ""
        self.batches_done = 0
        self._first_loss = math.inf
        self.epochs_measured = 0
        self.is_winding_up = False
        self._measures_next = True
        self._batches_measured = 0
        self._samples_measured, self._seconds_measuring = 0, 0.0
        self._evaluation: Evaluation | None = None
        self._kept = KeptWeights(self._first_weights, classes_alike=self._settings.class_weights)
        self._work = self._all_epochs()

    @property
    def is_done(self) -> bool:
        """Whether it is finished, stopped or failed."""
        return self._state != "running"

    @property
    def has_learned(self) -> bool:
        """Whether the best weights are others than the first."""
        return self._kept.weights is not self._first_weights

    @property
    def learning_rate(self) -> float:
        """What the schedule's factor is applied to; may be set at any time.

        Raises
        ------
        TrainingError
            If it is set to a number out of its range.
        """
        return self._settings.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        settings = replace(self._settings, learning_rate=rate)
        refuse_unusable_settings(settings)
        if settings == self._settings:
            return
        self._settings = settings
        self._course.restart()
        if self.batches_done == 0:
            self._first_settings = settings  # no step was done at another
            return
        changes = [change for change in self._rate_changes if change.step < self.batches_done]
        if rate != (changes[-1].rate if changes else self._first_settings.learning_rate):
            changes.append(RateChange(self.batches_done, self._epoch, self._seconds, rate))
        self._rate_changes = changes[-_MOST_CHANGES:]

    @property
    def progress(self) -> TrainingProgress:
        """How it stands: a fresh value each time."""
        settings, seconds, kept = self._settings, self._seconds_per_batch, self._kept.evaluation
        best = None if kept is None else kept.measured
        curves, layers = self._curves.curves(), self._health.layers()
        remaining = 0 if self.is_done else self._steps - self.batches_done
        return TrainingProgress(
            run_id=self._run_id,
            state=self._state,
            spec=self.spec,
            data_name=self._data.name,
            data_address=self._data.address,
            settings=self._first_settings,
            rate_changes=tuple(self._rate_changes),
            samples=(len(self._training), len(self._validation)),
            epoch=self._epoch,
            step=self.batches_done,
            steps=self._steps,
            learning_rate=self._optimizer.learning_rate,
            samples_per_second=settings.batch_size / seconds if seconds else 0.0,
            seconds_left=remaining * self._seconds / max(self.batches_done, 1),
            memory_bytes=self._memory_bytes,
            curves=curves,
            layers=layers,
            moments=self._history.moments(self.batches_done, self._epoch, self._kernels),
            findings=findings_about(
                self._course,
                layers,
                self._idle,
                curves,
                settings,
                best,
                alike=[shown(self._data.classes[label]) for label in self._alike],
                is_done=self.is_done,
            ),
            best=best,
            evaluation=kept if self.is_done else self._evaluation,
            message=self._message,
            measuring=self._measures_next and not self.is_done,
        )

    def step(self) -> None:
        """Do one batch, or a part of what is measured before the first and after each epoch.

        Where loss, gradients or weights are no longer numbers, the best weights come back, the
        state is "failed", and the message says why; so it does where a sample cannot be read.

        Raises
        ------
        AbandonedError
            The interruption gave the step up. Only ``stop`` or ``reset`` may follow.
        """
        if self.is_done:
            return
        began, batches = perf_counter() - self._interruption.seconds, self.batches_done
        try:
            # What overflows is found out in time, and told in words.
            with np.errstate(all="ignore"):
                next(self._work)
        except StopIteration:
            self._state = "stopped" if self.is_winding_up else "finished"
        except TrainingError as error:
            self._network.restore(self._kept.weights)
            self._state, self._message = "failed", error.message
        except DataError as error:
            self._state, self._message = "failed", error.message
        seconds = perf_counter() - self._interruption.seconds - began
        self._seconds += seconds
        if self.batches_done > batches:
            before = self._seconds_per_batch or seconds
            self._seconds_per_batch = _KEPT_SHARE * before + (1 - _KEPT_SHARE) * seconds
        else:
            self._seconds_measuring += seconds

    def stop(self) -> None:
        """End it at once. What was learned since the last measurement is not kept."""
        if not self.is_done:
            self._state = "stopped"

    def wind_up(self) -> None:
        """End it before its time, but not before it is known what it is worth.

        The next steps measure the weights as they are, on so many samples as a few seconds allow;
        then it is stopped. Where they are measured already it is stopped at once.
        """
        if self.is_done or self.is_winding_up:
            return
        if self._batches_measured == self.batches_done:
            self.stop()
            return
        self.is_winding_up = self._measures_next = True
        most = self.measured_in(_LONGEST_LAST_MEASUREMENT_S)
        self._work = self._measure(_some(self._evaluated, most))

    @property
    def best_evaluation(self) -> Evaluation | None:
        """What the best weights make of the samples they were measured on; None before."""
        return self._kept.evaluation

    def weights(self) -> Weights:
        """Return copies of the weights as they are now."""
        return self._network.weights()

    def best_weights(self) -> Weights:
        """Return the weights that were best where they were measured, by accuracy, then by loss.

        With class weights the mean accuracy of the classes counts.
        Until later ones were measured these are the first ones.
        """
        return self._kept.weights

    def measured_in(self, seconds: float) -> int:
        """Return how many samples can be measured in a time, as far as is known; some at least."""
        samples_per_s = self._samples_measured / max(self._seconds_measuring, 1e-6)
        return max(int(seconds * samples_per_s), _FEWEST_AT_A_TIME)

    def evaluate(
        self, data: Dataset, is_cancelled: Callable[[], bool] = lambda: False
    ) -> Evaluation:
        """Return what the network makes of other samples of the same classes, at its best.

        Raises
        ------
        DataError
            A sample cannot be read, or is of a class that is not among those learned.
        OpeningCancelledError
            ``is_cancelled`` said yes while the samples were read.
        AbandonedError
            The interruption gave it up.
        """
        classes = self.spec.classes
        labels = labels_among(classes, data)
        network = TrainableNetwork(self.spec, self.best_weights(), interruption=self._interruption)
        batches = Batches(data, self.spec.input, is_cancelled)
        everything = np.arange(len(data))
        best = self._kept.evaluation
        parts = evaluate(
            network.predict,
            batches,
            everything,
            labels,
            classes,
            self._loss,
            self._chunk,
            basis="test",
            epoch=0.0 if best is None else best.measured.epoch,
        )
        while True:
            try:
                next(parts)
            except StopIteration as end:
                found: Evaluation = end.value
                return found

    @property
    def _epoch(self) -> float:
        return self.batches_done / self._steps_per_epoch

    @property
    def _chunk(self) -> int:
        return max(self._settings.batch_size, _FEWEST_AT_A_TIME)

    def _all_epochs(self) -> Generator[None]:
        """Do the whole training; each turn is a step."""
        settings = self._settings
        for epoch in range(settings.epochs):
            yield from self._measure(self._evaluated)
            if self._has_lost_patience():
                return
            yield
            order = np.random.default_rng([settings.seed, _ORDER, epoch]).permutation(
                self._training
            )
            rng = np.random.default_rng([settings.seed, _AUGMENTATION, epoch])
            for start in range(0, len(order), settings.batch_size):
                self._train_on(order[start : start + settings.batch_size], rng)
                yield
        yield from self._measure(self._evaluated)

    def _has_lost_patience(self) -> bool:
        """Return whether nothing better was measured for as long as it may last."""
        patience, best = self._settings.patience, self._kept.evaluation
        return bool(patience and best and self._epoch - best.measured.epoch >= patience)

    def _train_on(self, indices: NDArray[np.int64], rng: np.random.Generator) -> None:
        settings, network, optimizer = self._settings, self._network, self._optimizer
        augmentation = None if settings.augmentation.is_nothing else settings.augmentation
        labels = self._data.labels[indices]
        result = network.gradients_of(
            self._batches.take(indices, augmentation, rng), labels, self._loss
        )
        if self.batches_done == 0:
            self._first_loss = result.loss
        gradients = lengths_by_layer(network.gradients)
        self._refuse_numbers_without_bounds(result.loss, gradients)
        if settings.clip_norm:
            clip_by_norm(network.gradients, settings.clip_norm)
        optimizer.learning_rate = settings.learning_rate * rate_factor(
            settings.schedule, self.batches_done, self._steps, self._warmup_steps
        )
        optimizer.step(network.parameters, network.gradients, self._interruption.give_way)
        weights = lengths_by_layer(network.parameters)
        changes = optimizer.lengths_of_changes()
        self._course.add_step(result.loss, largest_share(changes, weights))
        self._health.add_step(gradients, changes, weights, has_fallen=self._course.has_fallen)
        self._refuse_numbers_without_bounds(result.loss, weights)
        self.batches_done += 1
        accuracy = float(np.mean(result.probabilities.argmax(axis=1) == labels))
        self._curves.add_batch(self._epoch, result.loss, accuracy)
        self._measures_next = self.batches_done % self._steps_per_epoch == 0
        self._history.record(self.batches_done, self._epoch, self._kernels)

    def _measure(self, indices: NDArray[np.int64]) -> Generator[None]:
        """See what the weights are worth, on samples kept apart if there are any."""
        evaluation = yield from evaluate(
            self._network.predict,
            self._batches,
            indices,
            self._data.labels[indices],
            self.spec.classes,
            self._loss,
            self._chunk,
            basis=self._basis,
            epoch=self._epoch,
        )
        self._evaluation, measured = evaluation, evaluation.measured
        if not math.isfinite(measured.loss):
            self._refuse_numbers_without_bounds(measured.loss, {})
        if not self.is_winding_up:  # its user waits
            some = _some(self._training, MOST_SAMPLES)
            self._idle = yield from idle_units(
                self.spec, self._network.weights(), self._batches.take(some).copy()
            )
        if self._basis == "validation":
            self._curves.add_validation(self._epoch, measured.loss, measured.accuracy)
        self._kept.offer(evaluation, self._network.weights)
        self._samples_measured += len(indices)
        self._batches_measured = self.batches_done
        self.epochs_measured = self.batches_done // self._steps_per_epoch
        self._measures_next = False

    def _refuse_numbers_without_bounds(self, loss: float, lengths: Mapping[str, float]) -> None:
        is_finite = all(map(math.isfinite, lengths.values()))
        if is_finite and loss <= _RUNAWAY * (1 + self._first_loss):
            return
        layer_id = self._health.culprit(lengths)
        self._health.mark_broken(layer_id)
        rate, lower = self._settings.learning_rate, lower_rate(self._settings)
        back = text("The first weights are back")
        if self.has_learned and self._kept.evaluation is not None:
            epoch = round(self._kept.evaluation.measured.epoch, 1)
            back = text("The weights of epoch {epoch:g} are back", epoch=epoch)
        rule = text(
            "its numbers grew beyond all bounds in batch {batch} at a learning rate of {rate:g}. "
            "{back}; try a lower rate, such as {lower:g}",
            batch=self.batches_done + 1,
            rate=rate,
            back=back,
            lower=lower,
        )
        raise TrainingError(layer_id, rule)

    def _watched_kernels(self) -> dict[str, NDArray[np.float32]]:
        """Return the convolutions' weights: those that learn where they are, the others' copies."""
        learning = self._network.parameters
        return {
            layer.id: learning.get(layer.id, self._first_weights[layer.id])["weight"]
            for layer in self.spec.layers
            if layer.has_kernels and layer.id in self._first_weights
        }


def _some(indices: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return evenly spread ones of many."""
    return indices[:: math.ceil(len(indices) / most)].copy()
