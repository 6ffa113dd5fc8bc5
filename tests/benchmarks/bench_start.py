"""From the command to the first maps on the screen, and what that time is made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from statistics import median
from typing import Any

TITLE = "Start: milliseconds from the command to the first painted maps"

_RUNS = 7
_STAGES = ("interpreter", "imports", "window", "shown", "first maps")
_PACKAGES_SHOWN = 8


def measure() -> list[dict[str, Any]]:
    """Return one row: milliseconds by stage, medians of several starts, and imports by package.

    The first start is left out: it compiles every module, and finds nothing in the disk's cache.
    """
    with tempfile.TemporaryDirectory() as bytecode:
        starts = [_start(bytecode) for _ in range(_RUNS + 1)][1:]
        return [
            {
                "total_ms": median(sum(stages.values()) for stages in starts),
                "stages_ms": {name: median(stages[name] for stages in starts) for name in _STAGES},
                "imports_ms": _imports(bytecode),
            }
        ]


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the stages and the imports as two lines."""
    [row] = rows
    stages = ", ".join(f"{name} {taken:.0f}" for name, taken in row["stages_ms"].items())
    largest = list(row["imports_ms"].items())[:_PACKAGES_SHOWN]
    imports = ", ".join(f"{name} {taken:.0f}" for name, taken in largest)
    return f"{row['total_ms']:.0f} in all: {stages}\nimports, slower for being watched: {imports}"


def _start(bytecode: str) -> dict[str, float]:
    """Start the program once and return milliseconds by stage."""
    run = _python(bytecode, "-m", "tests.benchmarks.first_maps", repr(time.monotonic()))
    times: list[float] = json.loads(run.stdout)
    return {
        name: (after - before) * 1e3
        for name, before, after in zip(_STAGES, times[:-1], times[1:], strict=True)
    }


def _imports(bytecode: str) -> dict[str, float]:
    """Return milliseconds by package, the slowest first, of what the window imports."""
    report = _python(bytecode, "-X", "importtime", "-c", "import cnngui.gui.start").stderr
    spent: Counter[str] = Counter()
    for line in report.splitlines():
        cells = line.removeprefix("import time:").split("|")
        if len(cells) == 3 and cells[0].strip().isdigit():
            spent[_package(cells[2].strip())] += int(cells[0])
    return {name: microseconds / 1e3 for name, microseconds in spent.most_common()}


def _package(module: str) -> str:
    top = module.partition(".")[0]
    return "standard library" if top.lstrip("_") in _STANDARD or top in _STANDARD else top


_STANDARD = sys.stdlib_module_names


def _python(bytecode: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python as somebody who starts the program for the first time after it was installed.

    Bytecode is kept from start to start, also where the environment forbids it, in a folder of its
    own: without it a third of the time would go into compiling.
    """
    with tempfile.TemporaryDirectory() as home:
        own = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
        environment = {"QT_QPA_PLATFORM": "offscreen"} | dict(os.environ) | own | kept
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
