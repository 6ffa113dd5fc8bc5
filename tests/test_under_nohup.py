"""The tests pass where signals are ignored, as by nohup and in the background of a script."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEST = "tests/terminal/test_headless.py::test_ctrl_c_ends_neatly[in order]"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that are inherited")
def test_a_test_of_ctrl_c_passes_under_nohup() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TEST],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert finished.returncode == 0, finished.stdout[-2000:]
