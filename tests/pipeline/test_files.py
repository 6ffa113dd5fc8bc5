"""Reading and writing while it runs."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise
from cnngui.formats.network_file import read_network
from cnngui.images.opencv import cv2
from cnngui.pipeline import engine_worker, recording_worker, saving
from cnngui.pipeline.engine_commands import (
    CancelSnapshots,
    SaveNetwork,
    SetColormaps,
    SetNetwork,
    SetView,
    TakeSnapshot,
)
from cnngui.pipeline.events import (
    JobFailed,
    NetworkRead,
    RecordingStarted,
    RecordingStopped,
    SaveCancelled,
    Saved,
    SaveProgress,
)
from cnngui.pipeline.file_worker import ReadNetwork
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.recording_worker import StartRecording, StopRecording
from tests.engine.onnx_oracle import compute
from tests.pipeline.fakes import (
    PATIENCE_S,
    Listener,
    classifier,
    small_network,
)


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize("spec", [small_network(), classifier()], ids=lambda spec: spec.name)
def test_a_snapshot_equals_onnxruntime_on_its_own_files(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path, spec
) -> None:
    pipeline.tell(SetNetwork(spec, 2))
    listener.result(lambda result: result.generation == 2 and result.position > 10)
    pipeline.tell(TakeSnapshot(tmp_path / "new" / "folder"))
    saved = listener.event(Saved)
    assert saved.what == "snapshot"
    assert saved.path.parent == tmp_path / "new" / "folder"
    pixels = cv2.imread(str(saved.path / "input.png"), cv2.IMREAD_UNCHANGED)
    pixels = pixels[:, :, None] if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    network = read_network(saved.path / "network.safetensors")
    seen = network.spec.input
    expected = compute(network.spec, network.weights, normalise(pixels, seen.mean, seen.std))
    with np.load(saved.path / "maps.npz") as maps:
        assert set(maps) == set(expected)
        for layer_id in maps:
            np.testing.assert_allclose(maps[layer_id], expected[layer_id][0], atol=1e-4)
    about = json.loads((saved.path / "snapshot.json").read_text())
    assert about["source"] == "film"
    assert about["frame"]["position"] > 10


@pytest.mark.usefixtures("film")
def test_live_goes_on_while_a_snapshot_is_written(
    pipeline: LivePipeline,
    listener: Listener,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_write = threading.Event()

    def write(parent: Path, *_: object) -> Path:
        assert may_write.wait(PATIENCE_S)
        return parent

    monkeypatch.setattr(saving, "write_snapshot", write)
    pipeline.tell(TakeSnapshot(tmp_path))
    before = pipeline.meter.counters().processed
    listener.until(lambda: pipeline.meter.counters().processed > before + 10)
    # A key that is held down does not pile up every layer's maps without end.
    for _ in range(20):
        pipeline.tell(TakeSnapshot(tmp_path))
    failed = listener.event(JobFailed)
    assert "may wait" in str(failed.error)
    may_write.set()
    for _ in range(1 + engine_worker.MOST_SNAPSHOTS_WAITING):
        listener.event(Saved)


@pytest.mark.usefixtures("film")
def test_a_cancelled_snapshot_leaves_nothing(
    pipeline: LivePipeline,
    listener: Listener,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    report = pipeline.outbox.put_event

    def hold_progress(event: object) -> None:
        report(event)
        if isinstance(event, SaveProgress):
            begun.set()
            assert may_go_on.wait(PATIENCE_S)

    monkeypatch.setattr(pipeline._engine, "_report", hold_progress)
    pipeline.tell(TakeSnapshot(tmp_path))
    assert begun.wait(PATIENCE_S)
    assert any(tmp_path.iterdir())
    pipeline.tell(CancelSnapshots())
    may_go_on.set()
    assert listener.event(SaveCancelled).what == "snapshot"
    assert not any(tmp_path.iterdir())
    pipeline.tell(TakeSnapshot(tmp_path))
    assert listener.event(Saved).path.is_dir()


def test_a_snapshot_of_nothing_is_refused(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.tell(TakeSnapshot(tmp_path))
    assert "none yet" in str(listener.event(JobFailed).error)


@pytest.mark.usefixtures("film")
def test_a_folder_that_cannot_be_is_told(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    pipeline.tell(TakeSnapshot(tmp_path / "file"))
    failed = listener.event(JobFailed)
    assert failed.what == "snapshot"
    assert str(tmp_path / "file") in str(failed.error)


@pytest.mark.usefixtures("film")
def test_a_network_is_saved_with_its_weights_and_read_again(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    path = tmp_path / "network.safetensors"
    pipeline.tell(SaveNetwork(path, small_network()))
    assert listener.event(Saved).path == path
    pipeline.tell(ReadNetwork(str(path)))
    read = listener.event(NetworkRead)
    assert read.path == str(path)
    weights = Model(small_network()).weights()
    np.testing.assert_array_equal(read.weights["conv2"]["weight"], weights["conv2"]["weight"])
    # One that does not run (yet) is saved with the weights that it would have.
    other = small_network(seed=8)
    pipeline.tell(SaveNetwork(path, other))
    listener.event(Saved)
    expected = Model(other).weights()["conv1"]["weight"]
    np.testing.assert_array_equal(read_network(path).weights["conv1"]["weight"], expected)
    pipeline.tell(SaveNetwork(tmp_path / "description.json", other))
    listener.event(Saved)
    assert read_network(tmp_path / "description.json").weights is None


def test_a_network_that_cannot_be_read_or_saved_is_told(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.tell(ReadNetwork(str(tmp_path / "absent.json")))
    failed = listener.event(JobFailed)
    assert failed.what == "network"
    assert "absent.json" in str(failed.error)
    invalid = small_network().edited("conv1", kernel_size=(99, 99), padding=(0, 0))
    pipeline.tell(SaveNetwork(tmp_path / "invalid.safetensors", invalid))
    listener.event(JobFailed)
    pipeline.tell(SaveNetwork(tmp_path / "absent" / "network.json", small_network()))
    listener.event(JobFailed)
    pipeline.tell(ReadNetwork("lenet-5"))
    assert listener.event(NetworkRead).spec.name == "LeNet-5"


@pytest.mark.usefixtures("film")
def test_a_recording_holds_the_wall(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.tell(SetColormaps("magma", "purple-green"))
    pipeline.tell(StartRecording(tmp_path, "small"))
    started = listener.event(RecordingStarted)
    listener.result(lambda result: result.position > 20)
    pipeline.tell(SetNetwork(classifier(), 2))
    listener.result(lambda result: result.generation == 2 and result.position > 60)
    pipeline.tell(StopRecording())
    stopped = listener.event(RecordingStopped)
    assert stopped.path == started.path
    assert "small" in stopped.path.name
    film = cv2.VideoCapture(str(stopped.path))
    is_read, picture = film.read()
    film.release()
    assert is_read
    assert picture.shape == (720, 1280, 3)
    assert picture.std() > 5


@pytest.mark.usefixtures("film")
def test_a_recording_that_cannot_keep_up_is_stopped_all_the_same(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose, latest, is_late = recording_worker.compose_record, listener.result(), threading.Event()

    def compose_too_late(*arguments: object) -> np.ndarray:
        pipeline._recording.offer(latest)
        is_late.set()
        return compose(*arguments)

    monkeypatch.setattr(recording_worker, "compose_record", compose_too_late)
    pipeline.tell(StartRecording(tmp_path, "small"))
    path = listener.event(RecordingStarted).path
    assert is_late.wait(PATIENCE_S)
    pipeline.tell(StopRecording())
    assert listener.event(RecordingStopped).path == path


@pytest.mark.usefixtures("film")
def test_a_recording_into_nowhere_is_told_and_live_goes_on(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    pipeline.tell(StartRecording(tmp_path / "file", "small"))
    assert listener.event(JobFailed).what == "recording"
    pipeline.tell(SetView(ViewRequest(channel=3)))
    listener.result(lambda result: result.view.channel == 3)
    pipeline.tell(StartRecording(tmp_path, "small"))
    listener.event(RecordingStarted)


@pytest.mark.usefixtures("film")
def test_a_recording_whose_file_vanishes_stops_and_is_told(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.tell(StartRecording(tmp_path, "small"))
    os.remove(listener.event(RecordingStarted).path)
    assert "file that can be written" in str(listener.event(JobFailed).error)
    pipeline.tell(StartRecording(tmp_path, "small"))
    listener.event(RecordingStarted)
    assert not [event for event in listener.events if isinstance(event, RecordingStopped)]


def test_a_recording_without_a_picture_is_not_said_to_be_saved(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.tell(StartRecording(tmp_path, "small"))
    pipeline.tell(StopRecording())
    assert "at least one picture" in str(listener.event(JobFailed).error)
    assert not any(tmp_path.iterdir())
