"""A pipeline with sources of the test's own, and nothing left running afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from cnngui.engine import parallel
from cnngui.pipeline.live import LivePipeline
from tests.pipeline.fakes import Listener, Opener


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
