"""A pipeline with sources of the test's own, and nothing left running afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngui.data.sample_folder import SampleFolder
from cnngui.engine import parallel
from cnngui.pipeline.capture_commands import OpenSource
from cnngui.pipeline.engine_commands import SetNetwork
from cnngui.pipeline.events import NetworkApplied
from cnngui.pipeline.live import LivePipeline
from tests.pipeline.fakes import (
    CAMERA,
    FILM,
    Camera,
    Film,
    Listener,
    Opener,
    small_network,
)


def program_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("cnngui")}


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    parallel.shutdown()
    yield
    parallel.shutdown()
    deadline = time.monotonic() + 5.0
    for thread in program_threads():
        thread.join(max(deadline - time.monotonic(), 0.0))
    assert not program_threads()


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def pipeline(opener: Opener, listener: Listener) -> Iterator[LivePipeline]:
    """A running pipeline that opens what ``opener`` has prepared."""
    live = LivePipeline(listener.ring, opener, retry_delays_s=(0.01,))
    listener.pipeline = live
    live.start()
    yield live
    opener.end()
    live.close()


@pytest.fixture
def camera(pipeline: LivePipeline, opener: Opener, listener: Listener) -> Camera:
    """A camera that is open and has shown picture 100 to the small network, generation 1."""
    source = Camera()
    opener.prepare(CAMERA, source)
    source.send(100)
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.tell(OpenSource(CAMERA))
    listener.event(NetworkApplied)
    listener.result()
    return source


@pytest.fixture
def film(pipeline: LivePipeline, opener: Opener, listener: Listener) -> Film:
    """A film that plays through the small network."""
    source = Film(count=200, rate=100.0)
    opener.prepare(FILM, source)
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.tell(OpenSource(FILM))
    listener.result(lambda result: result.position > 2)
    return source


@pytest.fixture
def folder(tmp_path: Path) -> SampleFolder:
    """A folder of own samples with two classes, and no samples yet."""
    folder = SampleFolder(tmp_path / "mine")
    folder.add_class("cup")
    folder.add_class("book")
    return folder
