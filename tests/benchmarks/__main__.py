"""Measure, print tables, and write JSON: ``python -m tests.benchmarks [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path

from cnngui.engine.parallel import prepare_environment, usable_cores

prepare_environment()

# NumPy must find the environment prepared.
from tests.benchmarks import (  # noqa: E402
    bench_engine,
    bench_live,
    bench_memory,
    bench_networks,
    bench_start,
    bench_training,
    bench_video,
)

# Each has a TITLE, measure() -> rows for JSON, and describe(rows) -> text.
SUBJECTS = {
    "engine": bench_engine,
    "networks": bench_networks,
    "video": bench_video,
    "training": bench_training,
    "memory": bench_memory,
    "live": bench_live,
    "start": bench_start,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    parser.add_argument("--only", choices=SUBJECTS, help="measure one subject")
    arguments = parser.parse_args()
    chosen = [arguments.only] if arguments.only else list(SUBJECTS)
    results: dict[str, object] = {
        "machine": {"processor": platform.processor(), "cores": usable_cores()}
    }
    for name in chosen:
        subject = SUBJECTS[name]
        print(f"\n{subject.TITLE}\n")
        rows = subject.measure()
        print(subject.describe(rows), flush=True)
        results[name] = rows
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
