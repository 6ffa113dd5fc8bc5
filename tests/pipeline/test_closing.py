"""Closing in the middle of anything: in time, with no thread and no half file left."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnngui.capture.address import parse_address
from cnngui.featuremaps.recorder import Recorder
from cnngui.formats.network_file import read_network
from cnngui.images.opencv import cv2
from cnngui.pipeline import engine_worker
from cnngui.pipeline.capture_commands import OpenSource
from cnngui.pipeline.engine_commands import SaveNetwork, SetNetwork, TakeSnapshot
from cnngui.pipeline.events import RecordingStarted, Saved, SaveProgress, SourceLost
from cnngui.pipeline.file_worker import Job
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.recording_worker import StartRecording
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.worker import Worker
from tests.capture.mjpeg_server import MjpegServer
from tests.capture.rtsp_server import RtspServer
from tests.pipeline.conftest import program_threads
from tests.pipeline.fakes import (
    CAMERA,
    FILM,
    PATIENCE_S,
    Camera,
    Film,
    Listener,
    Opener,
    picture_of,
    small_network,
)


def close(pipeline: LivePipeline, timeout_s: float = 5.0) -> float:
    """Close and return the seconds it took."""
    began = time.monotonic()
    pipeline.close(timeout_s)
    return time.monotonic() - began


def test_closing_ends_every_thread_and_lets_the_source_go(
    pipeline: LivePipeline, film: Film
) -> None:
    assert program_threads()
    assert close(pipeline) < 2.0
    assert not program_threads()
    assert film.closed


def test_closing_twice_or_before_the_start_is_harmless(listener: Listener) -> None:
    live = LivePipeline(listener.ring)
    live.close()
    live.close()


def test_calls_after_closing_are_harmless(
    pipeline: LivePipeline, film: Film, tmp_path: Path
) -> None:
    pipeline.close()
    pipeline.tell(OpenSource(FILM))
    pipeline.tell(SetNetwork(small_network(), 2))
    pipeline.tell(TakeSnapshot(tmp_path))
    pipeline.tell(StartRecording(tmp_path, "small"))
    assert not any(tmp_path.iterdir())


def test_closing_while_a_source_hangs_in_opening(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    hanging, late = threading.Event(), Camera()
    opener.prepare(CAMERA, hanging, late)
    pipeline.tell(OpenSource(CAMERA))
    listener.until(lambda: opener.asked)
    assert close(pipeline, timeout_s=0.3) < 1.0
    hanging.set()
    assert late.closed.wait(PATIENCE_S)


@pytest.fixture
def live(listener: Listener) -> Iterator[LivePipeline]:
    """A running pipeline that opens real sources."""
    running = LivePipeline(listener.ring)
    listener.pipeline = running
    running.start()
    running.tell(SetNetwork(small_network(), 1))
    yield running
    running.close()


def test_closing_while_a_url_hangs(live: LivePipeline) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE_S)
        live.tell(OpenSource(parse_address(f"http://127.0.0.1:{silent.getsockname()[1]}/stream")))
        connection, _ = silent.accept()
        with connection:
            assert close(live) < 1.5


def test_closing_while_a_stream_keeps_silent(live: LivePipeline, listener: Listener) -> None:
    with MjpegServer([picture_of(1)], mode="hang") as server:
        live.tell(OpenSource(parse_address(server.url)))
        listener.result()
        assert close(live) < 1.5


def test_closing_while_rtsp_keeps_silent(live: LivePipeline) -> None:
    with RtspServer(b"", silent=True) as server:
        live.tell(OpenSource(parse_address(server.url)))
        assert server.asked.wait(PATIENCE_S)
        # FFmpeg cannot be interrupted: its thread is left behind, and ends by itself.
        assert close(live) < 2.0


def test_closing_while_a_lost_camera_is_tried_again(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    camera = Camera()
    opener.prepare(CAMERA, camera)
    camera.send(1)
    camera.unplug()
    pipeline.tell(OpenSource(CAMERA))
    listener.event(SourceLost)
    listener.until(lambda: len(opener.asked) > 3)
    assert close(pipeline) < 2.0
    asked = len(opener.asked)
    assert not program_threads()
    assert len(opener.asked) == asked


@pytest.mark.usefixtures("film")
def test_closing_saves_the_snapshots_that_were_asked_for(
    pipeline: LivePipeline, tmp_path: Path
) -> None:
    for _ in range(3):
        pipeline.tell(TakeSnapshot(tmp_path))
    pipeline.close()
    assert len([path for path in tmp_path.iterdir() if not path.name.startswith(".")]) == 3


@pytest.mark.usefixtures("film")
def test_closing_removes_a_snapshot_that_takes_too_long(
    pipeline: LivePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    files = pipeline._files
    real_cancel = files.cancel

    def cancel(what: str) -> None:
        real_cancel(what)
        may_go_on.set()

    def hold_progress(event: object) -> None:
        if isinstance(event, SaveProgress):
            begun.set()
            assert may_go_on.wait(PATIENCE_S)

    monkeypatch.setattr(pipeline._engine, "_report", hold_progress)
    monkeypatch.setattr(files, "cancel", cancel)
    pipeline.tell(TakeSnapshot(tmp_path))
    assert begun.wait(PATIENCE_S)
    close(pipeline, timeout_s=2.0)
    assert not any(tmp_path.iterdir())


@pytest.mark.usefixtures("film")
def test_closing_completes_a_recording(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.tell(StartRecording(tmp_path, "small"))
    path = listener.event(RecordingStarted).path
    listener.result(lambda result: result.position > 30)
    assert close(pipeline) < 5.0
    video = cv2.VideoCapture(str(path))
    assert video.read()[0]
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) >= 2
    video.release()


@pytest.mark.usefixtures("film")
def test_an_engine_that_needs_all_the_time_cuts_no_recording_and_no_file(
    pipeline: LivePipeline,
    listener: Listener,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computing, may_end, closing = threading.Event(), threading.Event(), threading.Event()
    look, stop, complete = engine_worker.look, Worker.stop, Recorder.close

    def look_for_ever(*arguments: Any, **others: Any) -> FrameResult:
        result = look(*arguments, **others)
        if result.generation == 2:
            computing.set()
            assert may_end.wait(PATIENCE_S)
        return result

    def note_closing(worker: Worker[Any]) -> None:
        closing.set()
        stop(worker)

    def complete_late(recorder: Recorder) -> None:
        assert closing.wait(PATIENCE_S)
        complete(recorder)

    def write_late() -> Saved:
        assert closing.wait(PATIENCE_S)
        (tmp_path / "written").touch()
        return Saved("run", tmp_path / "written")

    monkeypatch.setattr(engine_worker, "look", look_for_ever)
    monkeypatch.setattr(Worker, "stop", note_closing)
    monkeypatch.setattr(Recorder, "close", complete_late)
    pipeline.tell(StartRecording(tmp_path, "small"))
    path = listener.event(RecordingStarted).path
    listener.result(lambda result: result.position > 30)
    pipeline.tell(SetNetwork(small_network("endless"), 2))
    assert computing.wait(PATIENCE_S)
    pipeline._files.tell(Job("run", write_late))
    try:
        assert close(pipeline, timeout_s=2.0) < 3.0
        # The engine has not ended: the others did, in the same time.
        assert not pipeline._engine.join(0.0)
        assert pipeline._recording.join(0.0)
        assert pipeline._files.join(0.0)
        assert (tmp_path / "written").exists()
        video = cv2.VideoCapture(str(path))
        assert video.get(cv2.CAP_PROP_FRAME_COUNT) >= 2
        video.release()
    finally:
        may_end.set()


@pytest.mark.usefixtures("film")
def test_closing_does_not_lose_a_network_that_is_to_be_saved(
    pipeline: LivePipeline, tmp_path: Path
) -> None:
    for number in range(5):
        pipeline.tell(SaveNetwork(tmp_path / f"{number}.safetensors", small_network(seed=number)))
    pipeline.close()
    assert [read_network(path).spec for path in sorted(tmp_path.iterdir())]
    assert len(list(tmp_path.iterdir())) == 5
