"""Draws the weights of the preset "Classic filters" and writes classic-filters.safetensors.

The first layer holds kernels of the textbooks over RGB, the second combines their maps. Every
kernel is scaled so that a strong but ordinary pattern answers with about 1.

Run it from the checkout: ``python resources/networks/draw_classic_filters.py``
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.formats.network_file import write_network
from cnngui.spec.layers import Conv2d, MaxPool2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.weights import Weights

Kernel = NDArray[np.float64]

FILE = Path(__file__).with_name("classic-filters.safetensors")
SIZE = 7
DECIMALS = 4
"""Weights are rounded, so that every machine draws the same ones."""

GREY = np.array([0.299, 0.587, 0.114])
"""How bright red, green and blue look (Rec. 601)."""
RED_NOT_GREEN = np.array([1.0, -1.0, 0.0])
BLUE_NOT_YELLOW = np.array([-0.5, -0.5, 1.0])

ANGLES = (0, 45, 90, 135)
"""Degrees, of the direction across a stripe: 0 answers to upright stripes."""

ROWS, COLUMNS = np.mgrid[-3:4, -3:4].astype(float)


def gaussian(sigma: float) -> Kernel:
    """A blur: weights that sum to 1."""
    bell = np.exp(-(ROWS**2 + COLUMNS**2) / (2 * sigma**2))
    return bell / bell.sum()


def centred(rows: list[list[float]]) -> Kernel:
    """A 3x3 kernel in the middle of a large one."""
    return np.pad(np.array(rows, float), (SIZE - 3) // 2)


def balanced(kernel: Kernel, strength: float = 2.0) -> Kernel:
    """Made blind to even areas; its positive weights sum to ``strength``."""
    kernel = kernel - np.abs(kernel) * kernel.sum() / np.abs(kernel).sum()
    return strength * kernel / kernel[kernel > 0].sum()


def gabor(angle: float, wavelength: float, sigma: float) -> Kernel:
    """A bright stripe between dark ones, fading outwards (Gabor, 1946)."""
    across = COLUMNS * np.cos(np.deg2rad(angle)) + ROWS * np.sin(np.deg2rad(angle))
    return balanced(gaussian(sigma) * np.cos(2 * np.pi * across / wavelength))


def laplacian_of_gaussian(sigma: float) -> Kernel:
    """A bright spot in a dark ring (Marr and Hildreth, 1980)."""
    squared = (ROWS**2 + COLUMNS**2) / (2 * sigma**2)
    return balanced((1 - squared) * gaussian(sigma))


def first_layer() -> dict[str, Kernel]:
    """Return the kernels over RGB by name, each ``(3, SIZE, SIZE)``."""
    sharpen = 3.0 * centred([[0, 0, 0], [0, 1, 0], [0, 0, 0]]) - 2.0 * gaussian(1.5)
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    over_grey = {
        "blur": gaussian(2.0),
        "sharpen": sharpen,
        "emboss": centred([[-1, -0.5, 0], [-0.5, 1, 0.5], [0, 0.5, 1]]),
        "Sobel x": balanced(centred(sobel.tolist())),
        "Sobel y": balanced(centred(sobel.T.tolist())),
        "Laplacian": laplacian_of_gaussian(1.2),
    }
    over_grey |= {f"fine stripes {angle}": 1.5 * gabor(angle, 3.5, 1.5) for angle in ANGLES}
    over_grey |= {f"wide stripes {angle}": gabor(angle, 7.0, 2.2) for angle in ANGLES}
    kernels = {name: np.multiply.outer(GREY, kernel) for name, kernel in over_grey.items()}
    kernels["red, not green"] = np.multiply.outer(RED_NOT_GREEN, 2 * gaussian(1.0))
    kernels["blue, not yellow"] = np.multiply.outer(BLUE_NOT_YELLOW, 2 * gaussian(1.0))
    return kernels


POINT = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], float)
AREA = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], float) / 16
SPOT = 2 * POINT - AREA
ENDS_BELOW = np.array([[0, 1, 0], [0, 1, 0], [0, -2, 0]], float)
ENDS_RIGHT = ENDS_BELOW.T


def second_layer() -> dict[str, tuple[dict[str, Kernel], float]]:
    """Return by name which maps of the first layer are added up, each through 3x3, and the bias.

    A negative bias asks for several at once: an "and".
    """
    fine = [f"fine stripes {angle}" for angle in ANGLES]
    wide = [f"wide stripes {angle}" for angle in ANGLES]
    combinations = {
        "corner": ({"Sobel x": 2 * AREA, "Sobel y": 2 * AREA}, -0.5),
        "crossing +": ({wide[0]: 2 * AREA, wide[2]: 2 * AREA}, -0.35),
        "crossing x": ({wide[1]: 2 * AREA, wide[3]: 2 * AREA}, -0.35),
        "any edge": ({"Sobel x": POINT, "Sobel y": POINT}, 0.0),
        "any line": (dict.fromkeys(wide, AREA), 0.0),
        "fine texture": (dict.fromkeys(fine, 2 * AREA), -0.1),
    }
    for place, name in enumerate(("upright", "rising", "level", "falling")):
        others = {other: -AREA for other in wide if other != wide[place]}
        combinations[f"only {name}"] = ({wide[place]: 3 * AREA, **others}, 0.0)
    combinations |= {
        "line ends below": ({wide[0]: ENDS_BELOW}, 0.0),
        "line ends right": ({wide[2]: ENDS_RIGHT}, 0.0),
        "dot": ({"Laplacian": 2 * SPOT, **dict.fromkeys(wide, -0.25 * AREA)}, -0.2),
        "bright and smooth": (
            {"blur": 1.5 * AREA, "Laplacian": -AREA, **dict.fromkeys((*fine, *wide), -AREA)},
            -0.3,
        ),
        "dark and smooth": ({"blur": -2 * AREA, **dict.fromkeys((*fine, *wide), -AREA)}, 0.8),
        "colourful": ({"red, not green": AREA, "blue, not yellow": AREA}, -0.1),
    }
    return combinations


def classic_filters() -> tuple[NetworkSpec, Weights]:
    """Return the preset: its description and its weights."""
    first, second = first_layer(), second_layer()
    names = list(first)
    combined = np.zeros((len(second), len(first), 3, 3))
    for unit, (parts, _) in enumerate(second.values()):
        for name, kernel in parts.items():
            combined[unit, names.index(name)] = kernel
    biases = np.array([bias for _, bias in second.values()])
    spec = NetworkSpec(
        name="Classic filters",
        input=InputSpec(channels=3, height=240, width=320),
        layers=(
            # No padding: in black surroundings the frame of the picture would answer strongest.
            Conv2d(
                id="conv1",
                out_channels=len(first),
                kernel_size=SIZE,
                padding="valid",
                channel_names=tuple(first),
            ),
            ReLU(id="relu1"),
            MaxPool2d(id="pool1"),
            Conv2d(
                id="conv2",
                out_channels=len(second),
                kernel_size=3,
                padding="valid",
                channel_names=tuple(second),
            ),
            ReLU(id="relu2"),
        ),
    )
    return spec, {
        "conv1": {
            "weight": np.stack(list(first.values())).round(DECIMALS).astype(np.float32),
            "bias": np.zeros(len(first), np.float32),
        },
        "conv2": {
            "weight": combined.round(DECIMALS).astype(np.float32),
            "bias": biases.astype(np.float32),
        },
    }


if __name__ == "__main__":
    write_network(FILE, *classic_filters())
    print(f"wrote {FILE}")
