"""A network stream, live: it plays, survives the server's restart, and is saved as it was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from cnngui.capture.address import SourceAddress, parse_address
from cnngui.images.opencv import cv2
from cnngui.pipeline.capture_commands import OpenSource
from cnngui.pipeline.engine_commands import SetNetwork, TakeSnapshot
from cnngui.pipeline.events import Saved, SourceFailed, SourceLost, SourceOpened
from cnngui.pipeline.live import LivePipeline
from tests.capture.mjpeg_server import MjpegServer
from tests.pipeline.fakes import Listener, small_network


def sent(value: int) -> np.ndarray:
    """A picture with a texture, so that a shift or a swap of colours would be seen."""
    rng = np.random.default_rng(value)
    return rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)


FRAMES = [sent(value) for value in range(8)]


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with MjpegServer(FRAMES, rate=50.0) as running:
        yield running


@pytest.fixture
def pipeline(listener: Listener) -> Iterator[LivePipeline]:
    live = LivePipeline(listener.ring, retry_delays_s=(0.05,))
    listener.pipeline = live
    live.start()
    live.tell(SetNetwork(small_network(), 1))
    yield live
    live.close()


def address_of(server: MjpegServer) -> SourceAddress:
    return parse_address(server.url)


def was_sent(picture: np.ndarray) -> bool:
    return any(np.array_equal(picture, frame) for frame in FRAMES)


def test_a_stream_plays_and_a_snapshot_holds_what_was_sent(
    pipeline: LivePipeline, listener: Listener, server: MjpegServer, tmp_path
) -> None:
    pipeline.tell(OpenSource(address_of(server)))
    assert listener.event(SourceOpened).info.live
    listener.until(lambda: pipeline.meter.counters().shown > 20)
    assert all(was_sent(result.picture) for result in listener.results)
    pipeline.tell(TakeSnapshot(tmp_path))
    folder = listener.event(Saved).path
    pixels = cv2.cvtColor(cv2.imread(str(folder / "input.png")), cv2.COLOR_BGR2RGB)
    assert was_sent(pixels)
    assert json.loads((folder / "snapshot.json").read_text())["source"] == server.url


def test_a_stream_survives_the_servers_restart(
    pipeline: LivePipeline, listener: Listener, server: MjpegServer
) -> None:
    pipeline.tell(OpenSource(address_of(server)))
    listener.event(SourceOpened)
    listener.result()
    server.stop()
    lost = listener.event(SourceLost)
    assert lost.address == address_of(server)
    listener.results.clear()
    server.start()
    assert listener.event(SourceOpened).address == address_of(server)
    assert was_sent(listener.result().picture)


def test_a_stream_that_breaks_off_in_a_frame_is_taken_up_again(
    pipeline: LivePipeline, listener: Listener, server: MjpegServer
) -> None:
    server.mode = "drop"
    pipeline.tell(OpenSource(address_of(server)))
    listener.event(SourceOpened)
    listener.event(SourceLost)
    server.mode = "serve"
    listener.event(SourceOpened)
    before = pipeline.meter.counters().captured
    listener.until(lambda: pipeline.meter.counters().captured > before + 5)


def test_a_server_that_refuses_is_told(
    pipeline: LivePipeline, listener: Listener, server: MjpegServer
) -> None:
    server.mode = "error"
    pipeline.tell(OpenSource(address_of(server)))
    assert "404" in str(listener.event(SourceFailed).error)
    server.stop()
    pipeline.tell(OpenSource(address_of(server)))
    listener.event(SourceFailed)
