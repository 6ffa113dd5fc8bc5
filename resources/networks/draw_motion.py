"""Draws the weights of the preset "Motion" and writes motion.safetensors.

Kernels that span time, over grey: the difference of two frames, even changes, flicker, and edges
that move left, right, up and down, slowly and fast. At every place the taps of each sum to zero
over time, so that a still picture gives nothing, whatever it shows. A second layer sets opposites
against each other: what moves left counts against what moves right, slow against fast.

Run it from the checkout: ``python resources/networks/draw_motion.py``
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.formats.network_file import write_network
from cnngui.spec.layers import Conv2d, Conv3d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.weights import Weights

Kernel = NDArray[np.float64]

FILE = Path(__file__).with_name("motion.safetensors")
HEIGHT, WIDTH, MOMENTS = 120, 160, 6
DEPTH, SIZE = 3, 13

SPEEDS = {"slow": (1.0, 1.2, 2.0), "fast": (3.5, 2.2, 2.5)}
"""How far an edge moves in a moment, how soft it is along its way and across, in pixels of the
blurred picture, of which one is two of the input. An edge that moves farther in a moment than it is
wide has no direction. At 25 frames a second a hand needs some three seconds to cross the picture
slowly, and one fast."""

STEP = 2.0**-12
"""Weights are whole multiples of it: every machine draws the same ones, and sums are exact."""

TIMES = np.arange(DEPTH) - (DEPTH - 1) / 2
PLACES = np.arange(SIZE) - (SIZE - 1) / 2
DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def bell(distance: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """A Gaussian, not scaled."""
    return np.exp(-(distance**2) / (2 * sigma**2))


def rounded(kernel: Kernel) -> Kernel:
    """Rounded to steps; at every place the taps still sum to exactly zero over time."""
    whole = np.rint(kernel / STEP)
    whole[DEPTH // 2] -= whole.sum(axis=0)
    return whole * STEP


def moving_edge(direction: tuple[int, int], speed: str) -> Kernel:
    """Answers with about 1 to an edge, 0 beside 1, that moves in a direction: bright comes.

    In each moment the kernel looks for the edge where it would then be, by a Gaussian's derivative
    (Young and Lesperance, 2001). What it has in common with the other moments is taken off.
    """
    pixels, soft_along, soft_across = SPEEDS[speed]
    x, y = direction
    along = x * PLACES[None, None, :] + y * PLACES[None, :, None] - pixels * TIMES[:, None, None]
    across = y * PLACES[None, None, :] + x * PLACES[None, :, None]
    kernel = -along * bell(along, soft_along) * bell(across, soft_across)
    kernel -= kernel.mean(axis=0)
    edge = (along < 0) + 0.5 * (along == 0)
    return rounded(kernel / (kernel * edge).sum())


def over_time(taps: list[float], sigma: float = 0.0) -> Kernel:
    """One change over time at the middle, or blurred around it."""
    kernel = np.multiply.outer(np.array(taps, float), np.zeros((SIZE, SIZE)))
    if sigma:
        blur = np.outer(bell(PLACES, sigma), bell(PLACES, sigma))
        kernel += np.array(taps)[:, None, None] * (blur / blur.sum())
    else:
        kernel[:, SIZE // 2, SIZE // 2] = taps
    return rounded(kernel)


def first_layer() -> dict[str, Kernel]:
    """Return the kernels by name, each ``(DEPTH, SIZE, SIZE)``, and their opposites.

    ReLU passes one side only, so that each needs its opposite. What changes evenly has no flicker.
    """
    kernels = {"frame difference": over_time([0, -1, 1])}
    kernels["darker than before"] = -kernels["frame difference"]
    kernels["grows brighter"] = over_time([-0.5, 0, 0.5], 1.0)
    kernels["grows darker"] = -kernels["grows brighter"]
    kernels["flicker, dark first"] = over_time([-0.25, 0.5, -0.25], 1.0)
    kernels["flicker, bright first"] = -kernels["flicker, dark first"]
    for speed in SPEEDS:
        for name, direction in DIRECTIONS.items():
            kernels[f"bright edge {name}, {speed}"] = moving_edge(direction, speed)
            kernels[f"dark edge {name}, {speed}"] = -moving_edge(direction, speed)
    return kernels


AREA = np.outer([1, 2, 3, 2, 1], [1, 2, 3, 2, 1]) / 81
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}
NOISE = 0.01
"""An answer that is smaller is a camera's noise."""


def second_layer() -> dict[str, dict[str, float]]:
    """Return by name which maps of the first layer are added up over an area, how strongly."""
    changes = ("frame difference", "darker than before")
    growing = ("grows brighter", "grows darker")
    flicker = ("flicker, dark first", "flicker, bright first")
    combinations = {"anything moves": dict.fromkeys(changes, 2.0)}
    for name, opposite in OPPOSITE.items():
        combinations[f"moves {name}"] = {
            edge: 3.0 * (1.5 if speed == "slow" else 1.0) * sign
            for other in DIRECTIONS
            for speed in SPEEDS
            for edge in edges(other, speed)
            if (sign := 1.0 if other == name else -1.0 if other == opposite else -0.1)
        }
    # A step between two moments is half growing and a quarter flicker: it is neither.
    combinations["flickers"] = dict.fromkeys(flicker, 4.0) | dict.fromkeys(growing, -2.0)
    slow = [edge for name in DIRECTIONS for edge in edges(name, "slow")]
    fast = [edge for name in DIRECTIONS for edge in edges(name, "fast")]
    combinations["slow"] = dict.fromkeys(slow, 2.0) | dict.fromkeys(fast, -2.3)
    combinations["fast"] = dict.fromkeys(fast, 1.5) | dict.fromkeys(slow, -1.5)
    return combinations


def edges(direction: str, speed: str) -> tuple[str, str]:
    """Return the names of the two maps of edges that move so."""
    return f"bright edge {direction}, {speed}", f"dark edge {direction}, {speed}"


def motion() -> tuple[NetworkSpec, Weights]:
    """Return the preset: its description and its weights."""
    first, second = first_layer(), second_layer()
    names = list(first)
    combined = np.zeros((len(second), len(first), 1, *AREA.shape))
    for unit, parts in enumerate(second.values()):
        for name, share in parts.items():
            combined[unit, names.index(name), 0] = share * AREA
    blur = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    spec = NetworkSpec(
        name="Motion",
        input=InputSpec(height=HEIGHT, width=WIDTH, frames=MOMENTS).with_channels(1),
        layers=(
            Conv2d(
                id="blur1",
                out_channels=1,
                kernel_size=5,
                stride=2,
                bias=False,
                channel_names=("blurred",),
            ),
            Conv3d(
                id="conv1",
                out_channels=len(first),
                kernel_size=(DEPTH, SIZE, SIZE),
                bias=False,
                channel_names=tuple(first),
            ),
            ReLU(id="relu1"),
            Conv3d(
                id="conv2",
                out_channels=len(second),
                kernel_size=(1, *AREA.shape),
                channel_names=tuple(second),
            ),
            ReLU(id="relu2"),
        ),
    )
    return spec, {
        "blur1": {"weight": blur[None, None].astype(np.float32)},
        "conv1": {"weight": np.stack(list(first.values()))[:, None].astype(np.float32)},
        "conv2": {
            "weight": (np.rint(combined / STEP) * STEP).astype(np.float32),
            "bias": np.full(len(second), -NOISE, np.float32),
        },
    }


if __name__ == "__main__":
    write_network(FILE, *motion())
    print(f"wrote {FILE}")
