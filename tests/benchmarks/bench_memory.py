"""What the camera network and ResNet-50 need of memory, beside onnxruntime."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
import psutil
from numpy.typing import NDArray

from cnngui.engine.glimpse import Glimpse
from cnngui.engine.model import Model
from cnngui.featuremaps.thumbnail import sample_for_thumbnail
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights
from tests.benchmarks import subjects
from tests.benchmarks.timing import table
from tests.engine import onnx_oracle
from tests.engine.networks import random_weights
from tests.large_networks import resnet50

TITLE = "Memory beside weights as they were read, and input: megabytes"

_THUMBNAIL_SIZE = (96, 72)


def measure() -> list[dict[str, Any]]:
    """Return a row per way of asking: the most that was taken at a time."""
    network = subjects.camera_network()
    weights = random_weights(network)
    x = np.zeros((1, *network.input.shape), np.float32)
    names = [layer.id for layer in network.layers]
    shapes = infer(network).shapes
    strip = []
    for name in names:
        channels, step = sample_for_thumbnail(shapes[name], *_THUMBNAIL_SIZE)
        strip.append(Glimpse(name, channels, step, step))
    views: dict[str, list[list[str | Glimpse]]] = {
        "640x480: cnngui, last layer": [[names[-1]]],
        "640x480: cnngui, last layer and the strip": [[*strip, names[-1]]],
        "640x480: cnngui, one layer after the other and the strip": [
            [*strip, name] for name in names
        ],
    }
    rows = [
        {"way": title, "megabytes": _taken_by_ours(network, weights, x, looks)}
        for title, looks in views.items()
    ]
    taken = _taken_by_onnxruntime(network, weights, x)
    rows.append({"way": "640x480: onnxruntime, last layer", "megabytes": taken})
    large = resnet50()
    weights, x = random_weights(large), np.zeros((1, *large.input.shape), np.float32)
    weights = {name: _frozen(parameters) for name, parameters in weights.items()}
    taken = _taken_by_ours(large, weights, x, [[large.last_id]])
    rows.append({"way": "ResNet-50: cnngui, last layer", "megabytes": taken})
    taken = _taken_by_onnxruntime(large, weights, x)
    rows.append({"way": "ResNet-50: onnxruntime, its weights and last layer", "megabytes": taken})
    return rows


def _frozen(parameters: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """Return arrays that a model need not copy."""
    for array in parameters.values():
        array.flags.writeable = False
    return dict(parameters)


def _taken_by_ours(
    network: NetworkSpec,
    weights: Weights,
    x: NDArray[np.float32],
    looks: Sequence[Sequence[str | Glimpse]],
) -> float:
    """Return the most that was taken at a time, weights as they are multiplied included."""
    tracemalloc.start()
    try:
        model = Model(network, weights)
        for wanted in looks:
            model.forward(x, dict.fromkeys(wanted, _ignore))
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _taken_by_onnxruntime(network: NetworkSpec, weights: Weights, x: NDArray[np.float32]) -> float:
    """Return by how much the process grew: its allocator keeps what it once took."""
    last = network.last_id
    model = onnx_oracle.to_onnx(network, weights, [last]).SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    before = psutil.Process().memory_info().rss
    session = onnxruntime.InferenceSession(model, options)
    result = session.run([last], {INPUT_ID: x})
    after = psutil.Process().memory_info().rss
    del result
    return (after - before) / 1e6


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    body = [[row["way"], f"{row['megabytes']:.0f}"] for row in rows]
    return table(["looked at", "MB"], body)


def _ignore(view: object) -> None:
    pass
