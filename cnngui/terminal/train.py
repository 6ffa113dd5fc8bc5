"""Training without a window, as the command line asks, and what is said of it."""

from __future__ import annotations

import math
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import TextIO

from cnngui.atomic import place_of
from cnngui.data.dataset import Dataset, OpeningCancelledError
from cnngui.data.opening import open_dataset
from cnngui.data.part import DataPart, held_out
from cnngui.engine import parallel
from cnngui.engine.gradients.interruption import AbandonedError, Interruption
from cnngui.errors import SaveError, text
from cnngui.formats.network_file import write_network
from cnngui.formats.opening import open_network
from cnngui.harmless import harmless
from cnngui.pipeline.training.evaluate import labels_among
from cnngui.pipeline.training.measured import (
    NOTE_KEY,
    best_words,
    measured_words,
    training_note,
)
from cnngui.pipeline.training.progress import Evaluation, TrainingProgress
from cnngui.pipeline.training.requirements import refuse_unusable_data
from cnngui.pipeline.training.time_misfit import time_misfits
from cnngui.pipeline.training.trainer import Trainer
from cnngui.spec.mending import fits_classes, mended_for_classes
from cnngui.spec.network import NetworkSpec
from cnngui.terminal.cli import EXIT_MENDABLE, EXIT_STOPPED
from cnngui.terminal.cli_train import TrainArguments
from cnngui.terminal.reports import (
    StopRequests,
    refuse_unwritable,
    signals_stop,
)
from cnngui.terminal.train_report import write_results
from cnngui.weights import Weights

_LONGEST_TEST_S = 10.0
"""How long it measures in the end, about, when it was stopped."""
_REDRAW_S = 0.1
_BAR_WIDTH = 20
_MOST_PROBLEMS_TOLD = 5
_STEM_KEPT = 40
"""So many letters of a name are kept in the name of a file that takes its place."""


def run_training(arguments: TrainArguments) -> int:
    """Train, write the best weights and the report, print a summary; return the exit code.

    Raises
    ------
    UserError
        Network, data, output or report cannot be used. The last two are tried before anything runs.
    """
    found = open_network(arguments.network)
    written = (arguments.out, arguments.report, arguments.curves, arguments.predictions)
    for path in filter(None, written):
        refuse_unwritable(place_of(path).parent, may_be_made=False)
    parallel.configure(arguments.threads)
    with signals_stop(presses=2) as stopped:
        try:
            haste = _Haste(stopped)
            data, test = _open_data(arguments, stopped)
            refuse_unusable_data(data)
            spec = found.spec.seeded(arguments.settings.seed)
            if not fits_classes(spec, len(data.classes)):
                spec = mended_for_classes(spec, data.classes)
                print(f"The last layer was made to fit {len(data.classes)} classes.")
            for words in time_misfits(data, spec.input, arguments.settings.augmentation):
                print(words)
            trainer = Trainer(
                spec,
                found.weights,
                data,
                arguments.settings,
                is_cancelled=stopped.is_set,
                interruption=Interruption(haste.is_wanted, _abandon),
            )
        except OpeningCancelledError:
            return EXIT_STOPPED
        began = perf_counter()
        _train(trainer, haste)
        seconds = perf_counter() - began
        progress = trainer.progress
        is_written = progress.state != "failed" or trainer.has_learned
        if is_written:
            notes = {NOTE_KEY: training_note(progress)}
            _write_somewhere(arguments.out, trainer.spec, trainer.best_weights(), notes)
        evaluations = [] if progress.evaluation is None else [(progress.evaluation, data)]
        tested = None
        if test is not None and progress.state != "failed":
            test = _as_much_as_may_be(trainer, test, stopped)
            tested = _tested(trainer, test, stopped)
            evaluations += [] if tested is None else [(tested, test)]
    write_results(arguments, progress, evaluations, tested, seconds)
    _print_summary(progress, tested, seconds)
    if is_written:
        print(f"Network: {harmless(str(arguments.out.absolute()))}")
    for name, table in (("Curves", arguments.curves), ("Predictions", arguments.predictions)):
        if table is not None:
            print(f"{name}: {harmless(str(table.absolute()))}")
    if progress.state == "failed":
        print(f"cnngui: {progress.message}", file=sys.stderr)
        return EXIT_MENDABLE
    return EXIT_STOPPED if progress.state == "stopped" else 0


def _open_data(arguments: TrainArguments, stopped: StopRequests) -> tuple[Dataset, Dataset | None]:
    """Return what is learned from, and what is measured with in the end."""
    data, test = open_dataset(arguments.data, is_cancelled=stopped.is_set), None
    for problem in data.problems[:_MOST_PROBLEMS_TOLD]:
        print(f"Left out: {problem}")
    if len(data.problems) > _MOST_PROBLEMS_TOLD:
        print(f"Left out: {len(data.problems) - _MOST_PROBLEMS_TOLD:,} more")
    if arguments.hold_out_last:
        return held_out(data, arguments.hold_out_last)
    if arguments.test is not None:
        test = open_dataset(arguments.test, is_cancelled=stopped.is_set)
        labels_among(data.classes, test)  # refuses what could not be measured in the end
    return data, test


def _write_somewhere(
    path: Path, spec: NetworkSpec, weights: Weights, notes: Mapping[str, str]
) -> None:
    """Write the network. What was learned is not lost where the place has become unusable.

    Raises
    ------
    SaveError
        It could not be written; the message says where it is instead.
    """
    try:
        write_network(path, spec, weights, notes)
    except SaveError as error:
        with tempfile.NamedTemporaryFile(
            prefix=f"{path.stem[:_STEM_KEPT]}-", suffix=path.suffix, delete=False
        ) as file:
            instead = Path(file.name)
        try:
            write_network(instead, spec, weights, notes)
        except SaveError:
            instead.unlink(missing_ok=True)
            raise error from None
        rule = text("{rule}; what was learned is in {place}", rule=error.rule, place=str(instead))
        raise SaveError(error.thing, rule, error.got) from error


def _abandon() -> None:
    raise AbandonedError


class _Haste:
    """What was asked for and not yet done: the first Ctrl+C measures and ends, the second ends."""

    def __init__(self, stopped: StopRequests) -> None:
        self._stopped = stopped
        self._heard = 0

    def is_wanted(self) -> bool:
        return self._stopped.count > self._heard

    def hear(self) -> int:
        self._heard = self._stopped.count
        return self._heard


def _train(trainer: Trainer, haste: _Haste) -> None:
    display = _Display(sys.stderr)
    while not trainer.is_done:
        with suppress(AbandonedError):  # for what is heard next
            trainer.step()
        if haste.is_wanted():
            if haste.hear() > 1:
                trainer.stop()
            else:
                trainer.wind_up()
        display.show(trainer)
    display.close()


def _as_much_as_may_be(trainer: Trainer, test: Dataset, stopped: StopRequests) -> Dataset:
    """Return samples to measure with: all of them, or, after Ctrl+C, some of a few seconds."""
    most = trainer.measured_in(_LONGEST_TEST_S) if stopped.is_set() else len(test)
    return DataPart(test, 0, len(test), math.ceil(len(test) / most))


def _tested(trainer: Trainer, test: Dataset, stopped: StopRequests) -> Evaluation | None:
    """Measure the best weights in the end, unless Ctrl+C is pressed again."""
    asked = stopped.count
    if asked > 1:
        return None
    try:
        return trainer.evaluate(test, is_cancelled=lambda: stopped.count > asked)
    except (AbandonedError, OpeningCancelledError):
        return None


class _Display:
    """A bar that moves, on a terminal; elsewhere a line for each epoch."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._moves = stream.isatty()
        self._due = 0.0
        self._epochs_told = 0

    def show(self, trainer: Trainer) -> None:
        if self._moves:
            if perf_counter() >= self._due:
                self._draw(trainer.progress)
                self._due = perf_counter() + _REDRAW_S
        elif trainer.epochs_measured > self._epochs_told:
            self._epochs_told = trainer.epochs_measured
            print(_told(trainer.progress), file=self._stream, flush=True)

    def close(self) -> None:
        if self._moves:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _draw(self, progress: TrainingProgress) -> None:
        filled = _BAR_WIDTH * progress.step // progress.steps
        bar = "#" * filled + "-" * (_BAR_WIDTH - filled)
        left = f" {progress.seconds_left:,.0f} s left," if progress.seconds_left else ""
        text = f"[{bar}]{left} {_told(progress)}"
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r\x1b[K{text[:width]}")
        self._stream.flush()


def _told(progress: TrainingProgress) -> str:
    curves = progress.curves
    parts = [f"epoch {round(progress.epoch, 1):g} of {progress.settings.epochs}"]
    if len(curves.loss):
        parts.append(f"loss of the last batches {curves.smooth_loss[-1]:.4f}")
        parts.append(f"accuracy of those {100 * curves.smooth_accuracy[-1]:.1f} %")
    if progress.evaluation is not None:
        parts.append(f"{measured_words(progress.evaluation.measured)}")
    if progress.samples_per_second:
        parts.append(f"{progress.samples_per_second:,.0f} samples a second")
    return ", ".join(parts)


def _print_summary(progress: TrainingProgress, tested: Evaluation | None, seconds: float) -> None:
    print(
        f"{progress.spec.name} on {progress.data_name}: {progress.epoch:.4g} epochs in "
        f"{seconds:.1f} s, {progress.samples_per_second:,.0f} samples a second"
    )
    for finding in progress.findings:
        if finding.kind != "no better":  # which the next line says
            print(f"Note: {finding.words}")
    print(best_words(progress))
    if tested is not None:
        print(f"Test: {measured_words(tested.measured)}")
