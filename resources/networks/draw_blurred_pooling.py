"""Draws the preset "Blurred pooling" and writes blurred-pooling.safetensors.

Edges are found, and their maps made half as large in two ways: by the largest of each window, as
usual, and by the largest at every place, then blurred, then every second value (Zhang, "Making
Convolutional Networks Shift-Invariant Again", 2019). Shifting the picture shows which is more
stable.

Run it from the checkout: ``PYTHONPATH=. python resources/networks/draw_blurred_pooling.py``
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cnngui.explain.handmade import sobel_x, sobel_y
from cnngui.formats.network_file import write_network
from cnngui.spec.layers import Conv2d, MaxPool2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.weights import Weights

FILE = Path(__file__).with_name("blurred-pooling.safetensors")
NAMES = ("brighter right", "brighter left", "brighter below", "brighter above")


def blurred_pooling() -> tuple[NetworkSpec, Weights]:
    """Return the preset: its description and its weights."""
    edges = [sobel_x((3, 3)), -sobel_x((3, 3)), sobel_y((3, 3)), -sobel_y((3, 3))]
    blur = np.outer([1, 2, 1], [1, 2, 1]) / 16
    count = len(edges)
    spec = NetworkSpec(
        name="Blurred pooling",
        input=InputSpec(height=120, width=160).with_channels(1),
        layers=(
            Conv2d(
                id="edges", out_channels=count, padding="valid", channel_names=NAMES, by_hand=True
            ),
            ReLU(id="relu1"),
            MaxPool2d(id="max_pool"),
            MaxPool2d(id="max_everywhere", stride=1, inputs=("relu1",)),
            Conv2d(
                id="blur_stride",
                out_channels=count,
                stride=2,
                padding="valid",
                groups=count,
                bias=False,
                channel_names=NAMES,
                by_hand=True,
            ),
        ),
    )
    return spec, {
        "edges": {
            "weight": np.stack(edges)[:, None].astype(np.float32),
            "bias": np.zeros(count, np.float32),
        },
        "blur_stride": {"weight": np.tile(blur, (count, 1, 1, 1)).astype(np.float32)},
    }


if __name__ == "__main__":
    write_network(FILE, *blurred_pooling())
    print(f"wrote {FILE}")
