"""What the lenses make of one frame, what they ask the engine for, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnngui.capture.frame import Frame
from cnngui.engine import model
from cnngui.engine.preprocess import normalise
from cnngui.pipeline import looking
from cnngui.pipeline.lenses import LENSES
from cnngui.pipeline.lenses.channel import ChannelLens, ChannelResult
from cnngui.pipeline.lenses.lens import Lens, Request, Scene, Seen
from cnngui.pipeline.lenses.memory import Memory
from cnngui.pipeline.lenses.scores import Scores, ScoresLens
from cnngui.pipeline.lenses.thumbnails import Thumbnails, ThumbnailsLens
from cnngui.pipeline.lenses.vector import VectorLens, VectorResult
from cnngui.pipeline.lenses.wall import WallLens, WallResult
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.running import RunningNetwork
from tests.pipeline.fakes import classifier
from tests.pipeline.parts import channel_of, scores_of, wall_of

NOTHING = ViewRequest(layer_id="conv1", wants_channel=False)


@pytest.fixture
def network() -> RunningNetwork:
    return RunningNetwork(classifier())


def frame(seed: int = 0) -> Frame:
    pixels = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), np.uint8)
    return Frame(0, 1.0, pixels, 0)


def look(network: RunningNetwork, view: ViewRequest, **others: Any) -> FrameResult:
    return looking.look(network, frame(), view, Memory(), **others)


@pytest.mark.parametrize(
    ("lens", "idle", "busy"),
    [
        (WallLens, ViewRequest(layer_id="linear1"), NOTHING),
        (VectorLens, NOTHING, replace(NOTHING, layer_id="linear1")),
        (ChannelLens, NOTHING, replace(NOTHING, wants_channel=True)),
        (ThumbnailsLens, NOTHING, replace(NOTHING, thumbnails=("conv1",))),
        (ScoresLens, NOTHING, replace(NOTHING, wants_channel=True)),
        (ScoresLens, NOTHING, replace(NOTHING, thumbnails=("linear1",))),
    ],
)
def test_a_lens_that_nobody_looks_through_asks_for_nothing(
    network: RunningNetwork, lens: type[Lens[Any]], idle: ViewRequest, busy: ViewRequest
) -> None:
    memory = Memory()
    assert lens(Scene(network, idle, memory)).observers() == {}
    assert lens(Scene(network, busy, memory)).observers() != {}


def test_the_network_is_computed_as_far_as_somebody_looks(network: RunningNetwork) -> None:
    assert set(look(network, NOTHING).layer_ms) == {"conv1"}
    whole = look(network, replace(NOTHING, wants_channel=True))
    assert set(whole.layer_ms) == {layer.id for layer in network.spec.layers}


def test_where_nobody_looks_nothing_is_computed(network: RunningNetwork) -> None:
    result = look(network, replace(NOTHING, wants_wall=False))
    assert result.is_complete
    assert (result.parts, result.layer_ms) == ({}, {})
    assert look(network, replace(NOTHING, layer_id="linear1", wants_wall=False)).parts == {}


def test_what_lenses_share_of_a_layer_is_made_once(
    network: RunningNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnngui.pipeline.lenses import lens

    measured: list[tuple[int, ...]] = []
    measure = lens.measure
    monkeypatch.setattr(lens, "measure", lambda v: (measured.append(v.shape), measure(v))[1])
    result = look(network, ViewRequest(layer_id="conv1"))
    assert len(measured) == 1
    assert np.shares_memory(channel_of(result).values, wall_of(result).values)


def test_what_is_looked_at_first_is_shown_before_the_rest_is_computed(
    network: RunningNetwork,
) -> None:
    early: list[FrameResult] = []
    view = ViewRequest(layer_id="conv1", thumbnails=("input", "linear1"))

    def show(result: FrameResult) -> bool:
        early.append(result)
        return True

    whole = look(network, view, show_early=show)
    (first,) = early
    assert not first.is_complete
    assert not first.continues
    assert first.layer_ms == {}
    assert wall_of(first) is wall_of(whole)
    assert channel_of(first) is channel_of(whole)
    assert first.part(Scores) is None
    assert set(first.parts[Thumbnails].by_layer) == {"input"}  # type: ignore[attr-defined]
    assert whole.is_complete
    assert whole.continues
    assert len(scores_of(whole)) == 3
    assert set(whole.parts[Thumbnails].by_layer) == set(view.thumbnails)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "view",
    [NOTHING, ViewRequest(layer_id="linear1"), ViewRequest(layer_id="linear1", thumbnails=())],
)
def test_a_frame_that_is_whole_when_its_wall_is_there_is_shown_once(
    network: RunningNetwork, view: ViewRequest
) -> None:
    early: list[FrameResult] = []
    result = look(network, view, show_early=early.append)
    assert early == []
    assert not result.continues


def test_ranges_are_forgotten_as_soon_as_the_scaling_is_not_locked(
    network: RunningNetwork,
) -> None:
    memory = Memory()
    view = ViewRequest(layer_id="conv1", scaling="locked")
    first = looking.look(network, frame(), view, memory)
    assert set(memory.scales(view).locked) == {"conv1"}
    again = looking.look(network, frame(seed=1), view, memory)
    np.testing.assert_array_equal(wall_of(again).high, wall_of(first).high)
    looking.look(network, frame(), ViewRequest(layer_id="linear1"), memory)
    assert memory.scales(view).locked == {}


@dataclass(frozen=True)
class Patch:
    values: NDArray[np.float32]


class PatchLens(Lens[Patch]):
    """What a number of conv1 is made of: a later lens, added without changing the others."""

    place = 0

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        return {"input": self._cut}

    def _cut(self, seen: Seen) -> None:
        self._part = Patch(seen.view[:, : PatchLens.place + 3, : PatchLens.place + 3].copy())


def test_a_new_lens_is_a_module_and_takes_its_place_while_the_layer_is_seen(
    network: RunningNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LENSES", (*LENSES, PatchLens))
    programs: list[object] = []
    plan = model.Plan
    monkeypatch.setattr(model, "Plan", lambda *a: (programs.append(a), plan(*a))[1])
    for place in (0, 1, 5):
        monkeypatch.setattr(PatchLens, "place", place)
        result = look(network, ViewRequest(layer_id="conv1"))
        patch = result.part(Patch)
        assert patch is not None
        spec = network.spec.input
        seen = normalise(result.input, spec.mean, spec.std)[0]
        np.testing.assert_array_equal(patch.values, seen[:, : place + 3, : place + 3])
        assert result.part(WallResult) is not None
        assert result.part(ChannelResult) is not None
        assert result.part(VectorResult) is None
    # A program made anew for each place would take a large network 0.2 s.
    assert len(programs) == 1


def test_the_scores_say_whether_weights_were_only_drawn(network: RunningNetwork) -> None:
    view = replace(NOTHING, wants_channel=True)
    drawn = look(network, view).part(Scores)
    assert drawn is not None
    assert drawn.is_untrained
    learned = look(RunningNetwork(network.spec, network.weights), view).part(Scores)
    assert learned is not None
    assert not learned.is_untrained
