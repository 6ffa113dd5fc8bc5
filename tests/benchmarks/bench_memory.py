"""What the camera network needs of memory, beside onnxruntime."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import psutil

from cnngui.engine.glimpse import Glimpse
from cnngui.engine.model import Model
from cnngui.featuremaps.thumbnail import sample_for_thumbnail
from cnngui.spec.layers import INPUT_ID
from cnngui.spec.shapes import infer
from tests.benchmarks import subjects
from tests.benchmarks.timing import table
from tests.engine import onnx_oracle
from tests.engine.networks import random_weights

TITLE = "Memory of the 640x480 network beside its weights and input: megabytes"

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
        "cnngui, last layer": [[names[-1]]],
        "cnngui, last layer and the strip": [[*strip, names[-1]]],
        "cnngui, one layer after the other and the strip": [[*strip, name] for name in names],
    }
    rows = []
    for title, looks in views.items():
        model = Model(network, weights)
        tracemalloc.start()
        for wanted in looks:
            model.forward(x, dict.fromkeys(wanted, _ignore))
        rows.append({"way": title, "megabytes": tracemalloc.get_traced_memory()[1] / 1e6})
        tracemalloc.stop()
    session = onnx_oracle.session(onnx_oracle.to_onnx(network, weights, names[-1:]), 1)
    # Its allocator keeps what it once took.
    before = psutil.Process().memory_info().rss
    result = session.run(names[-1:], {INPUT_ID: x})
    after = psutil.Process().memory_info().rss
    del result
    rows.append({"way": "onnxruntime, last layer", "megabytes": (after - before) / 1e6})
    return rows


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    body = [[row["way"], f"{row['megabytes']:.0f}"] for row in rows]
    return table(["looked at", "MB"], body)


def _ignore(view: object) -> None:
    pass
