"""The program does not wear out. By hand: ``python -m tests.benchmarks.soak --minutes 10``."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.soak import Sample, worn

FRESH = Sample(
    seconds=30.0,
    memory_mb=400.0,
    none_references=30_000,
    open_files=9,
    threads=("MainThread", "cnngui-capture", "cnngui-engine"),
    processed=600,
    shown=590,
    notice="",
)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"memory_mb": 450.0}, "memory grew by 50.0 MB"),
        ({"open_files": 19}, "10 more files"),
        ({"none_references": 20_000}, "10000 references to None were lost"),
        ({"threads": ("MainThread", "cnngui-engine")}, "thread cnngui-capture has ended"),
        ({"threads": (*FRESH.threads, "extra")}, "more threads"),
        ({"processed": 0}, "nothing was processed"),
        ({"shown": 0}, "nothing was shown"),
        ({"notice": "a defect"}, "the window says: a defect"),
    ],
)
def test_whatever_wears_out_is_found(change: dict[str, object], words: str) -> None:
    samples = [FRESH] * 6 + [replace(FRESH, **change)] * 2
    found = worn(samples)
    assert len(found) >= 1
    assert words in found[0]


def test_what_a_training_keeps_by_intent_is_not_wear() -> None:
    fuller = replace(FRESH, memory_mb=448.0, history_mb=48.0)
    assert worn([FRESH] * 6 + [fuller] * 2) == []


def test_what_only_comes_and_goes_is_not_wear() -> None:
    other = replace(FRESH, memory_mb=430.0, open_files=10, none_references=29_800)
    assert worn([FRESH, other] * 4) == []


def test_the_window_does_not_wear_out(tmp_path: Path) -> None:
    report = tmp_path / "soak.json"
    command = [sys.executable, "-m", "tests.benchmarks.soak", "--json", str(report)]
    run = subprocess.run(
        # Memory needs minutes to settle; keeping what each frame gives would take far more.
        [*command, "--minutes", "0.3", "--sample", "6", "--step", "0.3", "--growth", "150"],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    verdict = json.loads(report.read_text(encoding="utf-8"))
    assert verdict["worn"] == []
    assert sum(sample["shown"] for sample in verdict["samples"]) > 10
