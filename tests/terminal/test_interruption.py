"""Ctrl+C while a server is waited for: the program ends soon, whoever does the waiting."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.capture.faulty_server import FaultyServer
from tests.capture.rtsp_server import RtspServer

ROOT = Path(__file__).parents[2]
SOON_S = 2.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")


@pytest.fixture
def http() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


def interrupted(asked: threading.Event, *arguments: str) -> tuple[int, str, str, float]:
    """Run until the server was asked, press Ctrl+C, and return how and how soon it ended."""
    command = [sys.executable, "main.py", "--headless", "--network", "lenet-5", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert asked.wait(60)
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
        return running.returncode, out, err, time.monotonic() - began


@pytest.mark.parametrize("realtime", [(), ("--realtime",)])
@pytest.mark.parametrize("path", ["silent", "slow_chunk", "then_silent"])
def test_a_stream_that_hangs(
    http: FaultyServer, tmp_path: Path, path: str, realtime: tuple[str, ...]
) -> None:
    report = tmp_path / "report.json"
    code, out, err, seconds = interrupted(
        http.asked, "--source", http.url(path), "--report", str(report), *realtime
    )
    assert (code, err) == (130, "")
    assert "stopped by hand" in out
    assert json.loads(report.read_text())["ended_early"] == "stopped by hand"
    assert seconds < SOON_S


@pytest.mark.parametrize("realtime", [(), ("--realtime",)])
def test_an_rtsp_server_that_hangs(realtime: tuple[str, ...]) -> None:
    with RtspServer(b"", silent=True) as server:
        code, out, err, seconds = interrupted(server.asked, "--source", server.url, *realtime)
    assert (code, err) == (130, "")
    assert "stopped by hand" in out
    assert seconds < SOON_S
