"""The engine beside onnxruntime, OpenCV's dnn and PyTorch, on equal numbers of threads."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.images.opencv import cv2
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights
from tests.benchmarks import subjects, torch_peer
from tests.benchmarks.timing import interleaved_medians, table
from tests.engine import onnx_oracle
from tests.engine.networks import random_weights

TITLE = "Forward, last layer asked for: milliseconds (times onnxruntime's)"

THREADS = (1, 2)
_ROUNDS = 31
_NOT_INSTALLED = "is not installed"
_HOW_TIMED = (
    "Medians. On one thread processor time, which others on the machine hardly change; on two what "
    "the clock says."
)
_SUBJECTS = (
    (subjects.camera_network, 1),
    (subjects.tiny_vgg, 1),
    (subjects.lenet, 1),
    (subjects.lenet, 64),
    (subjects.vgg_stack, 1),
    (subjects.residual_stack, 1),
    (subjects.separable_stack, 1),
    (subjects.five_stride_two, 1),
    (subjects.seven_stride_two, 1),
    (subjects.dilated, 1),
)

Forward = Callable[[], NDArray]


def measure() -> list[dict[str, Any]]:
    """Return a row per network and number of threads."""
    return [
        measure_network(subject(), images, threads, _ROUNDS, _by_layer)
        for subject, images in _SUBJECTS
        for threads in THREADS
    ]


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    by_layer = [
        f"{row['network']}, {row['threads']} threads, ours by layer (ms): "
        + ", ".join(f"{name} {taken:.3f}" for name, taken in row["layer_milliseconds"].items())
        for row in rows
    ]
    return "\n".join([describe_times(rows), "", *by_layer])


def describe_times(rows: list[dict[str, Any]]) -> str:
    """Return what each contender took as a table, and who is missing in it and why."""
    contenders = ["cnngui", *_PEERS]
    body = []
    for row in rows:
        cells = []
        for contender in contenders:
            taken = row["milliseconds"].get(contender)
            ratio = row["ratio_to_onnxruntime"].get(contender)
            cells.append("-" if taken is None else f"{taken:.3f} ({ratio:.2f})")
        body.append([row["network"], str(row["threads"]), *cells])
    notes = [
        f"{contender} {_NOT_INSTALLED}, and so not measured."
        for contender in contenders
        if all(row["left_out"].get(contender) == _NOT_INSTALLED for row in rows)
    ]
    notes += [
        f"{row['network']}: {contender} left out: {reason}"
        for row in rows
        for contender, reason in row["left_out"].items()
        if reason != _NOT_INSTALLED
    ]
    header = ["network", "threads", *contenders]
    return "\n".join([*dict.fromkeys(notes), "", table(header, body), "", _HOW_TIMED])


def measure_network(
    network: NetworkSpec,
    images: int,
    threads: int,
    rounds: int,
    looked_at: Callable[[NetworkSpec, Model], dict[str, Any]],
) -> dict[str, Any]:
    """Return a row for JSON, with what ``looked_at`` says of our model after all its forwards."""
    weights = random_weights(network)
    x = np.random.default_rng(0).random((images, *network.input.shape), np.float32)
    last = network.layers[-1].id
    model = Model(network, weights)
    left_out: dict[str, str] = {}
    before = parallel.thread_count()
    parallel.configure(threads)
    try:
        contenders: dict[str, Forward] = {"cnngui": _ours(model, x, last)}
        expected = contenders["cnngui"]()
        for name, prepare in _PEERS.items():
            try:
                forward = prepare(network, weights, x, threads)
                if not np.allclose(forward(), expected, rtol=1e-3, atol=1e-3):
                    left_out[name] = "computes something else"
                    continue
                contenders[name] = forward
            except ModuleNotFoundError:
                left_out[name] = _NOT_INSTALLED
            except Exception as error:  # whatever a peer cannot do is told, not hidden
                left_out[name] = " ".join(str(error).split())[:200]
        clock = process_time if threads == 1 else perf_counter
        medians = interleaved_medians(contenders, rounds, clock)
    finally:
        parallel.configure(before)
    reference = medians.get("onnxruntime", float("nan"))
    return {
        "network": network.name + (f", batch {images}" if images > 1 else ""),
        "threads": threads,
        "milliseconds": {name: seconds * 1e3 for name, seconds in medians.items()},
        "ratio_to_onnxruntime": {name: seconds / reference for name, seconds in medians.items()},
        "left_out": left_out,
        **looked_at(network, model),
    }


def _by_layer(network: NetworkSpec, model: Model) -> dict[str, Any]:
    taken = {name: seconds * 1e3 for name, seconds in model.layer_seconds.items()}
    return {"layer_milliseconds": taken}


def _ours(model: Model, x: NDArray, last: str) -> Forward:
    result: list[NDArray] = []

    def keep(view: NDArray) -> None:
        result[:] = [view]

    def forward() -> NDArray:
        model.forward(x, {last: keep})
        return result[0]

    return forward


def _onnxruntime(network: NetworkSpec, weights: Weights, x: NDArray, threads: int) -> Forward:
    last = network.layers[-1].id
    session = onnx_oracle.session(onnx_oracle.to_onnx(network, weights, [last]), threads)
    return lambda: session.run([last], {INPUT_ID: x})[0]


def _opencv(network: NetworkSpec, weights: Weights, x: NDArray, threads: int) -> Forward:
    # OpenCV wants the batch size written down.
    model = onnx_oracle.to_onnx(network, weights, [network.layers[-1].id], len(x))
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))

    def forward() -> NDArray:
        cv2.setNumThreads(threads)
        net.setInput(x)
        return net.forward()

    return forward


_PEERS = {"onnxruntime": _onnxruntime, "cv2.dnn": _opencv, "PyTorch": torch_peer.prepare}
