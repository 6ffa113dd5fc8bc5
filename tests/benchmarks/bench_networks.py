"""Whole networks of the field beside onnxruntime, OpenCV's dnn and PyTorch; and where time goes."""

from __future__ import annotations

from typing import Any

from cnngui.engine.model import Model
from cnngui.spec.network import NetworkSpec
from tests.benchmarks import architectures, bench_engine
from tests.benchmarks.kinds import Kind, by_kind
from tests.benchmarks.timing import table

TITLE = "Whole networks over 3x224x224, last layer asked for: milliseconds (times onnxruntime's)"

_ROUNDS = 11
_KINDS_SHOWN = 8


def measure() -> list[dict[str, Any]]:
    """Return a row per network and number of threads."""
    return [
        bench_engine.measure_network(network(), 1, threads, _ROUNDS, _by_kind)
        for network in architectures.ALL
        for threads in bench_engine.THREADS
    ]


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table, and under it ours by kind of layer."""
    lines = [bench_engine.describe_times(rows)]
    for row in rows:
        if row["threads"] > 1:
            continue
        kinds = [Kind(**kind) for kind in row["kinds"][:_KINDS_SHOWN]]
        body = [
            [kind.name, str(kind.layers), f"{kind.milliseconds:.2f}", kind.gflops_text]
            for kind in kinds
        ]
        lines += [
            "",
            f"{row['network']}, one thread, ours by kind of layer",
            "",
            table(["kind", "layers", "ms", "GFLOP/s"], body),
        ]
    return "\n".join(lines)


def _by_kind(network: NetworkSpec, model: Model) -> dict[str, Any]:
    return {"kinds": [kind.as_dict() for kind in by_kind(network, model.layer_seconds)]}
