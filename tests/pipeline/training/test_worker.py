"""The thread that trains, with a trainer that does as told, beside a live view that computes."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnngui.errors import DataError, TrainingError
from cnngui.formats.network_file import read_network, with_named_weights
from cnngui.pipeline.capture_commands import OpenSource
from cnngui.pipeline.engine_commands import HideWeights, SaveNetwork, SetNetwork
from cnngui.pipeline.events import Crashed, JobFailed, Saved
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.training.commands import (
    ListRuns,
    MeasureMemory,
    PauseTraining,
    ReadRun,
    ResetTraining,
    ResumeTraining,
    SetLearningRate,
    SetRunDiscarded,
    StartTraining,
    StopTraining,
    TrainOneBatch,
    WriteCurves,
)
from cnngui.pipeline.training.progress import (
    MemoryMeasured,
    RunRead,
    RunsListed,
    TrainingEnded,
    TrainingPreparing,
    TrainingProgress,
    TrainingProgressed,
    TrainingRefused,
)
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.tables import curves_table
from tests.pipeline.fakes import FILM, Film, Listener, Opener, classifier
from tests.pipeline.parts import scores_of
from tests.pipeline.training.fake_trainer import FakeData, FakeTrainer, Gate, weights_of

MANY = TrainingSettings(epochs=1_000_000)
FEW = TrainingSettings(epochs=3)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(FakeTrainer, "gate", gate, raising=False)
    module = types.SimpleNamespace(Trainer=FakeTrainer)
    monkeypatch.setitem(sys.modules, "cnngui.pipeline.training.trainer", module)
    return gate


@pytest.fixture
def pipeline(
    opener: Opener, listener: Listener, tmp_path: Path, gate: Gate
) -> Iterator[LivePipeline]:
    live = LivePipeline(listener.ring, opener, runs_folder=tmp_path / "runs")
    listener.pipeline = live
    live.start()
    yield live
    opener.end()
    live.close()


def begin(
    pipeline: LivePipeline, settings: TrainingSettings = MANY, *, paused: bool = False
) -> None:
    spec = classifier()
    pipeline.tell(StartTraining(spec, weights_of(spec, 0), FakeData(), settings, paused))


def progress(listener: Listener, state: str, step: int = 0) -> TrainingProgress:
    """Wait for news of a state, at least so many steps on."""

    def newest() -> TrainingProgress | None:
        found = [event for event in listener.events if isinstance(event, TrainingProgressed)]
        return found[-1].progress if found else None

    def reached() -> bool:
        present = newest()
        return present is not None and present.state == state and present.step >= step

    listener.until(reached, f"{state} at {step}")
    found = newest()
    assert found is not None
    return found


def test_it_trains_to_the_end_and_names_the_best_weights(pipeline, listener):
    begin(pipeline, FEW)
    ended = listener.event(TrainingEnded)
    assert ended.progress.state == "finished"
    assert ended.progress.step == 12
    assert float(ended.weights["conv1"]["bias"][0]) == 12.0
    assert ended.spec.is_twin_of(classifier())
    assert ended.spec.layer("conv1").weights_id
    listener.event(TrainingPreparing)


def test_the_window_hears_some_times_a_second_however_many_batches(pipeline, listener):
    begin(pipeline)
    progress(listener, "running", step=200)
    heard = [event for event in listener.events if isinstance(event, TrainingProgressed)]
    assert len(heard) < 50


def test_pausing_keeps_everything_and_one_batch_is_one(pipeline, listener, gate):
    begin(pipeline, paused=True)
    assert progress(listener, "paused").step == 0
    for expected in (1, 2):
        pipeline.tell(TrainOneBatch())
        assert progress(listener, "paused", step=expected).step == expected
    pipeline.tell(ResumeTraining())
    assert progress(listener, "running", step=5)
    pipeline.tell(PauseTraining())
    stood = progress(listener, "paused").step
    pipeline.tell(SetLearningRate(0.5))
    pipeline.tell(TrainOneBatch())
    assert progress(listener, "paused", step=stood + 1).learning_rate == 0.5
    assert gate.made[0].rates[-1] == 0.5


def test_stopping_keeps_the_best_weights(pipeline, listener):
    begin(pipeline, paused=True)
    for _ in range(6):
        pipeline.tell(TrainOneBatch())
    progress(listener, "paused", step=6)
    pipeline.tell(StopTraining())
    ended = listener.event(TrainingEnded)
    assert (ended.progress.state, ended.progress.step) == ("stopped", 6)
    assert float(ended.weights["linear1"]["weight"][0, 0]) == 4


def test_stopping_measures_first_and_asked_again_ends_at_once(pipeline, listener, gate):
    begin(pipeline, paused=True)
    for _ in range(6):
        pipeline.tell(TrainOneBatch())
    progress(listener, "paused", step=6)
    gate.finishing.clear()
    pipeline.tell(StopTraining())
    assert gate.in_step.wait(10)
    assert progress(listener, "running", step=6).step == 6
    pipeline.tell(StopTraining())
    ended = listener.event(TrainingEnded)
    assert (ended.progress.state, ended.progress.step) == ("stopped", 6)
    gate.finishing.set()


@pytest.fixture
def long_batch(pipeline: LivePipeline, gate: Gate) -> Iterator[Gate]:
    """A batch is under way that does not end before ``finishing`` is set."""
    gate.finishing.clear()
    begin(pipeline)
    assert gate.in_step.wait(10)
    yield gate
    gate.finishing.set()


def test_a_long_batch_stands_still_when_told_and_goes_on_where_it_was(
    pipeline, listener, long_batch
):
    pipeline.tell(PauseTraining())
    assert progress(listener, "paused").step == 0
    pipeline.tell(SetLearningRate(0.5))
    pipeline.tell(ResumeTraining())
    assert progress(listener, "running").step == 0
    long_batch.finishing.set()
    progress(listener, "running", step=1)
    assert long_batch.made[0].rates[0] == 0.5
    assert len(long_batch.made) == 1


def test_one_batch_of_one_that_stands_still_finishes_it(pipeline, listener, long_batch):
    pipeline.tell(PauseTraining())
    progress(listener, "paused")
    pipeline.tell(TrainOneBatch())
    long_batch.finishing.set()
    assert progress(listener, "paused", step=1).step == 1


@pytest.mark.parametrize("paused_first", [False, True])
def test_a_long_batch_is_given_up_by_stopping(pipeline, listener, long_batch, paused_first):
    if paused_first:
        pipeline.tell(PauseTraining())
        progress(listener, "paused")
    pipeline.tell(StopTraining())
    ended = listener.event(TrainingEnded)
    assert (ended.progress.state, ended.progress.step) == ("stopped", 0)


def test_a_long_batch_is_given_up_by_closing(pipeline, long_batch):
    ended = pipeline.end_training(10)
    assert ended is not None
    assert ended.progress.state == "stopped"


def test_the_live_view_goes_on_during_a_long_batch(pipeline, listener, opener, long_batch):
    opener.prepare(FILM, Film(count=200, rate=100.0))
    pipeline.tell(SetNetwork(classifier(), None))
    pipeline.tell(OpenSource(FILM))
    first = listener.result().index
    listener.result(lambda result: result.index > first)
    assert not long_batch.finishing.is_set()


def test_what_is_measured_says_so_unless_it_stands_still(pipeline, listener, long_batch):
    long_batch.made[0].measuring = True
    pipeline.tell(PauseTraining())
    assert not progress(listener, "paused").measuring
    pipeline.tell(TrainOneBatch())
    listener.until(
        lambda: any(
            isinstance(event, TrainingProgressed) and event.progress.measuring
            for event in listener.events
        ),
        "news of measuring",
    )


def test_reset_goes_back_to_the_first_weights_and_stands_still(pipeline, listener):
    begin(pipeline)
    progress(listener, "running", step=5)
    pipeline.tell(ResetTraining())
    assert progress(listener, "paused").step == 0
    pipeline.tell(StopTraining())
    assert not np.any(listener.event(TrainingEnded).weights["conv1"]["weight"])


def test_without_weights_those_of_the_live_view_are_taken(pipeline, listener, gate):
    spec = classifier()
    pipeline.tell(StartTraining(spec, None, FakeData(), FEW))
    listener.event(TrainingEnded)
    given = gate.made[0].given
    assert given is not None
    assert given["conv1"]["weight"].shape == (4, 1, 3, 3)
    assert np.any(given["conv1"]["weight"])


def test_what_cannot_begin_is_refused_with_its_reason(pipeline, listener, gate):
    gate.failure, gate.fails_preparing = DataError("class b", "must have samples", 0), True
    begin(pipeline)
    assert listener.event(TrainingRefused).error is gate.failure
    gate.failure, gate.fails_preparing = MemoryError(), True
    begin(pipeline)
    assert "memory" in str(listener.event(TrainingRefused).error)


def test_preparing_can_be_given_up(pipeline, listener, gate):
    gate.prepared.clear()
    begin(pipeline)
    assert gate.preparing.wait(10)
    pipeline.tell(StopTraining())
    assert listener.event(TrainingRefused).error is None
    gate.prepared.set()
    begin(pipeline, FEW)
    listener.event(TrainingEnded)


@pytest.mark.parametrize("failure", [DataError("7.png", "must be readable"), MemoryError()])
def test_what_fails_on_the_way_ends_the_training_with_its_weights(
    pipeline, listener, gate, failure
):
    begin(pipeline)
    progress(listener, "running", step=8)
    gate.failure = failure
    ended = listener.event(TrainingEnded)
    assert ended.progress.state == "failed"
    assert ended.progress.message
    assert float(ended.weights["conv1"]["bias"][0]) >= 4


def test_weights_that_are_no_numbers_are_handed_to_nobody(pipeline, listener, monkeypatch):
    monkeypatch.setattr(FakeTrainer, "best_weights", lambda self: weights_of(self.spec, np.nan))
    begin(pipeline, FEW)
    ended = listener.event(TrainingEnded)
    assert (ended.progress.state, bool(ended.progress.message)) == ("failed", True)
    assert not np.any(ended.weights["conv1"]["bias"])


def test_a_learning_rate_that_cannot_be_costs_nothing(pipeline, listener, monkeypatch):
    def refuse(trainer: FakeTrainer, name: str, value: object) -> None:
        if name == "learning_rate" and value == -1:
            raise TrainingError("learning rate", "must be above 0", -1)
        object.__setattr__(trainer, name, value)

    monkeypatch.setattr(FakeTrainer, "__setattr__", refuse)
    begin(pipeline)
    pipeline.tell(SetLearningRate(-1))
    assert listener.event(JobFailed).what == "training"
    progress(listener, "running", step=20)


def test_a_defect_ends_the_training_once(pipeline, listener, gate):
    begin(pipeline)
    progress(listener, "running")
    gate.failure = ZeroDivisionError()
    assert listener.event(TrainingEnded).progress.state == "failed"
    assert "ZeroDivisionError" in listener.event(Crashed).report
    gate.failure = None
    begin(pipeline, FEW)
    assert listener.event(TrainingEnded).progress.state == "finished"


def test_another_training_stops_the_one_under_way(pipeline, listener):
    begin(pipeline)
    progress(listener, "running", step=3)
    begin(pipeline, FEW)
    first, second = listener.event(TrainingEnded), listener.event(TrainingEnded)
    assert (first.progress.state, second.progress.state) == ("stopped", "finished")
    assert first.progress.run_id < second.progress.run_id


def test_closing_keeps_the_best_weights(pipeline, listener):
    begin(pipeline)
    progress(listener, "running", step=9)
    ended = pipeline.end_training(10.0)
    assert ended is not None
    assert ended.progress.state == "stopped"
    pipeline.end_training(1.0)


def test_of_networks_to_be_measured_the_newest_counts(pipeline, listener, monkeypatch):
    begun, going_on, measured = threading.Event(), threading.Event(), []

    def slow(spec, batch_size):
        measured.append(batch_size)
        begun.set()
        assert going_on.wait(10)
        return 100 * batch_size

    monkeypatch.setattr("cnngui.engine.learning.network.training_bytes", slow)
    pipeline.tell(MeasureMemory(classifier(), 7))
    assert begun.wait(10)
    for batch_size in (8, 9):
        pipeline.tell(MeasureMemory(classifier(), batch_size))
    going_on.set()
    wanted = MemoryMeasured(classifier(), 9, 900)
    listener.until(lambda: wanted in listener.events, "the newest")
    assert measured == [7, 9]


def test_runs_are_kept_listed_put_aside_and_brought_back(pipeline, listener):
    begin(pipeline, FEW)
    run_id = listener.event(TrainingEnded).progress.run_id
    pipeline.tell(ListRuns())
    (kept,) = listener.event(RunsListed).runs
    assert (kept.run_id, kept.state, kept.step) == (run_id, "finished", 12)
    for first, value in ((True, 0.0), (False, 12.0)):
        pipeline.tell(ReadRun(run_id, first))
        found = listener.event(RunRead)
        assert found.first == first
        assert float(found.weights["conv1"]["bias"][0]) == value
    pipeline.tell(SetRunDiscarded(run_id, True))
    assert listener.event(RunsListed).runs == ()
    pipeline.tell(ReadRun(run_id))
    assert listener.event(JobFailed).what == "run"
    pipeline.tell(SetRunDiscarded(run_id, False))
    assert len(listener.event(RunsListed).runs) == 1


def test_tables_are_written_and_say_where(pipeline, listener, tmp_path):
    begin(pipeline, FEW)
    run = listener.event(TrainingEnded).progress
    path = tmp_path / "curves.csv"
    pipeline.tell(WriteCurves(path, run))
    assert listener.event(Saved) == Saved("curves", path)
    assert path.read_text() == curves_table(run.curves)
    pipeline.tell(WriteCurves(tmp_path / "absent" / "c.csv", run))
    assert listener.event(JobFailed).what == "run"


def test_a_disk_that_refuses_costs_the_run_and_not_the_training(pipeline, listener, tmp_path):
    (tmp_path / "runs").write_text("in the way")
    begin(pipeline, FEW)
    assert listener.event(JobFailed).what == "run"
    assert listener.event(TrainingEnded).progress.state == "finished"


def show_film(pipeline: LivePipeline, opener: Opener, listener: Listener) -> None:
    opener.prepare(FILM, Film(count=200, rate=100.0))
    pipeline.tell(SetNetwork(classifier(), 1))
    pipeline.tell(OpenSource(FILM))
    listener.result()


def test_the_live_view_follows_what_is_learned(pipeline, opener, listener, gate):
    show_film(pipeline, opener, listener)
    before = listener.result()
    begin(pipeline)
    shown = listener.result(lambda result: float(result.weights["conv1"]["bias"][0]) > 0)
    assert shown.generation == 1
    assert not np.array_equal(scores_of(shown), scores_of(before))
    assert not shown.weights["conv1"]["bias"].flags.writeable
    pipeline.tell(StopTraining())
    listener.event(TrainingEnded)
    pipeline.tell(HideWeights())
    back = listener.result(lambda result: float(result.weights["conv1"]["bias"][0]) == 0)
    assert np.array_equal(back.weights["conv1"]["weight"], before.weights["conv1"]["weight"])


def test_frames_go_on_while_batches_are_computed(pipeline, opener, listener):
    show_film(pipeline, opener, listener)
    begin(pipeline)
    progress(listener, "running")
    first = listener.result().index
    listener.result(lambda result: result.index > first + 20)


def test_an_edited_network_is_shown_as_it_is(pipeline, opener, listener, tmp_path):
    show_film(pipeline, opener, listener)
    begin(pipeline)
    listener.result(lambda result: float(result.weights["conv1"]["bias"][0]) > 0)
    edited = classifier().edited("conv1", out_channels=5)
    pipeline.tell(SetNetwork(edited, 2))
    shown = listener.result(lambda result: result.generation == 2)
    assert shown.weights["conv1"]["weight"].shape[0] == 5
    # What the training has shown is nobody's own: the next network is not lent it.
    pipeline.tell(SetNetwork(classifier().edited("conv1", seed=0), 3))
    shown = listener.result(lambda result: result.generation == 3)
    assert shown.weights["conv1"]["weight"].shape[0] == 4
    pipeline.tell(SaveNetwork(tmp_path / "saved.safetensors", classifier()))
    listener.event(Saved)
    saved = read_network(tmp_path / "saved.safetensors").weights
    assert saved is not None
    assert not np.any(saved["conv1"]["bias"])


def test_weights_given_just_before_closing_are_saved(pipeline, listener, tmp_path):
    spec = with_named_weights(classifier(), weights_of(classifier(), 7))
    pipeline.tell(SetNetwork(spec, 1, weights_of(spec, 7)))
    pipeline.tell(SaveNetwork(tmp_path / "kept.safetensors", spec))
    pipeline.close()
    weights = read_network(tmp_path / "kept.safetensors").weights
    assert weights is not None
    assert float(weights["conv1"]["bias"][0]) == 7.0
