"""What is offered in place of a network that would learn for minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from cnngui.formats.opening import open_network
from cnngui.gui.document import Document, Running
from cnngui.gui.settings import Settings
from cnngui.gui.training_plan import TrainingPlan
from cnngui.pipeline.training.commands import MeasureTimes
from cnngui.pipeline.training.progress import StepTime, TimesMeasured
from cnngui.spec.mending import fits_classes
from cnngui.spec.shapes import infer
from tests.gui.trainings import FakeData

SLOW, FAST = StepTime(10.0), StepTime(0.02)


class Choice(QObject):
    changed = Signal()
    dataset: FakeData | None = None


@pytest.fixture
def told() -> list[object]:
    return []


@pytest.fixture
def plan(qapp: QApplication, told: list[object], settings: Settings) -> TrainingPlan:
    plan = TrainingPlan(told.append, Document(), Choice(), settings)  # type: ignore[arg-type]
    plan._data.dataset = FakeData(("cup", "hat"))  # type: ignore[misc]
    return plan


def answer(plan: TrainingPlan, told: list[object], *times: StepTime | None) -> None:
    plan.measure_times()
    asked = told[-1]
    assert isinstance(asked, MeasureTimes)
    plan.take_event(TimesMeasured(asked.specs, asked.batch_size, times))


def test_a_small_network_is_offered_and_taken(plan: TrainingPlan, told: list[object]) -> None:
    answer(plan, told, SLOW, FAST)
    offer = plan.offer
    assert offer is not None
    assert (offer.spec.name, offer.own_seconds) == ("Tiny VGG", 800.0), "of a quarter of a batch"
    assert 0 < offer.seconds < 10
    plan.take_small_network()
    assert fits_classes(plan._document.spec, 2)
    assert plan.settings == offer.settings
    plan.measure_times()
    assert plan.offer is None
    plan._document.undo_stack.undo()
    assert plan._document.spec.name != "Tiny VGG"


def test_a_part_of_a_batch_is_measured(plan: TrainingPlan, told: list[object]) -> None:
    """Of few samples there are few steps: one of a second or more would never seem long."""
    answer(plan, told, StepTime(1.0, is_more=True), FAST)
    assert plan.offer is not None
    assert plan.offer.is_more
    assert plan.offer.own_seconds > 60


@pytest.mark.parametrize("times", [(FAST, FAST), (None, FAST), (SLOW, None), (SLOW, SLOW)])
def test_without_need_nothing_is_offered(
    plan: TrainingPlan, told: list[object], times: tuple[StepTime | None, ...]
) -> None:
    answer(plan, told, *times)
    assert plan.offer is None


def test_it_is_asked_once_and_only_with_samples(plan: TrainingPlan, told: list[object]) -> None:
    plan.measure_times()
    plan.measure_times()
    assert len(told) == 1
    plan._data.dataset = None  # type: ignore[misc]
    plan.measure_times()
    assert len(told) == 1
    assert plan.offer is None


def see(plan: TrainingPlan, frames: int, step: int = 1) -> None:
    spec = plan._document.spec
    seen = replace(spec.input, frames=frames, frame_step=step, frame_rate=0.0)
    plan._document.edit(replace(spec, input=seen), "See several frames")


def test_for_a_network_that_sees_motion_one_that_does_too_is_offered(
    plan: TrainingPlan, told: list[object]
) -> None:
    see(plan, 6, 2)
    answer(plan, told, SLOW, FAST)
    offer = plan.offer
    assert offer is not None
    seen = offer.spec.input
    assert offer.spec.name == "Motions"
    assert (seen.frames, seen.frame_step, seen.frame_rate) == (6, 2, 0.0), "as clips were recorded"
    ran: list[Running] = []
    plan._document.running_changed.connect(ran.append)
    plan.take_small_network()
    assert fits_classes(plan._document.spec, 2)
    weights = ran[-1].weights
    assert weights is not None
    assert "conv1" in weights, "what it knows of motions"
    assert "linear1" not in weights, "its classes are others"
    plan._document.undo_stack.undo()
    assert plan._document.spec.name != "Motions"


def test_where_its_layers_would_not_fit_so_few_frames_it_keeps_its_own(
    plan: TrainingPlan, told: list[object]
) -> None:
    see(plan, 2)
    answer(plan, told, SLOW, FAST)
    assert plan.offer is not None
    assert infer(plan.offer.spec).is_valid
    assert plan.offer.spec.input.frames == 8


def test_motions_itself_is_not_offered_in_its_own_place(
    plan: TrainingPlan, told: list[object]
) -> None:
    plan._document.replace_network(open_network("motions").spec)
    plan.mend_network()
    plan.measure_times()
    assert told == []
