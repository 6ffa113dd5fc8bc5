"""Networks that see several frames, beside onnxruntime and PyTorch on equal numbers of threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights
from tests.benchmarks import subjects, torch_peer
from tests.benchmarks.timing import interleaved_medians, table
from tests.engine import onnx_oracle
from tests.engine.networks import random_weights

TITLE = (
    "Frames in time, last layer asked for: milliseconds a window (of one thread: processor time)"
)

_CLOCKS = {1: process_time, 2: perf_counter}
"""By the number of threads. Those of a pool that wait take processor time for nothing."""
_ROUNDS = 15
_SUBJECTS = (
    subjects.video_network,
    subjects.video_stage,
    subjects.video_two_plus_one,
    subjects.video_stream,
    subjects.video_stream_stage,
)


def measure() -> list[dict[str, Any]]:
    """Return a row per network and number of threads."""
    return [_measure(subject(), threads) for subject in _SUBJECTS for threads in _CLOCKS]


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    names = ["whole window", "streaming", "onnxruntime", "PyTorch"]
    body = []
    for row in rows:
        taken = row["milliseconds"]
        peers = [taken[name] for name in names[2:] if name in taken]
        cells = [f"{taken[name]:.2f}" if name in taken else "-" for name in names]
        ratios = [taken[names[0]] / taken[name] if name in taken else None for name in names[2:]]
        gain = min(peers) / taken["streaming"] if peers else None
        told = ["-" if ratio is None else f"{ratio:.2f}" for ratio in (*ratios, gain)]
        body.append([row["network"], str(row["threads"]), *cells, *told])
    header = ["network", "threads", *names, "of onnx", "of PyTorch", "best peer / streaming"]
    return table(header, body)


def _measure(network: NetworkSpec, threads: int) -> dict[str, Any]:
    weights = random_weights(network)
    before = parallel.thread_count()
    parallel.configure(threads)
    try:
        contenders = _contenders(network, weights, threads)
        results = {name: call() for name, call in contenders.items()}
        for name, result in results.items():
            if not np.allclose(result, results["whole window"], rtol=1e-3, atol=1e-3):
                raise AssertionError(f"{name} computes something else")
        taken = interleaved_medians(contenders, _ROUNDS, clock=_CLOCKS[threads])
    finally:
        parallel.configure(before)
    return {
        "network": network.name,
        "threads": threads,
        "milliseconds": {name: seconds * 1e3 for name, seconds in taken.items()},
    }


def _contenders(
    network: NetworkSpec, weights: Weights, threads: int
) -> Mapping[str, Callable[[], NDArray]]:
    """Return what computes a window of one frame that repeats.

    Streaming is told that each frame is another: what it keeps is true, and it does not know it.
    """
    size = network.input
    frame = np.random.default_rng(0).integers(0, 256, size.shape, np.uint8)[:, -1:]
    pixels = np.repeat(frame, size.frames, axis=1)[np.newaxis]
    values = (pixels / 255).astype(np.float32)
    last = network.last_id
    numbers = count()

    def compute_streaming() -> NDArray:
        newest = next(numbers)
        return _result(streaming, pixels, last, tuple(range(newest, newest + size.frames)))

    whole, streaming = Model(network, weights), Model(network, weights)
    contenders = {
        "whole window": lambda: _result(whole, values, last),
        "streaming": compute_streaming,
    }
    session = onnx_oracle.session(onnx_oracle.to_onnx(network, weights, [last]), threads)
    contenders["onnxruntime"] = lambda: session.run([last], {INPUT_ID: values})[0]
    with suppress(ModuleNotFoundError):
        contenders["PyTorch"] = torch_peer.prepare(network, weights, values, threads)
    for _ in range(2 * size.frames):  # calls are bound while the rings are gone through once
        compute_streaming()
    return contenders


def _result(model: Model, x: NDArray, last: str, keys: tuple[int, ...] | None = None) -> NDArray:
    found: list[NDArray] = []
    model.forward(x, {last: found.append}, keys=keys)
    return found[0]
