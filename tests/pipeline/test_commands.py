"""Whatever may be told is heard, and of what only tells how things stand the newest counts."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import get_args

import pytest

from cnngui.pipeline.capture_commands import OpenSource, Play, Seek, Step
from cnngui.pipeline.commands import Command
from cnngui.pipeline.engine_commands import (
    SaveNetwork,
    SetColormaps,
    SetFrozen,
    SetView,
    ShowWeights,
    TakeSnapshot,
)
from cnngui.pipeline.events import Crashed, Event, PlaybackChanged, SaveProgress
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import NewestOnly
from cnngui.pipeline.training.commands import MeasureMemory, StopTraining, TrainOneBatch
from cnngui.pipeline.worker import Worker


@pytest.mark.parametrize("kind", get_args(Command), ids=lambda kind: kind.__name__)
def test_every_command_is_plain_data_that_somebody_carries_out(kind: type) -> None:
    assert is_dataclass(kind)
    assert LivePipeline(lambda: None)._hearers[kind], f"nobody carries out {kind.__name__}"


def test_nobody_claims_what_is_no_command() -> None:
    assert set(LivePipeline(lambda: None)._hearers) == set(get_args(Command))


@pytest.mark.parametrize(
    "kind", [OpenSource, Play, Seek, SetView, SetFrozen, SetColormaps, ShowWeights, MeasureMemory]
)
def test_of_a_state_that_is_told_again_the_newest_counts(kind: type) -> None:
    assert issubclass(kind, NewestOnly)


@pytest.mark.parametrize("kind", [Step, SaveNetwork, TakeSnapshot, TrainOneBatch, StopTraining])
def test_what_is_to_be_done_each_time_never_gives_way(kind: type) -> None:
    assert not issubclass(kind, NewestOnly)


def test_events_say_so_themselves() -> None:
    newest_only = {kind.__name__ for kind in get_args(Event) if issubclass(kind, NewestOnly)}
    assert {PlaybackChanged.__name__, SaveProgress.__name__} <= newest_only
    assert Crashed.__name__ not in newest_only


def test_a_worker_keeps_the_newest_of_those_and_the_order_of_the_rest() -> None:
    class Idle(Worker[Command]):
        def _turn(self) -> bool:
            return False

    worker = Idle("idle", lambda event: None)
    for command in (Seek(1), StopTraining(), Seek(2), StopTraining(), Seek(3)):
        assert worker.tell(command)
    assert list(worker._commands) == [StopTraining(), StopTraining(), Seek(3)]
