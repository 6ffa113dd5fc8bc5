"""Weights changed by hand, and kernels that stay when channels are added: through the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnngui.formats.network_file import read_network
from cnngui.pipeline.engine_commands import EditWeights, HideWeights, SaveNetwork, SetNetwork
from cnngui.pipeline.events import NetworkApplied, NetworkFailed, Saved, WeightsEdited
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.results import FrameResult
from cnngui.spec.layers import Conv2d
from tests.pipeline.fakes import Listener, small_network


def layer_id() -> str:
    return next(layer.id for layer in small_network().layers if isinstance(layer, Conv2d))


def edit(value: float, *, is_final: bool = False, place: int = 0) -> EditWeights:
    places = tuple(np.array([place if axis == 0 else 0]) for axis in range(4))
    values = np.array([value], np.float32)
    return EditWeights(layer_id(), "weight", places, values, is_final)


def weight_is(value: float) -> Callable[[FrameResult], bool]:
    def is_shown(result: FrameResult) -> bool:
        return float(result.weights[layer_id()]["weight"][0, 0, 0, 0]) == pytest.approx(value)

    return is_shown


@pytest.mark.usefixtures("camera")
def test_a_drag_is_seen_and_only_its_end_is_an_edit(
    pipeline: LivePipeline, listener: Listener
) -> None:
    for step in range(1, 4):
        pipeline.tell(edit(float(step)))
    listener.result(weight_is(3.0))
    pipeline.tell(edit(7.5, is_final=True))
    listener.result(weight_is(7.5))
    event = listener.event(WeightsEdited)
    assert event.generation == 1
    layer = event.spec.layer(layer_id())
    assert isinstance(layer, Conv2d)
    assert layer.by_hand
    assert layer.weights_id
    assert event.weights[layer_id()]["weight"][0, 0, 0, 0] == 7.5
    # Undoing it: the network is set as it was.
    pipeline.tell(SetNetwork(small_network(), 2))
    result = listener.result(lambda result: result.generation == 2)
    assert result.weights[layer_id()]["weight"][0, 0, 0, 0] != 7.5
    # Doing it again: the name brings the weights back.
    pipeline.tell(SetNetwork(event.spec, 3))
    listener.result(lambda result: result.generation == 3 and weight_is(7.5)(result))


@pytest.mark.usefixtures("camera")
def test_an_edit_given_up_leaves_nothing(pipeline: LivePipeline, listener: Listener) -> None:
    pipeline.tell(edit(9.0))
    listener.result(weight_is(9.0))
    pipeline.tell(HideWeights())
    listener.result(lambda result: not weight_is(9.0)(result))


@pytest.mark.usefixtures("camera")
@pytest.mark.parametrize(
    "wrong",
    [
        EditWeights("gone", "weight", (np.array([0]),), np.zeros(1, np.float32)),
        EditWeights(layer_id(), "running_mean", (np.array([0]),), np.zeros(1, np.float32)),
        edit(1.0, place=10_000),
        edit(float("nan")),
    ],
)
def test_a_wrong_edit_is_told_and_changes_nothing(
    pipeline: LivePipeline, listener: Listener, wrong: EditWeights
) -> None:
    pipeline.tell(wrong)
    listener.event(NetworkFailed)
    pipeline.tell(edit(2.0))
    listener.result(weight_is(2.0))


@pytest.mark.usefixtures("camera")
def test_what_was_edited_is_in_the_file(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.tell(edit(4.25, is_final=True))
    event = listener.event(WeightsEdited)
    pipeline.tell(SetNetwork(event.spec, 2, event.weights))
    path = tmp_path / "edited.safetensors"
    pipeline.tell(SaveNetwork(path, event.spec))
    listener.event(Saved)
    read = read_network(path)
    layer = read.spec.layer(layer_id())
    assert isinstance(layer, Conv2d)
    assert layer.by_hand
    assert layer.weights_id == event.spec.layer(layer_id()).weights_id  # type: ignore[attr-defined]
    assert read.weights is not None
    assert read.weights[layer_id()]["weight"][0, 0, 0, 0] == 4.25


@pytest.mark.usefixtures("camera")
def test_more_channels_keep_the_kernels_and_get_a_name(
    pipeline: LivePipeline, listener: Listener
) -> None:
    count = small_network().layer(layer_id()).out_channels  # type: ignore[attr-defined]
    before = listener.results[-1].weights[layer_id()]["weight"] if listener.results else None
    more = small_network().edited(layer_id(), out_channels=count + 1)
    pipeline.tell(SetNetwork(more, 2))
    event = listener.event(NetworkApplied)
    assert event.carried[layer_id()].kept == count
    assert event.carried[layer_id()].drawn == 1
    assert event.weights_ids[layer_id()]
    result = listener.result(lambda result: result.generation == 2)
    after = result.weights[layer_id()]["weight"]
    assert len(after) == count + 1
    if before is not None:
        np.testing.assert_array_equal(after[:count], before)
    named = more.with_weights_ids(event.weights_ids)
    pipeline.tell(SetNetwork(small_network(), 3))
    pipeline.tell(SetNetwork(named, 4))
    again = listener.result(lambda result: result.generation == 4)
    np.testing.assert_array_equal(again.weights[layer_id()]["weight"], after)
