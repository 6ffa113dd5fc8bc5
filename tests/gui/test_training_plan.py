"""What is offered in place of a network that would learn for minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.gui.training_plan import TrainingPlan
from cnngui.pipeline.training.commands import MeasureTimes
from cnngui.pipeline.training.progress import StepTime, TimesMeasured
from cnngui.spec.mending import fits_classes
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
    assert (offer.spec.name, offer.own_seconds) == ("Tiny VGG", 200.0)
    assert 0 < offer.seconds < 10
    plan.take_small_network()
    assert fits_classes(plan._document.spec, 2)
    assert plan.settings == offer.settings
    plan.measure_times()
    assert plan.offer is None
    plan._document.undo_stack.undo()
    assert plan._document.spec.name != "Tiny VGG"


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


def test_for_a_network_that_sees_motion_no_blind_one_is_offered(
    plan: TrainingPlan, told: list[object]
) -> None:
    spec = plan._document.spec
    plan._document.edit(replace(spec, input=replace(spec.input, frames=8)), "See several frames")
    plan.measure_times()
    assert told == []
