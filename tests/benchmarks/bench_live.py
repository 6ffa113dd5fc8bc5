"""The live path: from a camera to maps on the screen, in the real window.

Every case runs in a process of its own, so that its memory is its own too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from statistics import median
from typing import Any

import psutil

from cnngui.engine.parallel import prepare_environment
from tests.benchmarks.timing import table

TITLE = "Live, 640x480 conv 16-32-64, its 16 first or 64 last maps in a window of 1600x1000"

_CASES = ((20.0, "first"), (30.0, "first"), (120.0, "first"), (30.0, "last"))
"""Frames a second of the camera, of which 120 are more than can be computed: flat out; and the maps
looked at: the first, with which a network is opened, are 20 MB a frame, the last 1."""
_RUNS = 3
_WARM_UP_S = 2.0
_MEASURED_S = 10.0


def measure(runs: int = _RUNS) -> list[dict[str, Any]]:
    """Return a row per case: of each number the median of several runs."""
    measured: dict[tuple[float, str], list[dict[str, float]]] = {case: [] for case in _CASES}
    for _ in range(runs):
        for case in _CASES:
            measured[case].append(_in_own_process(*case))
    return [
        {name: median([row[name] for row in rows]) for name in rows[0]}
        | {"maps": maps}
        | {"longest_stall_of_all_runs_ms": max(row["longest_stall_ms"] for row in rows)}
        for (_, maps), rows in measured.items()
    ]


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    columns = {
        "camera": "{camera_rate:.0f}/s",
        "maps": "{maps}",
        "processed": "{processed_rate:.1f}/s",
        "shown": "{shown_rate:.1f}/s",
        "dropped": "{dropped:.0f}",
        "latency ms p50": "{latency_p50_ms:.1f}",
        "p95": "{latency_p95_ms:.1f}",
        "p99": "{latency_p99_ms:.1f}",
        "GUI gap ms p99": "{gui_gap_p99_ms:.1f}",
        "longest": "{longest_stall_ms:.1f}",
        "of all runs": "{longest_stall_of_all_runs_ms:.1f}",
        "network ms": "{network_ms:.1f}",
        "CPU ms a frame": "{cpu_ms:.1f}",
        "engine": "{cpu_engine_ms:.1f}",
        "GUI": "{cpu_gui_ms:.1f}",
        "memory MB": "{memory_mb:.0f}",
        "cores taken by others": "{cores_of_others:.2f}",
    }
    return table(list(columns), [[cell.format(**row) for cell in columns.values()] for row in rows])


def _in_own_process(rate: float, maps: str) -> dict[str, float]:
    command = [sys.executable, "-m", __name__, "--rate", str(rate), "--maps", maps]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    row: dict[str, float] = json.loads(run.stdout)
    return row


def _measure_here(rate: float, maps: str, seconds: float) -> dict[str, float]:
    # Qt and NumPy are for the process that measures.
    from cnngui.pipeline.meter import percentile
    from tests.benchmarks.live_window import GuiClock, live_window
    from tests.benchmarks.subjects import camera_network

    process = psutil.Process()
    network = camera_network()
    with live_window(network, rate) as live:
        live.document.select(network.layers[0 if maps == "first" else -1].id)
        live.run(_WARM_UP_S)
        clock = GuiClock()
        live.forget()
        clock.start()
        began, busy_before = time.perf_counter(), _busy_seconds(process)
        machine_before = _machine_busy_seconds()
        live.run(seconds)
        elapsed = time.perf_counter() - began
        busy = _busy_seconds(process) - busy_before
        machine_busy = _machine_busy_seconds() - machine_before
        clock.stop()
        counters = live.pipeline.meter.counters()
        latencies, gaps = sorted(live.latencies_ms), sorted(clock.gaps_ms)
        result = live.window.result
        return {
            "camera_rate": rate,
            "captured_rate": counters.captured / elapsed,
            "processed_rate": counters.processed / elapsed,
            "shown_rate": len(latencies) / elapsed,
            "dropped": counters.dropped,
            **{f"latency_p{p}_ms": percentile(latencies, p) for p in (50, 95, 99)},
            "gui_gap_p99_ms": percentile(gaps, 99),
            "longest_stall_ms": gaps[-1],
            "network_ms": sum(result.layer_ms.values()) if result is not None else 0.0,
            "cores_busy": busy.total() / elapsed,
            # Where this is not near zero, only processor times can be trusted.
            "cores_of_others": max(machine_busy - busy.total(), 0.0) / elapsed,
            "cpu_ms": busy.total() / counters.processed * 1e3,
            "cpu_engine_ms": busy["cnngui-engine"] / counters.processed * 1e3,
            "cpu_gui_ms": busy["MainThread"] / counters.processed * 1e3,
            "memory_mb": process.memory_info().rss / 2**20,
            "threads": threading.active_count(),
        }


def _busy_seconds(process: psutil.Process) -> Counter[str]:
    """Return the processor time of every kind of thread, by name."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    busy: Counter[str] = Counter()
    for thread in process.threads():
        name = names.get(thread.id, "others")
        # Its helpers have the engine's name and a number.
        kind = "cnngui-engine" if name.startswith("cnngui-engine") else name
        busy[kind] += thread.user_time + thread.system_time
    return busy


def _machine_busy_seconds() -> float:
    """Return the processor time that all programs together have had."""
    times = psutil.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_live")
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--maps", choices=("first", "last"), default="first")
    parser.add_argument("--seconds", type=float, default=_MEASURED_S)
    chosen = parser.parse_args()
    # Before NumPy and Qt are imported, which look at it once.
    prepare_environment()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(json.dumps(_measure_here(chosen.rate, chosen.maps, chosen.seconds)))
