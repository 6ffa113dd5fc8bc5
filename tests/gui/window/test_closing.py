"""Closing: gone from the screen at once, and a process that ends in order whatever hangs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cnngui.pipeline.live import LivePipeline
from tests.gui.driver import Driver

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 30.0


def test_the_window_is_gone_before_anything_is_waited_for(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    visible: list[bool] = []
    real_close = LivePipeline.close

    def close(pipeline: LivePipeline) -> None:
        visible.append(driver.window.isVisible())
        real_close(pipeline)

    monkeypatch.setattr(LivePipeline, "close", close)
    assert driver.window.close()
    assert visible == [False]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to close it with")
@pytest.mark.parametrize(("scheme", "number"), [("http", signal.SIGINT), ("rtsp", signal.SIGTERM)])
def test_the_process_ends_in_order_while_a_stream_hangs(
    tmp_path: Path, scheme: str, number: signal.Signals
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE_S)
        program = subprocess.Popen(
            [sys.executable, "main.py", "--source", f"{scheme}://127.0.0.1:{port_of(silent)}/x"],
            cwd=ROOT,
            env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            with silent.accept()[0]:
                program.send_signal(number)
                _, complaints = program.communicate(timeout=PATIENCE_S)
        finally:
            program.kill()
    assert program.returncode == 0, complaints
    assert not complaints


def port_of(server: socket.socket) -> int:
    port = server.getsockname()[1]
    assert isinstance(port, int)
    return port
