"""What the pipeline computes, for which network and view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise
from cnngui.engine.program import AbandonedError
from cnngui.errors import SourceError
from cnngui.pipeline import engine_worker
from cnngui.pipeline.capture_commands import OpenSource, Play, Seek
from cnngui.pipeline.engine_commands import SetFrozen, SetNetwork, SetThreads, SetView
from cnngui.pipeline.events import Crashed, NetworkFailed
from cnngui.pipeline.lenses.channel import ChannelResult
from cnngui.pipeline.lenses.lens import Seen
from cnngui.pipeline.lenses.scores import Scores, ScoresLens
from cnngui.pipeline.lenses.thumbnails import Thumbnails
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import Playback, ViewRequest
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.running import RunningNetwork
from tests.pipeline.fakes import (
    CAMERA,
    FILM,
    Camera,
    Film,
    Listener,
    Opener,
    classifier,
    number_of,
    small_network,
)
from tests.pipeline.parts import channel_of, scores_of, thumbnails_of, vector_of, wall_of


def of_generation(generation: int):
    return lambda result: result.generation == generation


def activations(result: FrameResult, network: Model) -> dict[str, np.ndarray]:
    spec = network.spec.input
    return network.activations(normalise(result.input, spec.mean, spec.std))


@pytest.mark.usefixtures("camera")
def test_a_network_without_layers_shows_its_input(
    pipeline: LivePipeline, listener: Listener
) -> None:
    empty = replace(small_network(), layers=())
    pipeline.tell(SetNetwork(empty, 2))
    result = listener.result(of_generation(2))
    assert wall_of(result).layer_id == "input"
    seen = normalise(result.input, empty.input.mean, empty.input.std)
    assert np.array_equal(wall_of(result).values, seen[0])


@pytest.mark.usefixtures("camera")
def test_the_last_layer_is_shown_by_default(pipeline: LivePipeline, listener: Listener) -> None:
    pipeline.tell(SetView(ViewRequest(channel=2, thumbnails=("input", "conv1"))))
    result = listener.result(lambda result: result.view.channel == 2)
    expected = activations(result, Model(small_network()))["conv2"][0]
    assert wall_of(result).layer_id == "conv2"
    assert wall_of(result).signed
    np.testing.assert_allclose(wall_of(result).values, expected, atol=1e-6)
    assert wall_of(result).codes.shape == (
        wall_of(result).layout.height,
        wall_of(result).layout.width,
    )
    assert list(wall_of(result).channels) == list(range(6))
    assert channel_of(result).channel == 2
    np.testing.assert_array_equal(channel_of(result).values, wall_of(result).values[2])
    assert channel_of(result).minimum == pytest.approx(float(expected[2].min()), abs=1e-6)
    assert channel_of(result).mean == pytest.approx(float(expected[2].mean()), abs=1e-6)
    assert channel_of(result).histogram_counts.sum() == 12 * 16
    kernel = Model(small_network()).weights()["conv2"]["weight"][2]
    np.testing.assert_array_equal(channel_of(result).kernel, kernel)
    assert set(thumbnails_of(result)) == {"input", "conv1"}
    assert thumbnails_of(result)["conv1"].codes.shape == (72, 96)
    assert result.part(VectorResult) is None
    assert result.part(Scores) is None
    assert set(result.layer_ms) == {"conv1", "relu1", "conv2"}


@pytest.mark.usefixtures("camera")
def test_arrays_that_leave_the_pipeline_cannot_be_changed(
    pipeline: LivePipeline, listener: Listener
) -> None:
    pipeline.tell(SetView(ViewRequest(layer_id="relu1", thumbnails=("conv1",))))
    result = listener.result(lambda result: result.view.layer_id == "relu1")
    wall, channel = wall_of(result), channel_of(result)
    assert wall is not None
    assert channel is not None
    arrays = [
        *(result.picture, result.input, thumbnails_of(result)["conv1"].codes),
        *(wall.codes, wall.values, wall.channels, wall.low, wall.high),
        *(channel.values, channel.codes, channel.histogram_counts, channel.histogram_edges),
    ]
    assert not any(array.flags.writeable for array in arrays)


@pytest.mark.usefixtures("camera")
def test_a_bypassed_convolution_slides_no_kernel(
    pipeline: LivePipeline, listener: Listener
) -> None:
    pipeline.tell(SetNetwork(small_network().edited("conv2", enabled=False), 2))
    result = listener.result(of_generation(2))
    assert (channel_of(result).kernel, channel_of(result).bias) == (
        None,
        None,
    )


@pytest.mark.usefixtures("camera")
def test_only_what_is_shown_is_computed(pipeline: LivePipeline, listener: Listener) -> None:
    pipeline.tell(SetView(ViewRequest(layer_id="conv1", wants_channel=False)))
    result = listener.result(lambda result: result.view.layer_id == "conv1")
    assert set(result.layer_ms) == {"conv1"}
    assert result.part(ChannelResult) is None
    assert result.part(Thumbnails) is None
    pipeline.tell(SetView(ViewRequest(layer_id="input")))
    result = listener.result(lambda result: result.view.layer_id == "input")
    assert not result.layer_ms
    assert wall_of(result).values.shape == (3, 12, 16)
    assert channel_of(result).kernel is None


@pytest.mark.usefixtures("camera")
def test_a_layer_that_is_gone_gives_way_to_the_last(
    pipeline: LivePipeline, listener: Listener
) -> None:
    pipeline.tell(SetView(ViewRequest(layer_id="gone", channel=99, page=7, thumbnails=("gone",))))
    result = listener.result(lambda result: result.view.layer_id == "gone")
    assert wall_of(result).layer_id == "conv2"
    assert channel_of(result).channel == 5
    assert result.part(Thumbnails) is None


@pytest.mark.usefixtures("camera")
def test_a_flat_layer_gives_values_and_scores(pipeline: LivePipeline, listener: Listener) -> None:
    pipeline.tell(SetNetwork(classifier(), 2))
    pipeline.tell(SetView(ViewRequest(order="maximum")))
    result = listener.result(lambda result: result.view.order == "maximum")
    assert result.input.shape == (12, 16, 1)
    assert result.part(WallResult) is None
    expected = activations(result, Model(classifier()))["linear1"][0]
    np.testing.assert_allclose(vector_of(result).values, expected, atol=1e-6)
    assert list(vector_of(result).order) == list(np.argsort(-expected, kind="stable"))
    np.testing.assert_array_equal(scores_of(result), vector_of(result).values)
    alone = ViewRequest(layer_id="conv1", wants_channel=False)
    pipeline.tell(SetView(alone))
    result = listener.result(lambda result: result.view == alone)
    assert result.part(Scores) is None
    for view in (replace(alone, thumbnails=("linear1",)), replace(alone, wants_channel=True)):
        pipeline.tell(SetView(view))
        result = listener.result(lambda result, view=view: result.view == view)
        np.testing.assert_allclose(scores_of(result), expected, atol=1e-6)


@pytest.mark.usefixtures("camera")
def test_a_network_that_does_not_fit_leaves_the_last_one_running(
    pipeline: LivePipeline, listener: Listener
) -> None:
    pipeline.tell(
        SetNetwork(small_network().edited("conv2", kernel_size=(99, 99), padding=(0, 0)), 2)
    )
    failed = listener.event(NetworkFailed)
    assert failed.generation == 2
    assert "conv2" in str(failed.error)
    pipeline.tell(SetView(ViewRequest(channel=1)))
    assert listener.result(lambda result: result.view.channel == 1).generation == 1


@pytest.mark.usefixtures("camera")
def test_too_little_memory_is_told_and_the_next_network_runs(
    pipeline: LivePipeline, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forward(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Model, "forward", forward)
        pipeline.tell(SetNetwork(small_network("huge"), 2))
        assert "must fit into memory" in str(listener.event(NetworkFailed).error)
    pipeline.tell(SetNetwork(small_network(), 3))
    listener.result(of_generation(3))


def test_a_defect_in_computing_is_told_and_the_next_frame_is_computed(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(engine_worker, "look", look)
        camera.send(101)
        assert "a defect" in listener.event(Crashed).report
    camera.send(102)
    listener.result(lambda result: number_of(result.picture) == 102)


def test_a_frame_given_up_for_another_layer_is_still_a_fresh_one(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.meter.reset()
    look, given_up = engine_worker.look, Event()

    def give_up_once(*arguments: Any, **others: Any) -> FrameResult:
        if not given_up.is_set():
            given_up.set()
            raise AbandonedError
        return look(*arguments, **others)

    monkeypatch.setattr(engine_worker, "look", give_up_once)
    camera.send(101)
    assert listener.result(lambda result: number_of(result.picture) == 101).fresh
    counters = pipeline.meter.counters()
    assert (counters.captured, counters.processed, counters.dropped) == (1, 1, 0)


@pytest.mark.parametrize("end", ["another network", "another layer", "closing"])
def test_a_frame_that_takes_long_is_given_up_for(
    end: str,
    pipeline: LivePipeline,
    listener: Listener,
    camera: Camera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computing, given_up = Event(), Event()
    look = engine_worker.look

    def look_for_ever(network: RunningNetwork, *rest: Any, **others: Any) -> FrameResult:
        if network.generation != 2 or given_up.is_set():
            return look(network, *rest, **others)
        computing.set()
        while not others["is_abandoned"]():
            pass
        given_up.set()
        raise AbandonedError

    monkeypatch.setattr(engine_worker, "look", look_for_ever)
    pipeline.tell(SetNetwork(small_network("endless"), 2))
    assert computing.wait(10.0)
    if end == "closing":
        pipeline.close()
    elif end == "another layer":
        pipeline.tell(SetView(ViewRequest(layer_id="relu1")))
        result = listener.result(of_generation(2))
        assert wall_of(result).layer_id == "relu1"
    else:
        pipeline.tell(SetNetwork(small_network(), 3))
        result = listener.result(of_generation(3))
        assert number_of(result.picture) == 100
    assert given_up.is_set()


def test_the_chosen_wall_is_shown_while_the_rest_is_still_computed(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()
    keep = ScoresLens._keep

    def keep_later(lens: ScoresLens, seen: Seen) -> None:
        assert go_on.wait(10.0)
        keep(lens, seen)

    monkeypatch.setattr(engine_worker, "_LONG_S", 0.0)
    monkeypatch.setattr(ScoresLens, "_keep", keep_later)
    try:
        pipeline.tell(SetView(ViewRequest(layer_id="conv1")))
        pipeline.tell(SetNetwork(classifier(), 2))
        listener.until(lambda: any(r.generation == 2 for r in listener.early), "the wall")
        first = next(result for result in listener.early if result.generation == 2)
        assert wall_of(first).layer_id == "conv1"
        assert first.part(Scores) is None
    finally:
        go_on.set()
    whole = listener.result(of_generation(2))
    assert wall_of(whole) is wall_of(first)
    assert len(scores_of(whole)) == 3


def test_of_a_large_network_already_the_first_frame_shows_its_wall_early(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_worker, "_LONG_S", 1000.0)
    monkeypatch.setattr(engine_worker, "_USUAL_SPEED", 1.0)
    pipeline.tell(SetView(ViewRequest(layer_id="conv1", thumbnails=("conv2",))))
    pipeline.tell(SetNetwork(classifier(), 2))
    whole = listener.result(of_generation(2))
    assert whole.continues
    camera.send(101)
    # Now it is known how long one takes.
    assert not listener.result(lambda result: number_of(result.picture) == 101).continues


def test_the_rest_of_a_frame_whose_wall_was_shown_is_not_waited_for(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, given_up = Event(), Event()
    look = engine_worker.look

    def look_for_ever(network: RunningNetwork, *rest: Any, **others: Any) -> FrameResult:
        result = look(network, *rest, **others)
        if network.generation == 2 and not given_up.is_set():
            others["show_early"](result)
            shown.set()
            while not others["is_abandoned"]():
                pass
            given_up.set()
            raise AbandonedError
        return result

    monkeypatch.setattr(engine_worker, "_LONG_S", 0.0)
    monkeypatch.setattr(engine_worker, "_PATIENCE_S", 1000.0)
    monkeypatch.setattr(engine_worker, "look", look_for_ever)
    pipeline.tell(SetNetwork(small_network("endless"), 2))
    assert shown.wait(10.0)
    pipeline.tell(SetView(ViewRequest(layer_id="relu1")))
    result = listener.result(lambda result: result.view.layer_id == "relu1")
    assert wall_of(result).layer_id == "relu1"
    assert given_up.is_set()


def test_a_slow_frame_is_not_begun_while_the_one_before_was_not_taken(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    was_taken: list[bool] = []
    look = engine_worker.look

    def watched(*arguments: Any, **others: Any) -> FrameResult:
        was_taken.append(pipeline.outbox.is_result_taken)
        return look(*arguments, **others)

    def wait_for(condition: Callable[[], bool]) -> None:
        while not condition():
            listener.rung.wait(0.01)

    monkeypatch.setattr(engine_worker, "_LONG_S", 0.0)
    monkeypatch.setattr(engine_worker, "look", watched)
    camera.send(101)
    wait_for(lambda: not pipeline.outbox.is_result_taken)
    captured = pipeline.meter.counters().captured
    camera.send(102)
    wait_for(lambda: pipeline.meter.counters().captured > captured)
    listener.result(lambda result: number_of(result.picture) == 102)
    assert was_taken == [True, True]
    # What is asked for is shown, whoever has taken what.
    camera.send(103)
    wait_for(lambda: not pipeline.outbox.is_result_taken)
    pipeline.tell(SetView(ViewRequest(channel=1)))
    wait_for(lambda: was_taken == [True, True, True, False])


def test_a_fast_frame_is_shown_once_and_a_slow_one_counts_once(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.tell(SetView(ViewRequest(layer_id="conv1", thumbnails=("conv2",))))
    monkeypatch.setattr(engine_worker, "_LONG_S", 1000.0)
    listener.result(lambda result: result.view.layer_id == "conv1")
    pipeline.meter.reset()
    listener.early.clear()
    camera.send(101)
    listener.result(lambda result: number_of(result.picture) == 101)
    assert listener.early == []
    assert pipeline.meter.counters().shown == 1
    monkeypatch.setattr(engine_worker, "_LONG_S", 0.0)
    camera.send(102)
    listener.result(lambda result: number_of(result.picture) == 102)
    assert (pipeline.meter.counters().processed, pipeline.meter.counters().shown) == (2, 2)


def test_a_frozen_frame_stays_and_the_network_still_reacts(
    pipeline: LivePipeline, listener: Listener, camera: Camera
) -> None:
    pipeline.tell(SetFrozen(True))
    pipeline.tell(SetView(ViewRequest(channel=1)))
    listener.result(lambda result: result.view.channel == 1)
    camera.send(101, 102)
    listener.until(lambda: pipeline.meter.counters().captured == 3)
    pipeline.tell(SetNetwork(small_network(seed=1), 2))
    frozen = listener.result(of_generation(2))
    assert number_of(frozen.picture) == 100
    assert not frozen.fresh
    assert pipeline.meter.counters().dropped == 0
    pipeline.tell(SetFrozen(False))
    thawed = listener.result(lambda result: number_of(result.picture) == 102)
    assert thawed.fresh


def test_a_paused_film_reacts_to_edits(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=50, rate=10.0))
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.tell(OpenSource(FILM))
    pipeline.tell(Play(Playback(playing=False)))
    listener.result()
    pipeline.tell(Seek(20))
    first = listener.result(lambda result: result.position == 20)
    pipeline.tell(SetNetwork(small_network(seed=5), 2))
    second = listener.result(of_generation(2))
    assert not np.array_equal(wall_of(first).values, wall_of(second).values)


@pytest.mark.usefixtures("camera")
def test_undo_brings_weights_back(pipeline: LivePipeline, listener: Listener) -> None:
    layers = ("conv1", "conv2")
    spec = small_network()
    for layer_id in layers:
        spec = spec.edited(layer_id, weights_id=f"learned {layer_id}")
    drawn = Model(small_network()).weights()
    learned = {
        layer_id: {name: array + 1 for name, array in drawn[layer_id].items()}
        for layer_id in layers
    }
    pipeline.tell(SetNetwork(spec, 2, learned))
    before = listener.result(of_generation(2))
    pipeline.tell(SetNetwork(spec.edited("conv1", out_channels=5), 3))
    listener.result(of_generation(3))
    pipeline.tell(SetNetwork(spec, 4))
    after = listener.result(of_generation(4))
    np.testing.assert_array_equal(wall_of(after).values, wall_of(before).values)


@pytest.mark.usefixtures("camera")
def test_another_network_takes_nothing_from_layers_that_are_called_the_same(
    pipeline: LivePipeline, listener: Listener
) -> None:
    wider = small_network("another").edited("conv1", out_channels=5)
    pipeline.tell(SetNetwork(wider, 2))
    weights = listener.result(of_generation(2)).weights
    for name, array in Model(wider).weights()["conv1"].items():
        np.testing.assert_array_equal(weights["conv1"][name], array)
    pipeline.tell(SetNetwork(wider.edited("conv1", out_channels=6), 3))
    kept = listener.result(of_generation(3)).weights["conv1"]["weight"]
    np.testing.assert_array_equal(kept[:5], weights["conv1"]["weight"])


@pytest.mark.usefixtures("camera")
def test_weights_of_a_network_overtaken_by_the_next_are_not_lost(
    pipeline: LivePipeline, listener: Listener
) -> None:
    spec = small_network().edited("conv2", weights_id="learned")
    learned = {"conv2": {"weight": np.ones((6, 4, 3, 3), np.float32), "bias": np.full(6, 7.0)}}
    pipeline.tell(SetNetwork(spec, 2, learned))
    for generation in range(3, 30):
        pipeline.tell(SetNetwork(replace(spec, name=f"network {generation}"), generation))
    result = listener.result(of_generation(29))
    assert channel_of(result).bias == 7.0


def test_locked_scaling_keeps_the_range_of_the_moment(
    pipeline: LivePipeline, listener: Listener, camera: Camera
) -> None:
    pipeline.tell(SetView(ViewRequest(layer_id="relu1", scaling="locked")))
    locked = listener.result(lambda result: result.view.scaling == "locked")
    camera.send(200)
    brighter = listener.result(lambda result: number_of(result.picture) == 200)
    assert wall_of(brighter).values.max() > wall_of(locked).values.max()
    np.testing.assert_array_equal(wall_of(brighter).high, wall_of(locked).high)
    pipeline.tell(SetView(ViewRequest(layer_id="relu1", scaling="layer")))
    unlocked = listener.result(lambda result: result.view.scaling == "layer")
    assert wall_of(unlocked).high[0] == pytest.approx(float(wall_of(brighter).values.max()))
    pipeline.tell(SetView(ViewRequest(layer_id="relu1", scaling="locked")))
    again = listener.result(lambda result: result.view.scaling == "locked")
    assert wall_of(again).high[0] == wall_of(unlocked).high[0]


@pytest.mark.usefixtures("camera")
def test_a_locked_range_is_not_that_of_another_networks_layer(
    pipeline: LivePipeline, listener: Listener
) -> None:
    view = ViewRequest(layer_id="conv1", scaling="locked")
    pipeline.tell(SetView(view))
    locked = listener.result(lambda result: result.view == view)
    pipeline.tell(SetNetwork(small_network(seed=5), 2))
    redrawn = listener.result(of_generation(2))
    np.testing.assert_array_equal(wall_of(redrawn).high, wall_of(locked).high)
    pipeline.tell(SetNetwork(small_network(seed=5).edited("conv1", out_channels=9), 3))
    other = listener.result(of_generation(3))
    assert wall_of(other).high[0] == pytest.approx(float(np.abs(wall_of(other).values).max()))


def test_frames_that_nobody_had_time_for_are_counted(
    pipeline: LivePipeline, listener: Listener, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener.prepare(FILM, Film(count=100, rate=5000.0))
    pipeline.tell(Play(Playback(loop=False)))
    pipeline.tell(OpenSource(FILM))
    listener.until(lambda: pipeline.meter.counters().captured == 100)
    counters = pipeline.meter.counters()
    assert counters.processed == 0
    assert counters.dropped == 99
    pipeline.tell(SetNetwork(small_network(), 1))
    listener.result(lambda result: result.position == 99)
    counters = pipeline.meter.counters()
    assert (counters.captured, counters.processed, counters.dropped) == (100, 1, 99)
    listener.until(lambda: pipeline.meter.counters().shown == 1)
    assert pipeline.meter.counters().latency_median_ms > 0
    pipeline.meter.reset()
    assert pipeline.meter.counters().captured == 0


def test_a_large_picture_is_made_smaller_for_the_screen(
    pipeline: LivePipeline, listener: Listener, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = np.full((900, 1600, 3), 9, np.uint8)
    large.flags.writeable = False
    monkeypatch.setattr("tests.pipeline.fakes.picture_of", lambda _: large)
    camera.send(9)
    result = listener.result(lambda result: number_of(result.picture) == 9)
    assert result.picture.shape == (360, 640, 3)
    assert not result.picture.flags.writeable


@pytest.mark.usefixtures("camera")
def test_cores_can_be_chosen_while_it_runs(pipeline: LivePipeline, listener: Listener) -> None:
    pipeline.tell(SetThreads(1))
    pipeline.tell(SetNetwork(small_network(seed=1), 2))
    listener.result(of_generation(2))


def test_the_bell_is_not_rung_again_before_the_news_was_fetched(
    opener: Opener, listener: Listener, pipeline: LivePipeline
) -> None:
    opener.prepare(CAMERA, SourceError("Desk Cam", "must be free", "in use"))
    pipeline.tell(OpenSource(CAMERA))
    assert listener.rung.wait(10.0)
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.close()
    assert listener.rings == 1
