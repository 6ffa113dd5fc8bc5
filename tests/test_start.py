"""What stands between the command and the first maps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

DEFERRED = {
    # For sources on the network.
    "http",
    "ssl",
    "urllib.request",
    # For the tests and the benchmarks.
    "onnx",
    "onnxruntime",
    "psutil",
    # Slow, and easily drawn in by something small.
    "asyncio",
    "numpy.ma",
    "numpy.polynomial",
    "numpy.testing",
    # Makes every class of Qt at once.
    "qtpy",
    # What is asked of a number, a shift or a derivative.
    "cnngui.engine.gradients.derivatives",
    "cnngui.explain.effective",
    "cnngui.explain.number",
    "cnngui.explain.shift",
    # Pages, windows and dialogs, built when they are first shown.
    "cnngui.gui.graph.page",
    "cnngui.gui.kernels.page",
    "cnngui.gui.number.page",
    "cnngui.gui.results.page",
    "cnngui.gui.samples.page",
    "cnngui.gui.shift.page",
    "cnngui.gui.training.page",
    "cnngui.gui.views.verdict",
    "cnngui.gui.window.about",
    "cnngui.gui.window.shortcuts",
    # What learns, and what is learned from.
    "cnngui.data.digits",
    "cnngui.data.drawn",
    "cnngui.pipeline.training.trainer",
    "pyqtgraph",
    # Commands without a window.
    "cnngui.terminal.cli_explain",
    "cnngui.terminal.cli_train",
    "cnngui.terminal.headless",
}


WITHOUT_WINDOW = {
    ("--help",): {"numpy", "cv2", "PySide6"},
    ("describe", "--network", "lenet-5"): {"cv2", "PySide6"},
    ("--headless", "--frames", "1"): {"PySide6"},
}
"""Commands, and what they do without."""


def imported(report: str) -> set[str]:
    """All modules that a report of ``-X importtime`` names."""
    lines = report.splitlines()
    return {line.split("|")[-1].strip() for line in lines if line.startswith("import time:")}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Start the program, let it paint maps, and close it."""
    home = str(tmp_path_factory.mktemp("home"))
    own = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tests.benchmarks.first_maps", "0"],
        cwd=Path(__file__).parent.parent,
        env=os.environ | own | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_maps_are_painted_and_the_window_closes(
    start: subprocess.CompletedProcess[str],
) -> None:
    assert start.returncode == 0, start.stderr[-2000:]
    times = json.loads(start.stdout)
    assert len(times) == 6
    assert times == sorted(times)


def test_what_the_first_maps_do_not_need_is_not_imported(
    start: subprocess.CompletedProcess[str],
) -> None:
    found = imported(start.stderr)
    assert {"numpy", "cv2", "PySide6.QtWidgets"} <= found
    assert not DEFERRED & found
    known = {name for name in DEFERRED if name.startswith("cnngui.") and find_spec(name)}
    assert known == {name for name in DEFERRED if name.startswith("cnngui.")}  # no name is old


@pytest.mark.parametrize("command", WITHOUT_WINDOW, ids=" ".join)
def test_a_command_without_a_window_loads_what_it_needs(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "main.py", *command],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = imported(run.stderr)
    assert "cnngui.app" in found
    assert not WITHOUT_WINDOW[command] & found
